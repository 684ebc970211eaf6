import type { ReceivedMessage } from './received-message.ts'

/** The longest a message may be held, from its receive (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html). */
export const HOLD_SECONDS_MAX = 43_200

/** A message between its receive and its end. */
export type InFlightMessage = {
  message: ReceivedMessage
  /** On the monotonic clock (`performance.now()`). */
  receivedAtMs: number
  /** Fires when the message is lost, or taken from its handle at shutdown. */
  abort: AbortController
  /** `settling`: one party, and only one, is acking or returning it. `lost`: nobody may. */
  stage: 'open' | 'settling' | 'lost'
}

export function startFlight(message: ReceivedMessage): InFlightMessage {
  return { message, receivedAtMs: performance.now(), abort: new AbortController(), stage: 'open' }
}

export function heldMs(held: InFlightMessage): number {
  return performance.now() - held.receivedAtMs
}

/** True for the one caller who may settle the message. */
export function claimForEnding(held: InFlightMessage): boolean {
  if (held.stage !== 'open') return false
  held.stage = 'settling'
  return true
}
