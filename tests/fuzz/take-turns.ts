import { readCorpus, writeCorpus, writeFinding } from './corpus.ts'
import { type Finding, kindOf } from './fuzz.ts'
import type { Cost } from './meter.ts'
import { type Ended, runWatched } from './run-watched.ts'

export type FuzzRun = {
  names: readonly string[]
  seed: string
  /** Of the whole run. */
  minutes: number
  /** Of one turn of a target, at most. */
  turnMinutes: number
  /** Of each target. */
  inputsMax: number
  findingsMax: number
  cpuMsMax: number
  /** Whether the inputs that cover most replace the corpus. */
  keeps: boolean
  /** Whether the inputs of findings are left in a file. */
  leaves: boolean
}

/** What all turns of a target have come to. */
export type Progress = {
  name: string
  turns: number
  inputs: number
  blocks: number
  newBlocks: number
  highest: Cost
  /** By the kind of their messages. */
  findings: Map<string, Finding>
  /** Where the next turn starts from. */
  from: readonly Uint8Array[]
  hasEnded: boolean
}

/** Each target in turn, until the time is over or each has had its inputs. A turn goes on from what those before have reached. */
export async function takeTurns(run: FuzzRun): Promise<Progress[]> {
  const untilMs = performance.now() + run.minutes * 60_000
  const all = run.names.map(
    (name): Progress => ({
      ...{ name, turns: 0, inputs: 0, blocks: 0, newBlocks: 0, highest: { steps: 0, allocated: 0 } },
      ...{ findings: new Map(), from: readCorpus(name), hasEnded: false },
    }),
  )
  for (;;) {
    for (const one of all) {
      const minutes = Math.min(run.turnMinutes, (untilMs - performance.now()) / 60_000)
      // Each has at least one turn.
      if (one.hasEnded || (minutes <= 0 && one.turns > 0)) continue
      const ended = await runWatched({
        ...{ name: one.name, seed: one.turns === 0 ? run.seed : `${run.seed} turn ${one.turns}` },
        ...{ minutes: Math.max(minutes, run.turnMinutes / 10), inputs: run.inputsMax - one.inputs },
        ...{ findingsMax: run.findingsMax - one.findings.size, cpuMsMax: run.cpuMsMax },
        ...{ from: one.from, isReplay: false },
      })
      add(one, ended, run)
    }
    if (performance.now() >= untilMs || all.every(({ hasEnded }) => hasEnded)) return all
  }
}

/** Reads an input again, as the turn did that found it. True if it breaks no rule any more. */
export async function replay(name: string, input: Uint8Array, cpuMsMax: number): Promise<boolean> {
  const ended = await runWatched({
    ...{ name, seed: '0', minutes: 1, inputs: 1, findingsMax: 1, cpuMsMax, from: [input], isReplay: true },
  })
  const message = ended.kind === 'stuck' ? ended.message : ended.result.findings[0]?.message
  process.stdout.write(`${name}: ${message ?? 'the input breaks no rule'}\n`)
  return message === undefined
}

function add(one: Progress, ended: Ended, run: FuzzRun): void {
  one.turns += 1
  if (ended.kind === 'stuck') {
    one.inputs += ended.inputs
    // Most of its time would go to such inputs.
    one.hasEnded = true
    addFinding(one, ended, run)
    return
  }
  const { inputs, digest, blocks, newBlocks, highest, findings, corpus, reached } = ended.result
  one.inputs += inputs
  one.newBlocks = Math.max(one.newBlocks + blocks - Math.max(one.blocks, blocks - newBlocks), one.newBlocks)
  one.blocks = Math.max(one.blocks, blocks)
  one.highest.steps = Math.max(one.highest.steps, highest.steps)
  one.highest.allocated = Math.max(one.highest.allocated, highest.allocated)
  one.from = reached
  process.stdout.write(
    `${one.name}: ${inputs} inputs (${digest}), ${newBlocks} new of ${blocks} blocks, ${findings.length} findings\n`,
  )
  for (const finding of findings) addFinding(one, finding, run)
  one.hasEnded = one.inputs >= run.inputsMax || one.findings.size >= run.findingsMax
  if (run.keeps) writeCorpus(one.name, corpus)
}

function addFinding({ name, findings }: Progress, { input, message }: Finding, { leaves }: FuzzRun): void {
  if (findings.has(kindOf(message))) return
  findings.set(kindOf(message), { input, message })
  process.stdout.write(`${name}: ${message.replaceAll('\n', '\n  ')}\n  input of ${input.byteLength} bytes\n`)
  if (!leaves) return
  const path = writeFinding(name, input)
  process.stdout.write(`  npm run fuzz -- --target ${name} --replay ${path}\n`)
}
