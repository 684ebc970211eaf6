import { createPermitPool, type Permits } from '@aftercall/runtime/limits/permits'
import type { BackfillLimit } from './backfill-limit.ts'

export type SharedPermits = {
  live: Permits
  backfill: Permits & {
    /** Resolves once fewer objects wait for a permit than may be in flight, or when the signal fires. */
    untilDemand(signal: AbortSignal): Promise<void>
  }
}

export type SharedPermitsOptions = {
  /** Live and backfill objects in flight together (I8). */
  permitsMax: number
  limit: BackfillLimit
}

/**
 * Live objects and the backfill share one number of permits. A permit that is released goes to a live object first, and the
 * backfill never has more than its limit. What is in flight is never interrupted.
 */
export function sharePermits({ permitsMax, limit }: SharedPermitsOptions): SharedPermits {
  const pool = createPermitPool(() => permitsMax, notifyDemand)
  const live = pool.addLine()
  const backfill = pool.addLine({ max: limit.objectsMax })
  const waitingForDemand = new Set<() => void>()

  function hasDemand(): boolean {
    return backfill.waiting() < limit.objectsMax()
  }

  function notifyDemand(): void {
    if (waitingForDemand.size > 0 && hasDemand()) for (const notify of waitingForDemand) notify()
  }

  async function runLive<Answer>(work: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    const startedAtMs = performance.now()
    limit.liveStarted()
    try {
      return await live.run(work, signal)
    } finally {
      limit.liveEnded(performance.now() - startedAtMs)
    }
  }

  function untilDemand(signal: AbortSignal): Promise<void> {
    if (signal.aborted || hasDemand()) return Promise.resolve()
    return new Promise((resolve) => {
      const notify = (): void => {
        waitingForDemand.delete(notify)
        signal.removeEventListener('abort', notify)
        resolve()
      }
      signal.addEventListener('abort', notify, { once: true })
      waitingForDemand.add(notify)
    })
  }

  return { live: { ...live, run: runLive }, backfill: { ...backfill, untilDemand } }
}
