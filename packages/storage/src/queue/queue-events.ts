import type { QueueCallError } from './queue-call-error.ts'
import type { ReceivedMessage } from './received-message.ts'

/**
 * What a consumer tells while it runs, for the caller to count and log. Log ids, not bodies (I10). What a listener
 * throws is dropped: telling must not stop the queue.
 */
export type QueueEvents = {
  /** A message arrived, to be handled or, when the consumer is stopping, handed back. */
  received(event: { message: ReceivedMessage }): void
  /** SQS confirmed the delete. */
  acked(event: { message: ReceivedMessage; heldMs: number }): void
  /** SQS confirmed that the message becomes visible again after the delay. */
  returned(event: {
    message: ReceivedMessage
    heldMs: number
    delaySeconds: number
    reason: ReturnReason
  }): void
  /** The message was done but could not be deleted; it will be delivered again. */
  ackFailed(event: { message: ReceivedMessage; error: QueueCallError }): void
  /** The delay could not be set; the message returns when its visibility runs out. */
  returnFailed(event: { message: ReceivedMessage; error: QueueCallError; reason: ReturnReason }): void
  /** `handle` threw, which it should not: the message is returned. */
  handleFailed(event: { message: ReceivedMessage; error: unknown }): void
  /** A receive failed; the receiver tries again after `pauseMs`. */
  receiveFailed(event: { error: QueueCallError; failuresInARow: number; pauseMs: number }): void
  /** Some messages of a batch could not be held longer; tried again soon. */
  heartbeatFailed(event: { messages: readonly ReceivedMessage[]; error: QueueCallError }): void
  /** The message is no longer ours: its handle's signal fires and nobody settles it. */
  receiptLost(event: { message: ReceivedMessage; reason: 'receipt-invalid' | 'held-too-long' }): void
}

export type ReturnReason = 'disposition' | 'handle-failed' | 'shutdown'

/** The same events, with listeners that cannot throw. */
export function guardEvents(events: QueueEvents): QueueEvents {
  return {
    received: (event) => quietly(() => events.received(event)),
    acked: (event) => quietly(() => events.acked(event)),
    returned: (event) => quietly(() => events.returned(event)),
    ackFailed: (event) => quietly(() => events.ackFailed(event)),
    returnFailed: (event) => quietly(() => events.returnFailed(event)),
    handleFailed: (event) => quietly(() => events.handleFailed(event)),
    receiveFailed: (event) => quietly(() => events.receiveFailed(event)),
    heartbeatFailed: (event) => quietly(() => events.heartbeatFailed(event)),
    receiptLost: (event) => quietly(() => events.receiptLost(event)),
  }
}

function quietly(tell: () => void): void {
  try {
    tell()
  } catch {
    // The listener is the one who tells of failures, so there is nobody left to tell.
  }
}
