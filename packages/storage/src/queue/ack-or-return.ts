import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { type Batcher, createBatcher } from '@aftercall/runtime/limits/batcher'
import { pause } from '../aws/pause.ts'
import {
  ackBatch,
  batchEntriesMax,
  type EntryAnswer,
  type QueueClient,
  setVisibilityBatch,
} from './batch-calls.ts'
import { type InFlightMessage, inFlightMs, inFlightSecondsLimit } from './in-flight-message.ts'
import type { QueueEvents, ReturnReason } from './queue-events.ts'
import type { ReceivedMessage } from './received-message.ts'

/** The only code that deletes or returns a message. Sends messages in batches. Never rejects. */
export type AckOrReturn = {
  /** Resolves when SQS has deleted the message, or when all tries have failed. */
  ack(inFlight: InFlightMessage): Promise<void>
  /** Makes the message visible again after the delay. Resolves to true when SQS confirmed it. */
  return(inFlight: InFlightMessage, delaySeconds: number, reason: ReturnReason): Promise<boolean>
}

export type AckOrReturnOptions = QueueClient & {
  /** Limits the batch size: a batch never waits for more messages than are in flight. */
  messagesInFlightMax: number
  events: QueueEvents
  /** Aborts all calls and retries. */
  signal: AbortSignal
}

const attemptsMax = 4
const retryBackoff = { baseMs: 100, capMs: 2_000 }
/** Long enough to fill batches under load. Nothing waits for an ack: the data is already committed. */
const batchLimits = { lingerMs: 50, flushesMax: 8 }

export function createAckOrReturn(options: AckOrReturnOptions): AckOrReturn {
  const { events, signal } = options
  const batching = { ...batchLimits, sizeMax: Math.min(batchEntriesMax, options.messagesInFlightMax) }
  const acks = createBatcher<ReceivedMessage, EntryAnswer>({
    ...batching,
    flush: (messages) => ackBatch(options, messages, signal),
  })
  const returns = createBatcher<{ message: ReceivedMessage; visibilitySeconds: number }, EntryAnswer>({
    ...batching,
    flush: (entries) => setVisibilityBatch(options, entries, signal),
  })

  async function ack(inFlight: InFlightMessage): Promise<void> {
    const { message } = inFlight
    const answer = await addWithRetries(acks, message, signal)
    if (answer.kind === 'done') events.acked({ message, inFlightMs: inFlightMs(inFlight) })
    else events.ackFailed({ message, error: answer.error })
  }

  async function returnMessage(
    inFlight: InFlightMessage,
    delaySeconds: number,
    reason: ReturnReason,
  ): Promise<boolean> {
    const { message } = inFlight
    const visibilitySeconds = cappedDelay(inFlight, delaySeconds)
    const answer = await addWithRetries(returns, { message, visibilitySeconds }, signal)
    if (answer.kind === 'done') {
      events.returned({ message, inFlightMs: inFlightMs(inFlight), delaySeconds: visibilitySeconds, reason })
      return true
    }
    events.returnFailed({ message, error: answer.error, reason })
    return false
  }

  return { ack, return: returnMessage }
}

/** A retried entry joins a later batch, so one throttled message does not delay nine others. */
async function addWithRetries<Entry>(
  batcher: Batcher<Entry, EntryAnswer>,
  entry: Entry,
  signal: AbortSignal,
): Promise<EntryAnswer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await batcher.add(entry)
    if (answer.kind === 'done' || !answer.error.retryable) return answer
    if (attempt === attemptsMax || signal.aborted) return answer
    await pause(backoffMs(attempt + 1, retryBackoff), signal)
  }
}

/** SQS counts its 12 hours from the receive, and refuses a delay that goes beyond them. */
function cappedDelay(inFlight: InFlightMessage, delaySeconds: number): number {
  const left = inFlightSecondsLimit - Math.ceil(inFlightMs(inFlight) / 1_000)
  return Math.max(0, Math.min(Math.ceil(delaySeconds), left))
}
