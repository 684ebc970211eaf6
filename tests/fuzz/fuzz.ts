import { createHash, type Hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { chance, integer, pick, type Random, randomFrom } from '@aftercall/samples/random'
import { blockOf, type Cost, type Meter, openMeter } from './meter.ts'
import { mutate } from './mutate.ts'
import { type CostBound, must, type Target } from './target.ts'

export type Finding = { input: Uint8Array; message: string }

export type FuzzOptions = {
  target: Target
  /** Inputs to start from, besides the target's own. */
  corpus: readonly Uint8Array[]
  seed: string
  /** Ends after this number of different findings. */
  findingsMax: number
  /** Asked before each input, with the number of inputs so far. */
  goesOn(inputs: number): boolean
  /** Called with each input before it is read, so that one that never ends is known. */
  onInput?(input: Uint8Array): void
}

export type FuzzResult = {
  inputs: number
  blocks: number
  /** Of them, those that none of the first inputs has reached. */
  newBlocks: number
  /** Stands for all inputs in their order. */
  digest: string
  /** The highest cost for each byte, of inputs long enough to say something. */
  highest: Cost
  findings: Finding[]
  /** The inputs that reach everything that was reached, and the costliest ones. */
  corpus: Uint8Array[]
  /** More of them, to go on from. */
  reached: Uint8Array[]
}

/** An input that reached something new. */
type Kept = { input: Uint8Array; features: number[]; perByte: Cost }

type Fuzzing = {
  options: FuzzOptions
  meter: Meter
  random: Random
  kept: Kept[]
  seen: Set<number>
  findings: Map<string, Finding>
  highest: Cost
  inputs: number
  digest: Hash
}

/** Changes inputs at random, and keeps those that run code that none has run before, or that cost more. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { target, corpus, seed, findingsMax, goesOn } = options
  const meter = openMeter()
  const fuzzing: Fuzzing = {
    ...{ options, meter, kept: [], seen: new Set(), findings: new Map(), inputs: 0 },
    random: randomFrom(`${seed} ${target.name}`),
    highest: { steps: 0, allocated: 0 },
    digest: createHash('sha256'),
  }
  try {
    for (const input of [...target.seeds(), ...corpus]) await tryInput(fuzzing, input)
    const firstBlocks = blocksOf(fuzzing.seen)
    while (fuzzing.kept.length > 0 && goesOn(fuzzing.inputs) && fuzzing.findings.size < findingsMax) {
      const parent = pick(fuzzing.random, fuzzing.kept)
      const other = pick(fuzzing.random, fuzzing.kept)
      await tryInput(
        fuzzing,
        mutate(fuzzing.random, target, chooseParent(fuzzing, parent).input, other.input),
      )
    }
    const findings: Finding[] = []
    for (const finding of fuzzing.findings.values()) findings.push(await shrink(fuzzing, finding))
    const { inputs, seen, highest, kept } = fuzzing
    const blocks = blocksOf(seen)
    const digest = fuzzing.digest.digest('hex').slice(0, 8)
    return {
      ...{ inputs, digest, blocks, newBlocks: blocks - firstBlocks, highest, findings },
      ...{ corpus: smallestCover(kept, coverMax), reached: smallestCover(kept, reachedMax) },
    }
  } finally {
    meter.close()
  }
}

function blocksOf(features: ReadonlySet<number>): number {
  return new Set([...features].map(blockOf)).size
}

/** Now and then the one that costs most, so that cost grows further. */
function chooseParent({ random, kept }: Fuzzing, parent: Kept): Kept {
  if (!chance(random, 0.15)) return parent
  const few = Array.from({ length: 5 }, () => kept[integer(random, 0, kept.length - 1)] ?? parent)
  return few.reduce((best, one) => (one.perByte.steps > best.perByte.steps ? one : best))
}

async function tryInput(fuzzing: Fuzzing, input: Uint8Array): Promise<void> {
  fuzzing.inputs += 1
  fuzzing.digest.update(input)
  fuzzing.options.onInput?.(input)
  const ended = await readInput(fuzzing, input)
  if (ended.kind === 'broken') {
    const { message } = ended
    if (!fuzzing.findings.has(kindOf(message))) fuzzing.findings.set(kindOf(message), { input, message })
    // A broken rule must not hide what lies behind it.
    return
  }
  const { features, cost } = ended
  const bytes = Math.max(input.byteLength, bytesLeast)
  const perByte = { steps: cost.steps / bytes, allocated: cost.allocated / bytes }
  const isNew = features.some((feature) => !fuzzing.seen.has(feature))
  for (const feature of features) fuzzing.seen.add(feature)
  const { highest } = fuzzing
  // Not by allocation, which differs a little from run to run: the same seed tries the same inputs.
  const isCostlier = perByte.steps > highest.steps * 1.05
  highest.steps = Math.max(highest.steps, perByte.steps)
  highest.allocated = Math.max(highest.allocated, perByte.allocated)
  if (isNew || isCostlier) fuzzing.kept.push({ input, features, perByte })
}

/** What shorter inputs cost is nearly all the same for any input. */
const bytesLeast = 4_096

/** Two findings of the same kind have messages that differ in numbers only. */
export function kindOf(message: string): string {
  return (message.split('\n')[0] ?? '').replaceAll(/\d+/g, '0').slice(0, 200)
}

type Ended = { kind: 'well'; features: number[]; cost: Cost } | { kind: 'broken'; message: string }

async function readInput({ options: { target }, meter }: Fuzzing, input: Uint8Array): Promise<Ended> {
  try {
    const { answers, cost, features } = await meter.measure(() => target.read(Uint8Array.from(input)))
    must(isDeepStrictEqual(answers[0], answers[1]), 'the same bytes give the same answer')
    // A collection, or code that V8 compiles meanwhile, adds to the heap.
    for (let again = 0; again < 3 && isAbove(target.bound.allocated, cost.allocated, input); again += 1) {
      const { cost: other } = await meter.measure(() => target.read(Uint8Array.from(input)))
      cost.allocated = Math.min(cost.allocated, other.allocated)
    }
    checkCost(target.bound, cost, input.byteLength)
    return { kind: 'well', features, cost }
  } catch (error) {
    meter.reset()
    return { kind: 'broken', message: describe(error) }
  }
}

function isAbove({ least, perByte }: CostBound['steps'], cost: number, { byteLength }: Uint8Array): boolean {
  return cost > least + perByte * byteLength
}

/** @throws BrokenRuleError above the bound. */
export function checkCost({ steps, allocated }: CostBound, cost: Cost, bytes: number): void {
  const stepsMax = steps.least + steps.perByte * bytes
  must(cost.steps <= stepsMax, `${bytes} bytes took ${cost.steps} steps, more than ${Math.round(stepsMax)}`)
  const allocatedMax = allocated.least + allocated.perByte * bytes
  must(
    cost.allocated <= allocatedMax,
    `${bytes} bytes allocated ${cost.allocated} bytes, more than ${Math.round(allocatedMax)}`,
  )
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`
  const lines = (error.stack ?? '').split('\n').filter((line) => line.includes('    at '))
  return [`${error.name}: ${error.message}`, ...lines.slice(0, 6)].join('\n')
}

const shrinkTries = 400

/** Takes parts away while the input still breaks the same rule. */
async function shrink(fuzzing: Fuzzing, { input, message }: Finding): Promise<Finding> {
  let smallest: Finding = { input, message }
  let tries = 0
  for (let length = Math.ceil(input.byteLength / 2); length >= 1; length = Math.floor(length / 2)) {
    for (let at = 0; at < smallest.input.byteLength && tries < shrinkTries; ) {
      tries += 1
      const less = Buffer.concat([smallest.input.subarray(0, at), smallest.input.subarray(at + length)])
      fuzzing.options.onInput?.(less)
      const ended = await readInput(fuzzing, less)
      if (ended.kind === 'broken' && kindOf(ended.message) === kindOf(message))
        smallest = { input: less, message: ended.message }
      else at += length
    }
  }
  return smallest
}

const coverMax = 28
const reachedMax = 200
/** Of one input: a corpus is part of the repository. */
const coverBytesMax = 8_192

/** Small inputs first: those that reach a block that none before has reached; then the costliest. */
function smallestCover(all: readonly Kept[], inputsMax: number): Uint8Array[] {
  const kept = all.filter(({ input }) => input.byteLength <= coverBytesMax)
  const gains = new Map<number, Kept>()
  for (const one of kept) {
    for (const block of new Set(one.features.map(blockOf))) {
      const best = gains.get(block)
      if (best === undefined || one.input.byteLength < best.input.byteLength) gains.set(block, one)
    }
  }
  const shares = new Map<Kept, number>()
  for (const one of gains.values()) shares.set(one, (shares.get(one) ?? 0) + 1)
  const most = [...shares].sort(([, some], [, others]) => others - some).slice(0, inputsMax)
  const costliest = (['steps', 'allocated'] as const).map((by) =>
    kept.reduce<Kept | undefined>(
      (best, one) => (best === undefined || one.perByte[by] > best.perByte[by] ? one : best),
      undefined,
    ),
  )
  const chosen = new Set([...most.map(([one]) => one), ...costliest.filter((one) => one !== undefined)])
  return [...chosen].map(({ input }) => input)
}

export function nameOf(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16)
}
