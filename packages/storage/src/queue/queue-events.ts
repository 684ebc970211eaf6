import type { QueueCallError } from './queue-call-error.ts'
import type { ReceivedMessage } from './received-message.ts'

/**
 * What a consumer reports while it runs, for the caller to count and log. Log ids, not bodies (I10). Errors that a listener
 * throws are dropped: a listener must not stop the queue.
 */
export type QueueEvents = {
  /** A message arrived. It is handled, or returned if the consumer is stopping. */
  received(event: { message: ReceivedMessage }): void
  /** SQS confirmed the delete. */
  acked(event: { message: ReceivedMessage; inFlightMs: number }): void
  /** SQS confirmed that the message becomes visible again after the delay. */
  returned(event: {
    message: ReceivedMessage
    inFlightMs: number
    delaySeconds: number
    reason: ReturnReason
  }): void
  /** The message was handled but could not be deleted. SQS will deliver it again. */
  ackFailed(event: { message: ReceivedMessage; error: QueueCallError }): void
  /** The delay could not be set. The message is visible again when its visibility timeout expires. */
  returnFailed(event: { message: ReceivedMessage; error: QueueCallError; reason: ReturnReason }): void
  /** `handle` threw, which it should not. The message is returned. */
  handleFailed(event: { message: ReceivedMessage; error: unknown }): void
  /** A receive failed. The next one follows after `pauseMs`. */
  receiveFailed(event: { error: QueueCallError; failuresInARow: number; pauseMs: number }): void
  /** The visibility of some messages could not be extended. It is tried again soon. */
  heartbeatFailed(event: { messages: readonly ReceivedMessage[]; error: QueueCallError }): void
  /** The message is no longer ours. Its handler's signal fires, and it is neither acked nor returned. */
  receiptLost(event: { message: ReceivedMessage; reason: 'receipt-invalid' | 'held-too-long' }): void
}

export type ReturnReason = 'disposition' | 'handle-failed' | 'shutdown'

/** The same events, with listeners that cannot throw. */
export function guardEvents(events: QueueEvents): QueueEvents {
  return {
    received: (event) => ignoreErrors(() => events.received(event)),
    acked: (event) => ignoreErrors(() => events.acked(event)),
    returned: (event) => ignoreErrors(() => events.returned(event)),
    ackFailed: (event) => ignoreErrors(() => events.ackFailed(event)),
    returnFailed: (event) => ignoreErrors(() => events.returnFailed(event)),
    handleFailed: (event) => ignoreErrors(() => events.handleFailed(event)),
    receiveFailed: (event) => ignoreErrors(() => events.receiveFailed(event)),
    heartbeatFailed: (event) => ignoreErrors(() => events.heartbeatFailed(event)),
    receiptLost: (event) => ignoreErrors(() => events.receiptLost(event)),
  }
}

function ignoreErrors(notify: () => void): void {
  try {
    notify()
  } catch {
    // The listener is what reports failures, so its own failure cannot be reported.
  }
}
