import { type BoundedTasks, createBoundedTasks } from '@aftercall/runtime/limits/bounded-tasks'
import type { Database } from '@aftercall/warehouse/connection/database'
import { lookUpObjects, readLedgerPages } from '@aftercall/warehouse/ledger/ledger-lookup'
import { needsLoading } from '../bulk/sync-status.ts'
import type { Outcome } from '../outcome.ts'
import type { BucketObjects } from './bucket-objects.ts'
import { withCircuitBreaker } from './circuit-breaker.ts'
import type { DifferenceCounter } from './count-differences.ts'
import { type Difference, differenceOf, withOutcome } from './difference.ts'
import { type GoneList, openGoneList } from './gone-list.ts'
import { isMeant, isThereByLedger, type JudgeRules, judgePair, type ReconcileClass } from './judge-pair.ts'
import { mergePages, type Pair } from './merge-pages.ts'

export type ReconcilePass = {
  db: Database
  source: { bucket: string; prefix: string }
  bucketObjects: BucketObjects
  rules: JudgeRules
  /** Without it, what is found is only told. */
  fix?: Fix | undefined
  counter: DifferenceCounter
  /** Called with every finding, once it was loaded where that helps. Not in key order. */
  onDifference(finding: Difference): Promise<void> | void
  signal: AbortSignal
}

export type Fix = {
  /** Rejects with the signal's reason when it fires before the object has ended. */
  load: LoadPair
  inFlightMax: number
  /** Resolves while this process has the source. Undefined where several may compare it at the same time. */
  confirm?: (() => Promise<void>) | undefined
  /** Whether objects are noted as gone however many they are. */
  acceptsGone: boolean
}

/** `postponed`: it was not tried. */
export type LoadPair = (pair: Pair, signal: AbortSignal) => Promise<Outcome | { kind: 'postponed' }>

/** What became of the objects that are gone. `refused`: so many that a wrong listing is likelier. */
export type GoneEnd =
  | { kind: 'not-asked' }
  | { kind: 'noted'; objects: number }
  | { kind: 'refused'; gone: number; known: number }

/**
 * Compares what a bucket and the ledger have of one source, in constant memory (I8), and loads what is missing where
 * that is asked for. What is found is looked up again just before it is told: an event may have been handled since.
 * Objects are noted as gone only after the bucket was read to its end. Rejects with what ended it: `ObjectListError`, an
 * error of the database, the signal's reason; what was told and loaded until then stays right.
 */
export async function reconcileSource(pass: ReconcilePass): Promise<GoneEnd> {
  const { fix } = pass
  if (fix === undefined) {
    await comparePages(pass, undefined)
    return { kind: 'not-asked' }
  }
  const goneList = openGoneList(pass)
  try {
    await comparePages({ ...pass, fix: { ...fix, load: withCircuitBreaker(fix.load) } }, goneList)
    await fix.confirm?.()
    return await goneList.record(fix.acceptsGone)
  } finally {
    await goneList.close()
  }
}

/** Keys of an inventory that are asked for at the same time. */
const pagedChecksMax = 16

async function comparePages(pass: ReconcilePass, goneList: GoneList | undefined): Promise<void> {
  const { db, source, bucketObjects, rules, fix, counter, signal } = pass
  const tasks = createBoundedTasks(fix?.inFlightMax ?? 1)
  try {
    for await (const pairs of mergePages(bucketObjects.pages, readLedgerPages(db, source))) {
      signal.throwIfAborted()
      for (const pair of pairs) {
        if (pair.listed !== undefined) counter.passed('listed')
        goneList?.look(pair.listed !== undefined, isThereByLedger(pair.known) && isMeant(pair, rules))
      }
      const judged = await judgePage(pass, pairs)
      await goneList?.add(judged.filter(({ found }) => found === 'gone').map(({ pair }) => pair.key))
      for (const { pair, found } of judged) {
        if (found === 'current' || found === 'other') counter.passed(found)
        else await handleDifference(pass, tasks, pair, differenceOf(pair, found))
      }
    }
  } catch (error) {
    await tasks.finish().catch(() => {
      // The first error is the one to tell.
    })
    throw error
  }
  await tasks.finish()
}

type Judged = { pair: Pair; found: ReconcileClass }

/** By the rows of the ledger as they were walked, and where those call for something, as they are now. */
async function judgePage(pass: ReconcilePass, pairs: readonly Pair[]): Promise<Judged[]> {
  const { db, source, rules } = pass
  const judged = judgeAll(pairs, rules)
  const doubtful = judged.filter(({ found }) => needsLook(found)).map(({ pair }) => pair)
  if (doubtful.length === 0) return judged
  const known = await lookUpObjects(
    db,
    source.bucket,
    doubtful.map(({ key }) => key),
  )
  const looked = judgeAll(
    doubtful.map((pair) => ({ ...pair, known: known.get(pair.key) })),
    rules,
  )
  return [...judged.filter(({ found }) => !needsLook(found)), ...(await withoutThere(pass, looked))]
}

function judgeAll(pairs: readonly Pair[], rules: JudgeRules): Judged[] {
  return pairs.flatMap((pair) => {
    const found = judgePair(pair, rules)
    return found === undefined ? [] : [{ pair, found }]
  })
}

function needsLook(found: ReconcileClass): boolean {
  return found === 'gone' || found === 'missing' || found === 'outdated' || found === 'failed'
}

/** Without the objects that an inventory does not have, and the bucket does. */
async function withoutThere({ bucketObjects, signal }: ReconcilePass, judged: Judged[]): Promise<Judged[]> {
  const { isThere } = bucketObjects
  const gone = judged.filter(({ found }) => found === 'gone')
  if (isThere === undefined || gone.length === 0) return judged
  const there = new Set<string>()
  const tasks = createBoundedTasks(pagedChecksMax)
  for (const { pair } of gone) {
    await tasks.start(async () => {
      if (await isThere(pair.key, signal)) there.add(pair.key)
    })
  }
  await tasks.finish()
  return judged.filter(({ pair }) => !there.has(pair.key))
}

async function handleDifference(
  pass: ReconcilePass,
  tasks: BoundedTasks,
  pair: Pair,
  finding: Difference,
): Promise<void> {
  const { fix, signal } = pass
  if (fix === undefined || !isToLoad(finding)) return reportDifference(pass, finding)
  await tasks.start(async () => {
    await fix.confirm?.()
    const outcome = await fix.load(pair, signal)
    if (outcome.kind === 'postponed') await reportDifference(pass, { ...finding, fix: 'postponed' })
    else await reportDifference(pass, withOutcome(finding, outcome))
  })
}

function isToLoad({ class: found }: Difference): boolean {
  return found !== 'gone' && found !== 'recent' && needsLoading(found)
}

async function reportDifference(
  { counter, onDifference }: ReconcilePass,
  finding: Difference,
): Promise<void> {
  counter.found(finding)
  await onDifference(finding)
}
