import type { QueueDepth } from '@aftercall/storage/queue/queue-depth'

export type ConsumerName = 'live' | 'backfill'

/** What a consumer has learned about its queue. */
export type Receiving = {
  /** When a receive last failed, by `performance.now()`. A worker whose queue is out of reach is healthy. */
  lastFailureMs: number | null
  /** When the last message that was received for the first time was sent, in milliseconds since the epoch. */
  lastSentMs: number | null
  /** At the last reading. */
  depth: (QueueDepth & { deadLetters: number | null }) | null
}
