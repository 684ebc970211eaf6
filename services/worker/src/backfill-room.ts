import type { Room } from '@aftercall/storage/queue'

/** What `aftercall backfill` puts into one message. Where there are fewer, the next receive follows the sooner. */
const recordsPerMessage = 25

export type BackfillRoomOptions = {
  /** Resolves once fewer objects wait than may be under way, or the signal fires. */
  untilHungry(signal: AbortSignal): Promise<void>
  /** Objects of the backfill that may be under way now. */
  objectsMax(): number
}

/**
 * Places for messages of the backfill: only for what can be started soon, because what is received earlier is only
 * held, and hidden from workers that have time. For one receiver at a time: it asks again when it has its messages.
 */
export function createBackfillRoom({ untilHungry, objectsMax }: BackfillRoomOptions): Room {
  return {
    async take(wanted, signal) {
      await untilHungry(signal)
      if (signal.aborted) return 0
      return Math.min(wanted, Math.max(1, Math.floor((2 * objectsMax()) / recordsPerMessage)))
    },
    // Messages are not counted but their objects, by whoever lets them begin.
    give() {},
  }
}
