import type { QueueDepth } from '@aftercall/storage/queue/queue-depth'

export type ConsumerName = 'live' | 'backfill'

/** How receiving goes, for the checks and the gauges. */
export type Receiving = {
  /** When a receive last failed, by `performance.now()`: a worker whose queue is out of reach is alive. */
  lastFailureMs: number | null
  /** When the message was sent that was last received for the first time; milliseconds since the epoch. */
  lastSentMs: number | null
  /** As last read. */
  depth: (QueueDepth & { deadLetters: number | null }) | null
}
