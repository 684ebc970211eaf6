import { withTimeout } from '@aftercall/runtime/limits/with-timeout'
import { createAckOrReturn } from './ack-or-return.ts'
import { rememberAcked } from './acked-messages.ts'
import type { QueuePlace } from './batch-calls.ts'
import { HOLD_SECONDS_MAX } from './in-flight-message.ts'
import { createInFlightMessages, type HandleMessage } from './in-flight-messages.ts'
import { guardEvents, type QueueEvents } from './queue-events.ts'
import { receiveUntilAborted } from './receive-messages.ts'
import { createReceivePermits, type ReceivePermits } from './receive-permits.ts'
import type { ReceivedMessage } from './received-message.ts'
import { createHeartbeat, HOLD_SECONDS_DEFAULT } from './visibility-heartbeat.ts'

export type { Disposition, HandleMessage } from './in-flight-messages.ts'
export type { QueueEvents, ReturnReason } from './queue-events.ts'
export type { ReceivePermits } from './receive-permits.ts'
export type { ReceivedMessage } from './received-message.ts'

export type QueueConsumerOptions = QueuePlace & {
  /** The largest number of open polls: one is open while nothing comes, more while the queue has a backlog. */
  receivers: number
  /** The largest number of messages in flight: a message is received only with a permit. */
  messagesInFlightMax: number
  /** Replaces the fixed number of permits, for a caller that knows how many messages can begin soon. */
  permits?: ReceivePermits
  /** How long a message stays invisible between two heartbeats, whatever the queue's own setting. */
  visibilitySeconds: number
  /** Long poll; 20 is the longest SQS allows and the cheapest. */
  waitSeconds: number
  /** Give a message up after this long; by default a little before SQS's 12 hours. */
  holdSecondsMax?: number
  handle: HandleMessage
  events: QueueEvents
}

export type QueueConsumer = {
  /** Begins to receive. Starting twice changes nothing; a stopped consumer stays stopped. */
  start(): void
  /**
   * Receives nothing more, lets what is in flight end within `graceMs`, and makes the rest visible again. Takes
   * `graceMs` plus 4 s at the most, whatever SQS does. Every call answers with the same result.
   */
  stop(options: { graceMs: number }): Promise<{ handedBack: number }>
  state(): QueueConsumerState
}

export type QueueConsumerState = {
  running: boolean
  /** Messages received and not yet ended. */
  inFlight: number
  /** When SQS last answered a receive, also with nothing, by `performance.now()`: clocks jump. Old: the source went quiet for another reason than rest. */
  lastReceiveMs?: number
}

const ROOM_LINGER_MS = 10
const HAND_BACK_MS = 3_000
/** For calls to notice that they were aborted: the SDK does not break off its own pause between retries. */
const LAST_WORD_MS = 1_000

/** Receives from a queue and acks or returns each message as `handle` decides. Nothing here throws or rejects once started. */
export function consumeQueue(options: QueueConsumerOptions): QueueConsumer {
  checkOptions(options)
  const { call, queueUrl, visibilitySeconds, waitSeconds } = options
  const { events, wasAcked } = rememberAcked(guardEvents(options.events))
  const receiving = new AbortController()
  const settling = new AbortController()
  const holdSecondsMax = options.holdSecondsMax ?? HOLD_SECONDS_DEFAULT
  const permits =
    options.permits ??
    createReceivePermits({ permitsMax: options.messagesInFlightMax, lingerMs: ROOM_LINGER_MS })
  const heartbeat = createHeartbeat({ call, queueUrl, visibilitySeconds, holdSecondsMax, events })
  const { messagesInFlightMax } = options
  const ackOrReturn = createAckOrReturn({
    call,
    queueUrl,
    messagesInFlightMax,
    events,
    signal: settling.signal,
  })
  const inFlightMessages = createInFlightMessages({
    handle: options.handle,
    heartbeat,
    ackOrReturn,
    events,
    ended: () => permits.give(1),
  })
  let receivers: Promise<unknown> | undefined
  let stopped: Promise<{ handedBack: number }> | undefined
  let lastReceiveMs: number | undefined

  function start(): void {
    if (receivers !== undefined || receiving.signal.aborted) return
    receivers = receiveUntilAborted({
      ...{ call, queueUrl, visibilitySeconds, waitSeconds, permits, events, deliver, wasAcked },
      pollsMax: options.receivers,
      signal: receiving.signal,
    })
  }

  function deliver(messages: readonly ReceivedMessage[]): void {
    lastReceiveMs = performance.now()
    for (const message of messages) {
      events.received({ message })
      if (receiving.signal.aborted) inFlightMessages.handBack(message)
      else inFlightMessages.start(message)
    }
  }

  async function stopOnce(graceMs: number): Promise<{ handedBack: number }> {
    receiving.abort()
    await withTimeout(Promise.resolve(receivers).then(inFlightMessages.idle), graceMs, goOn)
    heartbeat.stop()
    inFlightMessages.handBackOpen()
    // Also ends the retries of acks that began before, if SQS is out of reach.
    await withTimeout(Promise.resolve(receivers).then(inFlightMessages.noneEnding), HAND_BACK_MS, goOn)
    settling.abort()
    await withTimeout(inFlightMessages.noneEnding(), LAST_WORD_MS, goOn)
    return { handedBack: inFlightMessages.handedBack() }
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
  checkRange('visibilitySeconds', options.visibilitySeconds, 1, HOLD_SECONDS_MAX)
  checkRange('waitSeconds', options.waitSeconds, 0, 20)
  checkRange('holdSecondsMax', options.holdSecondsMax ?? HOLD_SECONDS_DEFAULT, 1, HOLD_SECONDS_DEFAULT)
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
