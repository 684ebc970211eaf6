import type { UsableObjectEvent } from '@aftercall/storage/notifications/object-event'
import type { ReceivedMessage } from '@aftercall/storage/queue/consume-queue'
import type { StorableSession } from '@aftercall/warehouse/encode-session'

/** The parts of a message that decide its end, whether it comes from a queue or from the kept rejections. */
export type DeliveredMessage = Pick<ReceivedMessage, 'messageId' | 'body' | 'receiveCount'>

/** One announcement of one object, as it was delivered. */
export type Delivery = { event: UsableObjectEvent; messageId: string | null; receiveCount: number }

export type Stage = 'fetch' | 'map' | 'load'

/** Measures the stages of one delivery; see `IngestEvents`. */
export type StageClock = {
  /** Undefined between two stages. */
  stage: Stage | undefined
  /** By `performance.now()`. */
  stageBeganMs: number
  /** What was read from the object; empty until then. */
  sessions: readonly StorableSession[]
}
