import { pause } from '@aftercall/runtime/limits/abortable-wait'
import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { type Batcher, createBatcher } from '@aftercall/runtime/limits/batcher'
import {
  ackBatch,
  BATCH_ENTRIES_MAX,
  type EntryAnswer,
  type QueuePlace,
  setVisibilityBatch,
} from './batch-calls.ts'
import { HOLD_SECONDS_MAX, heldMs, type InFlightMessage } from './in-flight-message.ts'
import type { QueueEvents, ReturnReason } from './queue-events.ts'
import type { ReceivedMessage } from './received-message.ts'

/** The only place that deletes or releases a message. Batches over messages; never rejects. */
export type AckOrReturn = {
  /** Resolves when SQS has deleted the message, or the tries are used up. */
  ack(held: InFlightMessage): Promise<void>
  /** Makes the message visible again after the delay. True when SQS confirmed it. */
  return(held: InFlightMessage, delaySeconds: number, reason: ReturnReason): Promise<boolean>
}

export type AckOrReturnOptions = QueuePlace & {
  /** No batch waits for more than can come together. */
  messagesInFlightMax: number
  events: QueueEvents
  /** Ends calls and retries, whatever is still open. */
  signal: AbortSignal
}

const ATTEMPTS_MAX = 4
const RETRY_BACKOFF = { baseMs: 100, capMs: 2_000 }
/** Long enough for full batches under load. Nobody waits for an ack: what it stands for is committed. */
const BATCHING = { lingerMs: 50, flushesMax: 8 }

export function createAckOrReturn(options: AckOrReturnOptions): AckOrReturn {
  const { events, signal } = options
  const batching = { ...BATCHING, sizeMax: Math.min(BATCH_ENTRIES_MAX, options.messagesInFlightMax) }
  const acks = createBatcher<ReceivedMessage, EntryAnswer>({
    ...batching,
    flush: (messages) => ackBatch(options, messages, signal),
  })
  const returns = createBatcher<{ message: ReceivedMessage; visibilitySeconds: number }, EntryAnswer>({
    ...batching,
    flush: (entries) => setVisibilityBatch(options, entries, signal),
  })

  async function ack(held: InFlightMessage): Promise<void> {
    const { message } = held
    const answer = await settle(acks, message, signal)
    if (answer.kind === 'done') events.acked({ message, heldMs: heldMs(held) })
    else events.ackFailed({ message, error: answer.error })
  }

  async function giveBack(
    held: InFlightMessage,
    delaySeconds: number,
    reason: ReturnReason,
  ): Promise<boolean> {
    const { message } = held
    const visibilitySeconds = cappedDelay(held, delaySeconds)
    const answer = await settle(returns, { message, visibilitySeconds }, signal)
    if (answer.kind === 'done') {
      events.returned({ message, heldMs: heldMs(held), delaySeconds: visibilitySeconds, reason })
      return true
    }
    events.returnFailed({ message, error: answer.error, reason })
    return false
  }

  return { ack, return: giveBack }
}

/** A retried entry joins a later batch, so one throttled message does not hold up nine others. */
async function settle<Entry>(
  batcher: Batcher<Entry, EntryAnswer>,
  entry: Entry,
  signal: AbortSignal,
): Promise<EntryAnswer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await batcher.add(entry)
    if (answer.kind === 'done' || !answer.error.retryable) return answer
    if (attempt === ATTEMPTS_MAX || signal.aborted) return answer
    await pause(backoffMs(attempt + 1, RETRY_BACKOFF), signal)
  }
}

/** SQS counts its 12 hours from the receive, and refuses what reaches past them. */
function cappedDelay(held: InFlightMessage, delaySeconds: number): number {
  const left = HOLD_SECONDS_MAX - Math.ceil(heldMs(held) / 1_000)
  return Math.max(0, Math.min(Math.ceil(delaySeconds), left))
}
