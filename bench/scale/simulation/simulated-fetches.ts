import { createAimdBound } from '@aftercall/runtime/limits/aimd'
import { type Random, unit } from '@aftercall/samples/random'
import type { SimulatedStore } from './simulated-store.ts'
import type { Timeline } from './timeline.ts'

/** The rules of `packages/ingest/src/fetching/fetch-within-limit.ts` and `packages/runtime/src/limits/adaptive-limit.ts`. */
const attemptsMax = 6
const backoff = { baseMs: 500, capMs: 8_000 }
const slowDownPauseMs = 1_000

type FetchEnd = 'file' | 'gave up'

/** The fetches of a worker: their number halves when the store throttles, and a refused one waits for its next try. */
export function createSimulatedFetches(options: {
  timeline: Timeline
  store: SimulatedStore
  grain: number
  /** Messages. */
  inFlightMax: number
  random: Random
}): { fetch(done: (end: FetchEnd) => void): void } {
  const { timeline, store, grain, inFlightMax, random } = options
  const bound = createAimdBound({ max: inFlightMax })
  const growthPerRound = Math.max(1, inFlightMax / 20)
  const waiting: (() => void)[] = []
  let running = 0
  let slowedMs = Number.NEGATIVE_INFINITY

  function startWaiting(): void {
    while (running < bound.value()) {
      const start = waiting.shift()
      if (start === undefined) return
      running += 1
      start()
    }
  }

  function attempt(number: number, done: (end: FetchEnd) => void): void {
    waiting.push(() =>
      store.get(grain, (answer) => {
        running -= 1
        if (answer === 'file') {
          bound.increase(growthPerRound / bound.value())
          done('file')
        } else {
          slowDown()
          if (number === attemptsMax) done('gave up')
          else timeline.in(halfFixedMs(number, backoff, random), () => attempt(number + 1, done))
        }
        startWaiting()
      }),
    )
    startWaiting()
  }

  function slowDown(): void {
    if (timeline.nowMs() - slowedMs < slowDownPauseMs) return
    slowedMs = timeline.nowMs()
    bound.halve()
  }

  return { fetch: (done) => attempt(1, done) }
}

/** A wait whose bound doubles with each attempt, from 1. Half of it is fixed. */
export function halfFixedMs(
  attempt: number,
  { baseMs, capMs }: { baseMs: number; capMs: number },
  random: Random,
): number {
  return Math.min(capMs, baseMs * 2 ** (attempt - 1)) * (0.5 + unit(random) / 2)
}
