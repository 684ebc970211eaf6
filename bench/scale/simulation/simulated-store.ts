import { type Random, unit } from '@aftercall/samples/random'
import type { Store } from './simulated-system.ts'
import type { Timeline } from './timeline.ts'

export type SimulatedStore = {
  /** Ends with the file, or with the store's answer that it is asked too often. */
  get(files: number, done: (answer: 'file' | 'throttled') => void): void
  gets(): number
  throttled(): number
}

/** A throttling answer comes sooner than a file. */
const throttledMs = 10

/** Answers as many GETs as its rate allows (a bucket that refills, and holds those of a second), and throttles the others. */
export function createSimulatedStore(options: {
  timeline: Timeline
  store: Store
  random: Random
}): SimulatedStore {
  const { timeline, random } = options
  const { getMs, getSpread, getsPerSecondMax } = options.store
  let allowed = getsPerSecondMax
  let filledMs = 0
  let [gets, throttled] = [0, 0]

  return {
    get(files, done) {
      const now = timeline.nowMs()
      allowed = Math.min(getsPerSecondMax, allowed + ((now - filledMs) * getsPerSecondMax) / 1_000)
      filledMs = now
      gets += 1
      if (allowed < files) {
        throttled += 1
        timeline.in(throttledMs, () => done('throttled'))
      } else {
        allowed -= files
        timeline.in(getMs * (1 + getSpread * (2 * unit(random) - 1)), () => done('file'))
      }
    },
    gets: () => gets,
    throttled: () => throttled,
  }
}
