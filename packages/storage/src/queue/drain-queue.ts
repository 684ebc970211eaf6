import type { SQSClient } from '@aws-sdk/client-sqs'
import { createAckOrReturn } from './ack-or-return.ts'
import { callQueueBySdk } from './call-queue-by-sdk.ts'
import { createInFlightMessages, type Disposition, type HandleMessage } from './in-flight-messages.ts'
import type { QueueCallError } from './queue-call-error.ts'
import { guardEvents, type QueueEvents } from './queue-events.ts'
import { receiveUntilAborted } from './receive-messages.ts'
import { createReceivePermits } from './receive-permits.ts'
import type { ReceivedMessage } from './received-message.ts'
import { createHeartbeat, HOLD_SECONDS_DEFAULT } from './visibility-heartbeat.ts'

export type DrainOptions = {
  client: SQSClient
  queueUrl: string
  /** Messages that are handled at the same time. */
  messagesInFlightMax: number
  visibilitySeconds: number
  /** Messages that are handled at the most. */
  limit?: number | undefined
  /** Bytes of messages that are put aside at the most. 64 MiB by default. */
  asideBytesMax?: number
  /** Whether the message is to be handled. The others are put aside. */
  isMeant(message: ReceivedMessage): Promise<boolean>
  handle: HandleMessage
  events: QueueEvents
  /** Ends the receiving; what is being handled comes to its end. */
  signal: AbortSignal
}

/**
 * Why it ended: `empty`, the queue gave nothing more; `limit`, enough were handled; `full`, so many were put aside that
 * no more can be held; `stopped`, by the signal; `failed`, the queue cannot be read.
 */
export type DrainEnd =
  | { kind: 'empty' | 'limit' | 'full' | 'stopped' }
  | { kind: 'failed'; error: QueueCallError }

/** Long polls, however short, ask every server of the queue; short ones some (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html). */
const waitSeconds = 1
const failuresInARowMax = 5
/** Below the 120,000 messages that SQS lets a queue have in flight. */
const asideMessagesMax = 100_000
const backAtOnce: Disposition = { kind: 'return', delaySeconds: 0 }

/**
 * Handles what is in a queue, each message once, until the queue gives nothing more. What is not meant, or comes a
 * second time, is held until the end and then visible at once: returned earlier, it would only be received again. Never
 * rejects. What a process holds that is killed is visible again after `visibilitySeconds`.
 */
export async function drainQueue(options: DrainOptions): Promise<DrainEnd> {
  const { client, queueUrl, visibilitySeconds, messagesInFlightMax, signal } = options
  const receiving = new AbortController()
  const settling = new AbortController()
  let end: DrainEnd | undefined
  const finish = (one: DrainEnd): void => {
    end ??= one
    receiving.abort()
  }
  const stop = (): void => finish({ kind: 'stopped' })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()

  const events = withEndOnFailure(guardEvents(options.events), finish)
  const place = { call: callQueueBySdk(client), queueUrl, events }
  const permits = createReceivePermits({ permitsMax: messagesInFlightMax, lingerMs: 10 })
  const heartbeat = createHeartbeat({ ...place, visibilitySeconds, holdSecondsMax: HOLD_SECONDS_DEFAULT })
  const ackOrReturn = createAckOrReturn({ ...place, messagesInFlightMax, signal: settling.signal })
  const over = Promise.withResolvers<void>()
  const handle = handleOnce(options, { permits, over: over.promise, finish })
  // A message that is put aside gives its place back long before its handle ends.
  const inFlightMessages = createInFlightMessages({ handle, heartbeat, ackOrReturn, events, ended() {} })

  function deliver(messages: readonly ReceivedMessage[]): void {
    if (messages.length === 0 && !receiving.signal.aborted) finish({ kind: 'empty' })
    for (const message of messages) {
      events.received({ message })
      if (receiving.signal.aborted) inFlightMessages.handBack(message)
      else inFlightMessages.start(message)
    }
  }

  await receiveUntilAborted({
    ...{ ...place, visibilitySeconds, waitSeconds, permits, deliver, pollsMax: 1 },
    signal: receiving.signal,
  })
  over.resolve()
  await inFlightMessages.idle()
  await inFlightMessages.noneEnding()
  heartbeat.stop()
  settling.abort()
  signal.removeEventListener('abort', stop)
  return end ?? { kind: 'stopped' }
}

type Turn = { permits: { give(places: number): void }; over: Promise<void>; finish(end: DrainEnd): void }

function handleOnce(options: DrainOptions, { permits, over, finish }: Turn): HandleMessage {
  const { limit = Number.POSITIVE_INFINITY, asideBytesMax = 67_108_864 } = options
  const handled = new Set<string>()
  const aside = { messages: 0, bytes: 0 }

  function putAside({ body }: ReceivedMessage): void {
    aside.messages += 1
    aside.bytes += Buffer.byteLength(body)
    if (aside.messages >= asideMessagesMax || aside.bytes >= asideBytesMax) finish({ kind: 'full' })
  }

  async function takeOrLeave(
    message: ReceivedMessage,
    signal: AbortSignal,
  ): Promise<Disposition | 'put-aside'> {
    const isMeant = !handled.has(message.messageId) && (await options.isMeant(message))
    if (!isMeant || handled.size >= limit) {
      putAside(message)
      return 'put-aside'
    }
    handled.add(message.messageId)
    if (handled.size === limit) finish({ kind: 'limit' })
    return options.handle(message, signal)
  }

  return async (message, signal) => {
    const taken = await takeOrLeave(message, signal).finally(() => permits.give(1))
    if (taken !== 'put-aside') return taken
    await over
    return backAtOnce
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
