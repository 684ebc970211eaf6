import type { ReceivedMessage } from './received-message.ts'

/** The longest time a message may be in flight, counted from its receive (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html). */
export const inFlightSecondsLimit = 43_200

/** A message between its receive and its ack or return. ARCHITECTURE.md, "An in-flight message", has its stages. */
export type InFlightMessage = {
  message: ReceivedMessage
  /** On the monotonic clock (`performance.now()`). */
  receivedAtMs: number
  /** Fires when the message is lost, or returned at shutdown. */
  abort: AbortController
  /** `handling`: its handler runs. `ending`: one caller acks or returns it. `lost`: it can no longer be acked or returned. */
  stage: 'handling' | 'ending' | 'lost'
}

export function createInFlightMessage(message: ReceivedMessage): InFlightMessage {
  return { message, receivedAtMs: performance.now(), abort: new AbortController(), stage: 'handling' }
}

export function inFlightMs(inFlight: InFlightMessage): number {
  return performance.now() - inFlight.receivedAtMs
}

/** Returns true to exactly one caller, which then acks or returns the message. */
export function claim(inFlight: InFlightMessage): boolean {
  if (inFlight.stage !== 'handling') return false
  inFlight.stage = 'ending'
  return true
}
