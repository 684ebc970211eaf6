import { pause } from '@aftercall/runtime/limits/abortable-wait'
import { backoffMs } from '@aftercall/runtime/limits/backoff'
import type { MessageSystemAttributeName } from '@aws-sdk/client-sqs'
import { UnreadableAnswerError } from '../aws/unreadable-answer-error.ts'
import { BATCH_ENTRIES_MAX, type QueuePlace } from './batch-calls.ts'
import { QueueCallError } from './queue-call-error.ts'
import type { QueueEvents } from './queue-events.ts'
import type { ReceivePermits } from './receive-permits.ts'
import { type ReceivedMessage, readReceivedMessages } from './received-message.ts'
import { judgePoll, type PollNeed, scalePolls } from './scale-polls.ts'
import { createWaitGroup } from './wait-group.ts'

export type ReceiverOptions = QueuePlace & {
  /** Polls open at the same time, at the most. One is open while nothing comes. */
  pollsMax: number
  visibilitySeconds: number
  waitSeconds: number
  permits: ReceivePermits
  events: QueueEvents
  /** Ends the receiving and cuts the polls under way. */
  signal: AbortSignal
  /** Called after every call that SQS answered, with what it gave; each message has its place taken. */
  deliver(messages: ReceivedMessage[]): void
  /** Whether the message is done and was deleted a short while ago. */
  wasAcked?(message: ReceivedMessage): boolean
}

const ATTRIBUTES: MessageSystemAttributeName[] = ['ApproximateReceiveCount', 'SentTimestamp']
const RECEIVE_BACKOFF = { baseMs: 200, capMs: 30_000 }
/** No longer than this between two polls of a queue that knows no long poll, so that its messages do not wait. */
const USELESS_BACKOFF = { baseMs: 200, capMs: 5_000 }
/** Messages that come one by one are fetched some at a time: a poll costs as much for one as for ten. */
const GATHER_MS = 30

/** Receives with as many polls as there is need of, until the signal fires, whatever fails in between. Never rejects. */
export async function receiveUntilAborted(options: ReceiverOptions): Promise<void> {
  const { signal, pollsMax } = options
  const open = createWaitGroup()
  let wanted = 1

  function openWanted(): void {
    while (open.count() < wanted && !signal.aborted) void pollWhileWanted()
  }

  async function pollWhileWanted(): Promise<void> {
    open.begin()
    let failuresInARow = 0
    let uselessInARow = 0
    while (open.count() <= wanted && !signal.aborted) {
      const poll = await pollOnce(options)
      if (poll.kind === 'answered' && poll.isUseless) {
        uselessInARow += 1
        wanted = 1
        if (open.count() <= wanted) await restAfterUseless(options, uselessInARow)
      } else if (poll.kind === 'answered') {
        failuresInARow = 0
        uselessInARow = 0
        wanted = scalePolls(wanted, poll.need, pollsMax)
        openWanted()
        if (poll.need === 'ahead' && open.count() <= wanted) await pause(GATHER_MS, signal)
      } else if (poll.kind === 'failed' && !signal.aborted) {
        failuresInARow += 1
        const pauseMs = backoffMs(failuresInARow, RECEIVE_BACKOFF)
        options.events.receiveFailed({ error: poll.error, failuresInARow, pauseMs })
        // Of many polls that fail together one is left, and comes back for the others.
        wanted = Math.max(1, wanted - 1)
        if (open.count() <= wanted) await pause(pauseMs, signal)
      }
    }
    open.end()
  }

  openWanted()
  await open.none()
}

/** Without a pause, a queue that answers at once would be asked thousands of times a second, each a call that costs. */
async function restAfterUseless(
  { queueUrl, events, signal }: ReceiverOptions,
  uselessInARow: number,
): Promise<void> {
  // Half of it is certain.
  const pauseMs = backoffMs(uselessInARow, { ...USELESS_BACKOFF, random: () => (1 + Math.random()) / 2 })
  const isPowerOfTwo = (uselessInARow & (uselessInARow - 1)) === 0
  if (uselessInARow >= 4 && isPowerOfTwo) {
    const what = 'answers came at once, with nothing or with messages that were deleted before'
    const cause = new UnreadableAnswerError(`${uselessInARow} ${what}`)
    const error = new QueueCallError({ action: 'receive', queueUrl }, cause)
    events.receiveFailed({ error, failuresInARow: uselessInARow, pauseMs })
  }
  await pause(pauseMs, signal)
}

type Poll =
  /** Useless: nothing long before the time that was to be waited, or only what was deleted a short while ago. */
  | { kind: 'answered'; need: PollNeed; isUseless: boolean }
  | { kind: 'failed'; error: QueueCallError }
  | { kind: 'no-room' }

/** Takes places, asks for so many messages, delivers them, and gives back the places that were left. */
async function pollOnce(options: ReceiverOptions): Promise<Poll> {
  const { permits, signal } = options
  const places = await permits.take(BATCH_ENTRIES_MAX, signal)
  if (places === 0) return { kind: 'no-room' }
  const askedAtMs = performance.now()
  const answer = await receiveOnce(options, places)
  const tookMs = performance.now() - askedAtMs
  if (answer.kind === 'failed') {
    permits.give(places)
    return answer
  }
  const { messages } = answer
  permits.give(places - messages.length)
  const useless = isUseless(options, messages, tookMs)
  options.deliver(messages)
  const waitedMs = longestWaitMs(messages, Date.now())
  const need = judgePoll({ asked: places, given: messages.length, waitedMs })
  return { kind: 'answered', need, isUseless: useless }
}

function isUseless(
  { waitSeconds, wasAcked = () => false }: ReceiverOptions,
  messages: readonly ReceivedMessage[],
  tookMs: number,
): boolean {
  if (messages.length > 0) return messages.every(wasAcked)
  return tookMs < (waitSeconds * 1_000) / 2
}

function longestWaitMs(messages: readonly ReceivedMessage[], nowMs: number): number {
  const sentMs = messages.map(({ sentAt, receiveCount }) =>
    sentAt === undefined || receiveCount > 1 ? nowMs : sentAt.getTime(),
  )
  return nowMs - Math.min(nowMs, ...sentMs)
}

type ReceiveAnswer =
  | { kind: 'received'; messages: ReceivedMessage[] }
  | { kind: 'failed'; error: QueueCallError }

async function receiveOnce(options: ReceiverOptions, places: number): Promise<ReceiveAnswer> {
  const { call, queueUrl, visibilitySeconds, waitSeconds, signal } = options
  const input = {
    QueueUrl: queueUrl,
    MaxNumberOfMessages: places,
    WaitTimeSeconds: waitSeconds,
    VisibilityTimeout: visibilitySeconds,
    MessageSystemAttributeNames: ATTRIBUTES,
  }
  try {
    // A poll that outlasts what it asked for hangs on a dead connection.
    const timeoutMs = (waitSeconds + 10) * 1_000
    const answer = await call({ name: 'ReceiveMessage', input }, { signal, timeoutMs })
    return { kind: 'received', messages: readReceivedMessages(answer) }
  } catch (error) {
    return { kind: 'failed', error: new QueueCallError({ action: 'receive', queueUrl }, error) }
  }
}
