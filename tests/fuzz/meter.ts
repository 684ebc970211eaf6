import { type Profiler, Session } from 'node:inspector'
import { GCProfiler, getHeapStatistics } from 'node:v8'

export type Cost = { steps: number; allocated: number }

export type Measured<Answer> = {
  answers: [first: Answer, second: Answer]
  cost: Cost
  /** The executed blocks, each with the magnitude of its count, as numbers that are the same in one process. */
  features: number[]
}

export type Meter = {
  /** Does the work twice: the first time fills what is only made once. Rejects like the work; then `reset` is due. */
  measure<Answer>(work: () => Answer | Promise<Answer>): Promise<Measured<Answer>>
  /** Forgets what was counted. */
  reset(): void
  close(): void
}

/**
 * Measures what code does, without a clock, by V8's precise block coverage (https://chromedevtools.github.io/devtools-protocol/v8/Profiler/).
 * The counts repeat exactly as long as V8 does not optimize the code, for which the process has to be started with
 * `meterFlags`. Allocation repeats to some hundred bytes.
 */
export function openMeter(): Meter {
  const session = new Session()
  session.connect()
  const { post } = poster(session)
  post('Profiler.enable')
  post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const scripts = new Map<string, number>()
  /** The blocks of each function that were ever reported, by where they start. */
  const known = new Map<number, Set<number>>()

  function take(): { steps: number; features: number[] } {
    let steps = 0
    const features: number[] = []
    for (const { url, functions } of post('Profiler.takePreciseCoverage').result) {
      if (!isMeasured(url)) continue
      const script = numberOf(scripts, url) * offsetsMax
      for (const { ranges } of functions) {
        const [whole] = ranges
        if (whole === undefined || whole.count === 0) continue
        const starts = startsOf(known, script + whole.startOffset)
        for (const { startOffset, count } of ranges) {
          starts.add(startOffset)
          steps += count
        }
        for (const start of starts) {
          const count = countAt(ranges, start)
          if (count > 0) features.push(featureOf(script + start, count))
        }
      }
    }
    return { steps, features }
  }

  return {
    async measure(work) {
      const first = await work()
      const allocation = startAllocation()
      const second = await work()
      const allocated = allocation.stop()
      const { steps, features } = take()
      return { answers: [first, second], cost: { steps: Math.ceil(steps / 2), allocated }, features }
    },
    reset: () => void take(),
    close: () => session.disconnect(),
  }
}

/** V8's optimizing compilers leave out some counters. */
export const meterFlags = ['--no-opt', '--no-maglev']

type Answers = { 'Profiler.takePreciseCoverage': Profiler.TakePreciseCoverageReturnType }
type Post = <Method extends string>(
  method: Method,
  parameters?: object,
) => Method extends keyof Answers ? Answers[Method] : undefined

/** A session with the own thread answers before `post` returns. */
function poster(session: Session): { post: Post } {
  const post = (method: string, parameters: object = {}): unknown => {
    let answer: unknown
    session.post(method, parameters, (error, result) => {
      if (error !== null) throw new Error(`${method}: ${error.message}`)
      answer = result
    })
    return answer
  }
  // The protocol says which method has which answer.
  return { post: post as Post }
}

/** The product's code and its libraries, but neither Node nor the fuzzer. */
function isMeasured(url: string): boolean {
  const isOurs = !url.includes('/tests/') && !url.includes('/testkit/') && !url.includes('/samples/')
  return url.startsWith('file://') && (isOurs || url.includes('/planted/'))
}

function numberOf(scripts: Map<string, number>, url: string): number {
  const known = scripts.get(url)
  if (known !== undefined) return known
  scripts.set(url, scripts.size)
  return scripts.size - 1
}

/** Above the length of any script. */
const offsetsMax = 2 ** 24
const magnitudes = 32

function startsOf(known: Map<number, Set<number>>, place: number): Set<number> {
  const starts = known.get(place) ?? new Set()
  known.set(place, starts)
  return starts
}

/** V8 leaves out a block with the same count as the one around it. The last range that holds the place is the innermost. */
function countAt(ranges: readonly Profiler.CoverageRange[], place: number): number {
  let found = 0
  for (const { startOffset, endOffset, count } of ranges)
    if (startOffset <= place && place < endOffset) found = count
  return found
}

/** Counts of the same magnitude are the same feature, so that a loop of 900 rounds is no news after one of 800. */
function featureOf(block: number, count: number): number {
  return block * magnitudes + Math.min(magnitudes - 1, Math.floor(Math.log2(count)))
}

/** The block of a feature, without its magnitude. */
export function blockOf(feature: number): number {
  return Math.floor(feature / magnitudes)
}

/** Adds up what the heap grew between collections. */
function startAllocation(): { stop(): number } {
  const profiler = new GCProfiler()
  profiler.start()
  const before = getHeapStatistics().used_heap_size
  return {
    stop() {
      const after = getHeapStatistics().used_heap_size
      const { statistics } = profiler.stop() ?? { statistics: [] }
      let allocated = 0
      let from = before
      for (const { beforeGC, afterGC } of statistics) {
        allocated += Math.max(0, beforeGC.heapStatistics.usedHeapSize - from)
        from = afterGC.heapStatistics.usedHeapSize
      }
      return allocated + Math.max(0, after - from)
    },
  }
}
