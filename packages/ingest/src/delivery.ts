import type { UsableObjectEvent } from '@aftercall/storage/notifications/object-event'
import type { ReceivedMessage } from '@aftercall/storage/queue/consume-queue'
import type { StorableSession } from '@aftercall/warehouse/encode-session'

/** A message as far as its end depends on it, wherever it was kept. */
export type DeliveredMessage = Pick<ReceivedMessage, 'messageId' | 'body' | 'receiveCount'>

/** One announcement of one object, as it was delivered. */
export type Delivery = { event: UsableObjectEvent; messageId: string | null; receiveCount: number }

export type Stage = 'fetch' | 'map' | 'load'

/** Measures the stages of one delivery; see `IngestEvents`. */
export type StageClock = {
  time<Answer>(stage: Stage, work: () => Promise<Answer>): Promise<Answer>
  /** What was read from the object, once it was. */
  sessions: readonly StorableSession[]
}
