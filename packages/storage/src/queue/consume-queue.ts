import { withTimeout } from '@aftercall/runtime/limits/with-timeout'
import { createAckOrReturn } from './ack-or-return.ts'
import { rememberAcked } from './acked-messages.ts'
import type { QueueClient } from './batch-calls.ts'
import { inFlightSecondsLimit } from './in-flight-message.ts'
import { createInFlightMessages, type HandleMessage } from './in-flight-messages.ts'
import { guardEvents, type QueueEvents } from './queue-events.ts'
import { receiveUntilAborted } from './receive-messages.ts'
import { createReceivePermits, type ReceivePermits } from './receive-permits.ts'
import type { ReceivedMessage } from './received-message.ts'
import { createHeartbeat, inFlightSecondsDefault } from './visibility-heartbeat.ts'

export type { Disposition, HandleMessage } from './in-flight-messages.ts'
export type { QueueEvents, ReturnReason } from './queue-events.ts'
export type { ReceivePermits } from './receive-permits.ts'
export type { ReceivedMessage } from './received-message.ts'

export type QueueConsumerOptions = QueueClient & {
  /** The most polls open at a time: one while the queue is empty, more while messages wait longer than they should. */
  receivers: number
  /** The most messages in flight. Nothing is received without a permit. */
  messagesInFlightMax: number
  /** Replaces the fixed number of permits, for a caller that knows how much work can start soon. */
  permits?: ReceivePermits
  /** How long a message stays invisible between two heartbeats. Overrides the queue's own setting. */
  visibilitySeconds: number
  /** For long polls. SQS allows up to 20, which is also the cheapest. */
  waitSeconds: number
  /** Gives a message up after this long. Defaults to a little less than SQS's limit of 12 hours. */
  inFlightSecondsMax?: number
  handle: HandleMessage
  events: QueueEvents
}

export type QueueConsumer = {
  /** Starts to receive. Starting twice changes nothing, and a stopped consumer stays stopped. */
  start(): void
  /**
   * Stops receiving, lets messages in flight end within `graceMs`, and makes the rest visible again. Takes at most
   * `graceMs` plus 4 s, even if SQS does not answer. Every call returns the same result.
   */
  stop(options: { graceMs: number }): Promise<{ returned: number }>
  state(): QueueConsumerState
}

export type QueueConsumerState = {
  running: boolean
  /** Messages in flight. */
  inFlight: number
  /** When SQS last answered a receive, even with no message, by `performance.now()` because clocks jump. An old time means that receiving is broken, not that the queue is empty. */
  lastReceiveMs?: number
}

const permitsLingerMs = 10
const returnMs = 3_000
/** Time for calls to notice that they were aborted: the SDK does not interrupt its pause between retries. */
const abortMs = 1_000

/** Receives from a queue, and acks or returns each message as `handle` decides. Never throws or rejects once started. */
export function consumeQueue(options: QueueConsumerOptions): QueueConsumer {
  checkOptions(options)
  const { call, queueUrl, visibilitySeconds, waitSeconds } = options
  const { events, wasAcked } = rememberAcked(guardEvents(options.events))
  const receiving = new AbortController()
  const ending = new AbortController()
  const inFlightSecondsMax = options.inFlightSecondsMax ?? inFlightSecondsDefault
  const permits =
    options.permits ??
    createReceivePermits({ permitsMax: options.messagesInFlightMax, lingerMs: permitsLingerMs })
  const heartbeat = createHeartbeat({ call, queueUrl, visibilitySeconds, inFlightSecondsMax, events })
  const { messagesInFlightMax } = options
  const ackOrReturn = createAckOrReturn({
    call,
    queueUrl,
    messagesInFlightMax,
    events,
    signal: ending.signal,
  })
  const inFlightMessages = createInFlightMessages({
    handle: options.handle,
    heartbeat,
    ackOrReturn,
    events,
    onHandled: () => permits.release(1),
  })
  let receivers: Promise<unknown> | undefined
  let stopped: Promise<{ returned: number }> | undefined
  let lastReceiveMs: number | undefined

  function start(): void {
    if (receivers !== undefined || receiving.signal.aborted) return
    receivers = receiveUntilAborted({
      call,
      queueUrl,
      visibilitySeconds,
      waitSeconds,
      permits,
      events,
      deliver,
      wasAcked,
      pollsMax: options.receivers,
      signal: receiving.signal,
    })
  }

  function deliver(messages: readonly ReceivedMessage[]): void {
    lastReceiveMs = performance.now()
    for (const message of messages) {
      events.received({ message })
      if (receiving.signal.aborted) inFlightMessages.returnUnhandled(message)
      else inFlightMessages.start(message)
    }
  }

  async function stopOnce(graceMs: number): Promise<{ returned: number }> {
    receiving.abort()
    await withTimeout(Promise.resolve(receivers).then(inFlightMessages.allHandled), graceMs, goOn)
    heartbeat.stop()
    inFlightMessages.returnUnfinished()
    // Also limits the retries of earlier acks when SQS is out of reach.
    await withTimeout(Promise.resolve(receivers).then(inFlightMessages.noneEnding), returnMs, goOn)
    ending.abort()
    await withTimeout(inFlightMessages.noneEnding(), abortMs, goOn)
    return { returned: inFlightMessages.returned() }
  }

  return {
    start,
    stop: ({ graceMs }) => {
      stopped ??= stopOnce(graceMs)
      return stopped
    },
    state: () => ({
      running: receivers !== undefined && !receiving.signal.aborted,
      inFlight: inFlightMessages.inFlight(),
      ...(lastReceiveMs === undefined ? {} : { lastReceiveMs }),
    }),
  }
}

/** After a time limit, stopping goes on with what is left. */
function goOn(): void {}

function checkOptions(options: QueueConsumerOptions): void {
  checkRange('receivers', options.receivers, 1, 1_000)
  checkRange('messagesInFlightMax', options.messagesInFlightMax, 1, 120_000)
  checkRange('visibilitySeconds', options.visibilitySeconds, 1, inFlightSecondsLimit)
  checkRange('waitSeconds', options.waitSeconds, 0, 20)
  checkRange(
    'inFlightSecondsMax',
    options.inFlightSecondsMax ?? inFlightSecondsDefault,
    1,
    inFlightSecondsDefault,
  )
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
