import type { Database } from './simulated-system.ts'
import type { Timeline } from './timeline.ts'

/** "A batch costs the database as much as some twenty documents more" (packages/ingest/src/loading/open-loader.ts). */
const filesOfAnEmptyBatch = 20
/** The cost of a file is measured with full batches of `worker.batchSize`. */
const filesOfAMeasuredBatch = 200

export type SimulatedDatabase = {
  commit(files: number, done: () => void): void
  commits(): number
  busyMs(): number
}

/** Cores that each work on one batch at a time, first come first served. While it is away, nothing is committed. */
export function createSimulatedDatabase(options: {
  timeline: Timeline
  database: Database
}): SimulatedDatabase {
  const { timeline } = options
  const { cores, cpuMs, commitMs, away } = options.database
  const freeMs = Array.from({ length: cores }, () => 0)
  let [commits, busyMs] = [0, 0]

  /** Work that would run into a time away begins after it: it is rolled back then, and tried again. */
  function startOf(wantedMs: number, workMs: number): number {
    let startMs = wantedMs
    for (const { fromMs, untilMs } of away) {
      if (startMs + workMs > fromMs && startMs < untilMs) startMs = untilMs
    }
    return startMs
  }

  return {
    commit(files, done) {
      const share = (files + filesOfAnEmptyBatch) / (filesOfAMeasuredBatch + filesOfAnEmptyBatch)
      const workMs = share * filesOfAMeasuredBatch * cpuMs
      const core = freeMs.indexOf(Math.min(...freeMs))
      const startMs = startOf(Math.max(timeline.nowMs(), freeMs[core] ?? 0), workMs)
      freeMs[core] = startMs + workMs
      busyMs += workMs
      timeline.at(startMs + workMs + commitMs, () => {
        commits += 1
        done()
      })
    },
    commits: () => commits,
    busyMs: () => busyMs,
  }
}
