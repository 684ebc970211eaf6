import type { Permits } from '@aftercall/runtime/limits/permits'
import type { BackfillLimit } from './backfill-limit.ts'

export type SharedPermits = {
  live: Permits
  backfill: Permits & {
    /** Resolves once fewer objects wait in line than may be under way; also when the signal fires. */
    untilDemand(signal: AbortSignal): Promise<void>
  }
}

export type SharedPermitsOptions = {
  /** Objects under way at the same time, of both together (I8). */
  permitsMax: number
  limit: BackfillLimit
}

/**
 * One bound on what is under way, and live comes first: a place that is given back goes to live objects that wait, and
 * the backfill never has more than its limit. What is under way is never taken back.
 */
export function sharePermits({ permitsMax, limit }: SharedPermitsOptions): SharedPermits {
  const live = createLine()
  const backfill = createLine()
  const hungry = new Set<() => void>()

  // No timer is needed when the limit grows: as long as anything waits something is under way, and ends.
  function serve(): void {
    while (isFree() && live.waiting.length > 0) live.startFirst()
    const backfillMax = limit.objectsMax()
    while (isFree() && backfill.waiting.length > 0 && backfill.taken < backfillMax) backfill.startFirst()
    if (backfill.waiting.length < backfillMax) for (const tell of hungry) tell()
  }

  function isFree(): boolean {
    return live.taken + backfill.taken < permitsMax
  }

  async function runIn<Answer>(line: Line, work: () => Promise<Answer>): Promise<Answer> {
    const started = new Promise<void>((resolve) => line.waiting.push(resolve))
    serve()
    await started
    try {
      return await work()
    } finally {
      line.taken -= 1
      serve()
    }
  }

  async function runLive<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const cameAtMs = performance.now()
    limit.liveCame()
    try {
      return await runIn(live, work)
    } finally {
      limit.liveEnded(performance.now() - cameAtMs)
    }
  }

  function untilDemand(signal: AbortSignal): Promise<void> {
    if (signal.aborted || backfill.waiting.length < limit.objectsMax()) return Promise.resolve()
    return new Promise((resolve) => {
      const tell = (): void => {
        hungry.delete(tell)
        signal.removeEventListener('abort', tell)
        resolve()
      }
      signal.addEventListener('abort', tell, { once: true })
      hungry.add(tell)
    })
  }

  return {
    live: { run: runLive, taken: () => live.taken },
    backfill: { run: (work) => runIn(backfill, work), taken: () => backfill.taken, untilDemand },
  }
}

type Line = { taken: number; waiting: (() => void)[]; startFirst(): void }

function createLine(): Line {
  const line: Line = {
    taken: 0,
    waiting: [],
    startFirst: () => {
      line.taken += 1
      line.waiting.shift()?.()
    },
  }
  return line
}
