import { objectsPerMessage } from '@aftercall/ingest/bulk/announce-objects'
import type { ReceivePermits } from '@aftercall/storage/queue/consume-queue'

export type BackfillPermitsOptions = {
  /** Resolves once fewer objects wait for a permit than may be in flight, or when the signal fires. */
  untilDemand(signal: AbortSignal): Promise<void>
  /** Backfill objects that may be in flight now. */
  objectsMax(): number
}

/**
 * Permits to receive messages of the backfill, for those alone that can start soon: a message that is received earlier only
 * waits here, hidden from workers that have time for it. For one receiver: it takes its messages before it asks again.
 */
export function createBackfillPermits({ untilDemand, objectsMax }: BackfillPermitsOptions): ReceivePermits {
  return {
    async take(wanted, signal) {
      await untilDemand(signal)
      if (signal.aborted) return 0
      // Where messages hold fewer objects, the next receive follows sooner.
      return Math.min(wanted, Math.max(1, Math.floor((2 * objectsMax()) / objectsPerMessage)))
    },
    // Objects are counted here, not messages, and by the permits that they start with.
    release() {},
  }
}
