import { objectsPerMessage } from '@aftercall/ingest/bulk/take-by-queue'
import type { ReceivePermits } from '@aftercall/storage/queue/consume-queue'

export type BackfillPermitsOptions = {
  /** Resolves once fewer objects wait than may be under way, or the signal fires. */
  untilDemand(signal: AbortSignal): Promise<void>
  /** Objects of the backfill that may be under way now. */
  objectsMax(): number
}

/**
 * Places for messages of the backfill: only for what can be started soon, because what is received earlier is only
 * held, and hidden from workers that have time. For one receiver at a time: it asks again when it has its messages.
 */
export function createBackfillPermits({ untilDemand, objectsMax }: BackfillPermitsOptions): ReceivePermits {
  return {
    async take(wanted, signal) {
      await untilDemand(signal)
      if (signal.aborted) return 0
      // Where messages hold fewer objects, the next receive follows the sooner.
      return Math.min(wanted, Math.max(1, Math.floor((2 * objectsMax()) / objectsPerMessage)))
    },
    // Messages are not counted but their objects, by whoever lets them begin.
    release() {},
  }
}
