import type { SimulatedMessage } from './simulated-queue.ts'
import type { Timeline } from './timeline.ts'

/** A batch beside another one waits longer for others: `packages/ingest/src/loading/open-loader.ts`. */
const besideFactor = 5

/** The rules of `packages/runtime/src/limits/batcher.ts`, in simulated time. */
export function createSimulatedBatcher(options: {
  timeline: Timeline
  sizeMax: number
  lingerMs: number
  flushesMax: number
  flush(batch: SimulatedMessage[], done: () => void): void
}): { add(message: SimulatedMessage): void } {
  const { timeline, sizeMax, lingerMs, flushesMax } = options
  let waiting: SimulatedMessage[] = []
  let running = 0
  let sinceMs = 0
  /** Only the newest linger counts. */
  let linger = 0

  function isOver(): boolean {
    const waitedMs = timeline.nowMs() - sinceMs
    return waitedMs >= lingerMs * (running === 0 ? 1 : besideFactor)
  }

  function startFlushes(): void {
    while (running < flushesMax && waiting.length > 0 && (waiting.length >= sizeMax || isOver())) {
      const batch = waiting.slice(0, sizeMax)
      waiting = waiting.slice(sizeMax)
      running += 1
      if (waiting.length > 0) beginLinger()
      options.flush(batch, () => {
        running -= 1
        startFlushes()
      })
    }
  }

  function beginLinger(): void {
    linger += 1
    const own = linger
    sinceMs = timeline.nowMs()
    for (const factor of [1, besideFactor]) {
      timeline.in(lingerMs * factor, () => {
        if (own === linger) startFlushes()
      })
    }
  }

  return {
    add(message) {
      waiting.push(message)
      if (waiting.length === 1) beginLinger()
      startFlushes()
    },
  }
}
