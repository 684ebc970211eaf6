import type { SampleSession } from '@aftercall/samples/make-sample'
import { chance, fork, integer, pick, type Random, randomFrom } from '@aftercall/samples/random'
import { planSamples, sampleSession, writeDocument } from '@aftercall/samples/sample-session'
import { poisonContent } from '@aftercall/testkit/poison-content'
import { type Fault, faults } from './faults.ts'

/** A file that lands, with what must become of it. */
export type PlannedFile = { key: string; bytes: Uint8Array; ends: 'session' | { rejectedAs: string } }

/** What happens in one step: files land while something breaks and a command runs. */
export type Step = {
  number: number
  fault: Fault
  command: Command
  files: PlannedFile[]
  /** For the choices of the fault. */
  random: Random
}

export type Command = 'nothing' | 'reconcile' | 'maintain' | 'rollup' | 'publish'
const commands: readonly Command[] = ['nothing', 'nothing', 'reconcile', 'maintain', 'rollup', 'publish']

/** Steps without end. The same seed plans the same files and faults. */
export function* planSteps(seed: number | string): Generator<Step, never> {
  const random = randomFrom(`chaos ${seed}`)
  const landing = planFiles(random)
  // Each fault once, in any order, before one comes again.
  let left: Fault[] = []
  for (let number = 1; ; number += 1) {
    if (left.length === 0) left = shuffled(random, faults)
    const fault = left.pop() ?? 'kill'
    const files = landing(integer(random, 6, 16))
    yield { number, fault, command: pick(random, commands), files, random: fork(random, `step ${number}`) }
  }
}

/** Files of new sessions, of some that have landed before, and some that cannot be used. */
function planFiles(random: Random): (sessions: number) => PlannedFile[] {
  const samples = planSamples({ seed: `chaos ${random.key.join(' ')}` })
  const later: PlannedFile[][] = []
  let session = 0
  let poison = 0
  return (sessions) => {
    const files = later.splice(0, integer(random, 0, later.length)).flatMap(([next, ...rest]) => {
      if (rest.length > 0) later.push(rest)
      return next === undefined ? [] : [next]
    })
    for (let count = 0; count < sessions; count += 1) {
      const [first, ...rest] = filesOf(random, sampleSession(samples, session), session)
      session += 1
      if (first !== undefined) files.push(first)
      if (rest.length > 0) later.push(rest)
    }
    if (chance(random, 0.4)) {
      const { key, bytes, code } = poisonContent(poison)
      poison += 1
      files.push({ key: `brightwell/poison/${poison}/${key}`, bytes, ends: { rejectedAs: code } })
    }
    return files
  }
}

/**
 * The revisions of a session in the order in which they land. Under one key they land in their own order, and the later one
 * has to be newer by its document, because nothing is known of what a store has overwritten. Otherwise each has its own key.
 */
function filesOf(random: Random, { tenant, revisions }: SampleSession, number: number): PlannedFile[] {
  const isInPlace =
    chance(random, 0.6) &&
    revisions.every(({ document, key }, at) => {
      const before = revisions[at - 1]
      return (
        before === undefined ||
        (before.key === key && String(before.document.updated_at) < String(document.updated_at))
      )
    })
  const files = revisions.map(({ key, document }, at): PlannedFile => {
    const folder = isInPlace ? tenant : `${tenant}/chaos-${number}-${at}`
    return { key: `${folder}/${key}`, bytes: Buffer.from(writeDocument(document)), ends: 'session' }
  })
  return isInPlace ? files : shuffled(random, files)
}

export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const left = [...items]
  return Array.from(items, () => left.splice(integer(random, 0, left.length - 1), 1)).flat()
}
