import type { Quantiles, Simulated } from './simulated-system.ts'
import type { Timeline } from './timeline.ts'

/** Counts what happens, and turns it into figures of files. */
export type Meter = {
  arrived(): void
  /** How many messages wait now, and for how long the oldest has. */
  waiting(count: number, oldestMs: number): void
  received(): void
  stored(lagMs: number): void
  storedAgain(): void
  deleted(sojournMs: number): void
  deleteCalls(count: number): void
  broughtBack(): void
  workers(count: number): void
  figures(): Omit<Simulated, 'left' | 'gets' | 'throttledGets' | 'commits' | 'databaseBusy' | 'endMs'>
}

export function createMeter(timeline: Timeline, grain: number): Meter {
  const waiting = createLevel(timeline)
  const inSystem = createLevel(timeline)
  const workers = createLevel(timeline)
  const lagsMs: number[] = []
  let [arrived, storedAgain, deleted, returned] = [0, 0, 0, 0]
  let [receiveCalls, deleteCalls] = [0, 0]
  let [sojournMs, oldestMaxMs, emptyAgainMs, lastDeleteMs] = [0, 0, 0, 0]

  return {
    arrived() {
      arrived += 1
      inSystem.set(arrived - deleted)
    },
    waiting(count, oldestMs) {
      const most = waiting.max()
      waiting.set(count)
      if (waiting.max() > most) emptyAgainMs = Number.POSITIVE_INFINITY
      if (count === 0 && emptyAgainMs === Number.POSITIVE_INFINITY) emptyAgainMs = timeline.nowMs()
      oldestMaxMs = Math.max(oldestMaxMs, oldestMs)
    },
    received: () => void receiveCalls++,
    stored: (lagMs) => void lagsMs.push(lagMs),
    storedAgain: () => void storedAgain++,
    deleted(ms) {
      deleted += 1
      sojournMs += ms
      lastDeleteMs = timeline.nowMs()
      inSystem.set(arrived - deleted)
    },
    deleteCalls(count) {
      deleteCalls += count
    },
    broughtBack: () => void returned++,
    workers: (count) => workers.set(count),
    figures: () => ({
      arrived: arrived * grain,
      stored: lagsMs.length * grain,
      storedAgain: storedAgain * grain,
      deleted: deleted * grain,
      returned: returned * grain,
      lagMs: quantilesOf(lagsMs),
      waitingMean: waiting.mean() * grain,
      systemMean: inSystem.mean() * grain,
      sojournMeanMs: deleted === 0 ? 0 : sojournMs / deleted,
      waitingMax: waiting.max() * grain,
      waitingMaxAtMs: waiting.maxAtMs(),
      emptyAgainMs,
      lastDeleteMs,
      oldestMaxMs,
      workersMax: workers.max(),
      workerHours: (workers.mean() * timeline.nowMs()) / 3_600_000,
      // A call brings up to ten files, and a coarser message is several calls.
      receiveCalls: receiveCalls * Math.max(1, grain / 10),
      deleteCalls,
    }),
  }
}

/** A number that changes over time. */
function createLevel(timeline: Timeline) {
  let [level, sinceMs, sum, max, maxAtMs] = [0, 0, 0, 0, 0]
  return {
    set(next: number) {
      sum += level * (timeline.nowMs() - sinceMs)
      sinceMs = timeline.nowMs()
      level = next
      if (level > max) [max, maxAtMs] = [level, sinceMs]
    },
    mean: () =>
      timeline.nowMs() === 0 ? level : (sum + level * (timeline.nowMs() - sinceMs)) / timeline.nowMs(),
    max: () => max,
    maxAtMs: () => maxAtMs,
  }
}

function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
