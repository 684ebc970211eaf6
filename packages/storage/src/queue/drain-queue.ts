import type { SQSClient } from '@aws-sdk/client-sqs'
import { createAckOrReturn } from './ack-or-return.ts'
import { callQueueBySdk } from './call-queue-by-sdk.ts'
import { createInFlightMessages, type Disposition, type HandleMessage } from './in-flight-messages.ts'
import type { QueueCallError } from './queue-call-error.ts'
import { guardEvents, type QueueEvents } from './queue-events.ts'
import { receiveUntilAborted } from './receive-messages.ts'
import { createReceivePermits, type ReceivePermits } from './receive-permits.ts'
import type { ReceivedMessage } from './received-message.ts'
import { createHeartbeat, inFlightSecondsDefault } from './visibility-heartbeat.ts'

export type DrainOptions = {
  client: SQSClient
  queueUrl: string
  /** Messages that are handled at the same time. */
  messagesInFlightMax: number
  visibilitySeconds: number
  /** The most messages to handle. No limit by default. */
  limit?: number | undefined
  /** The most bytes of messages to set aside. 64 MiB by default. */
  asideBytesMax?: number
  /** Whether to handle the message. The others are set aside. */
  isWanted(message: ReceivedMessage): Promise<boolean>
  handle: HandleMessage
  events: QueueEvents
  /** Stops receiving. Handlers that are running finish. */
  signal: AbortSignal
}

/**
 * Why it ended. `empty`: the queue returned nothing more. `limit`: enough messages were handled. `full`: too many messages
 * are set aside. `stopped`: by the signal. `failed`: the queue cannot be read.
 */
export type DrainEnd =
  | { kind: 'empty' | 'limit' | 'full' | 'stopped' }
  | { kind: 'failed'; error: QueueCallError }

/** A long poll, however short, asks all servers of the queue. A short poll asks only some (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html). */
const waitSeconds = 1
const failuresInARowMax = 5
/** Below the 120,000 messages that SQS lets a queue have in flight. */
const asideMessagesMax = 100_000
const returnAtOnce: Disposition = { kind: 'return', delaySeconds: 0 }

/**
 * Handles the messages of a queue, each once, until the queue returns nothing more. Messages that are not wanted, or that
 * arrive a second time, stay in flight until the end and are then made visible at once: returned earlier, they would only
 * be received again. Never rejects. If the process is killed, its messages are visible again after `visibilitySeconds`.
 */
export async function drainQueue(options: DrainOptions): Promise<DrainEnd> {
  const { client, queueUrl, visibilitySeconds, messagesInFlightMax, signal } = options
  const receiving = new AbortController()
  const ending = new AbortController()
  let end: DrainEnd | undefined
  const finish = (reason: DrainEnd): void => {
    end ??= reason
    receiving.abort()
  }
  const stop = (): void => finish({ kind: 'stopped' })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()

  const events = withEndOnFailure(guardEvents(options.events), finish)
  const shared = { call: callQueueBySdk(client), queueUrl, events }
  const permits = createReceivePermits({ permitsMax: messagesInFlightMax, lingerMs: 10 })
  const heartbeat = createHeartbeat({
    ...shared,
    visibilitySeconds,
    inFlightSecondsMax: inFlightSecondsDefault,
  })
  const ackOrReturn = createAckOrReturn({ ...shared, messagesInFlightMax, signal: ending.signal })
  const receivingEnded = Promise.withResolvers<void>()
  const handle = handleOnce(options, { permits, receivingEnded: receivingEnded.promise, finish })
  // A message that is set aside releases its permit long before its handler ends.
  const inFlightMessages = createInFlightMessages({ handle, heartbeat, ackOrReturn, events, onHandled() {} })

  function deliver(messages: readonly ReceivedMessage[]): void {
    if (messages.length === 0 && !receiving.signal.aborted) finish({ kind: 'empty' })
    for (const message of messages) {
      events.received({ message })
      if (receiving.signal.aborted) inFlightMessages.returnUnhandled(message)
      else inFlightMessages.start(message)
    }
  }

  await receiveUntilAborted({
    ...shared,
    visibilitySeconds,
    waitSeconds,
    permits,
    deliver,
    pollsMax: 1,
    signal: receiving.signal,
  })
  receivingEnded.resolve()
  await inFlightMessages.allHandled()
  await inFlightMessages.noneEnding()
  heartbeat.stop()
  ending.abort()
  signal.removeEventListener('abort', stop)
  return end ?? { kind: 'stopped' }
}

type HandleContext = {
  permits: Pick<ReceivePermits, 'release'>
  receivingEnded: Promise<void>
  finish(end: DrainEnd): void
}

function handleOnce(
  options: DrainOptions,
  { permits, receivingEnded, finish }: HandleContext,
): HandleMessage {
  const { limit = Number.POSITIVE_INFINITY, asideBytesMax = 67_108_864 } = options
  const handled = new Set<string>()
  const aside = { messages: 0, bytes: 0 }

  function setAside({ body }: ReceivedMessage): void {
    aside.messages += 1
    aside.bytes += Buffer.byteLength(body)
    if (aside.messages >= asideMessagesMax || aside.bytes >= asideBytesMax) finish({ kind: 'full' })
  }

  async function handleOrSetAside(
    message: ReceivedMessage,
    signal: AbortSignal,
  ): Promise<Disposition | 'set-aside'> {
    const isWanted = !handled.has(message.messageId) && (await options.isWanted(message))
    if (!isWanted || handled.size >= limit) {
      setAside(message)
      return 'set-aside'
    }
    handled.add(message.messageId)
    if (handled.size === limit) finish({ kind: 'limit' })
    return options.handle(message, signal)
  }

  return async (message, signal) => {
    const taken = await handleOrSetAside(message, signal).finally(() => permits.release(1))
    if (taken !== 'set-aside') return taken
    await receivingEnded
    return returnAtOnce
  }
}

function withEndOnFailure(events: QueueEvents, finish: (end: DrainEnd) => void): QueueEvents {
  return {
    ...events,
    receiveFailed(event) {
      events.receiveFailed(event)
      const { error, failuresInARow } = event
      if (!error.retryable || failuresInARow >= failuresInARowMax) finish({ kind: 'failed', error })
    },
  }
}
