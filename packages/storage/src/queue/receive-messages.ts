import { backoffMs } from '@aftercall/runtime/limits/backoff'
import type { MessageSystemAttributeName } from '@aws-sdk/client-sqs'
import { pause } from '../aws/pause.ts'
import { UnreadableAnswerError } from '../aws/service-answer.ts'
import { batchEntriesMax, type QueueClient } from './batch-calls.ts'
import { QueueCallError } from './queue-call-error.ts'
import type { QueueEvents } from './queue-events.ts'
import type { ReceivePermits } from './receive-permits.ts'
import { type ReceivedMessage, readReceivedMessages } from './received-message.ts'
import { judgePoll, type PollNeed, scalePolls } from './scale-polls.ts'
import { createWaitGroup } from './wait-group.ts'

export type ReceiverOptions = QueueClient & {
  /** The most polls open at a time. One is open while the queue is empty. */
  pollsMax: number
  visibilitySeconds: number
  waitSeconds: number
  permits: ReceivePermits
  events: QueueEvents
  /** Stops receiving and aborts open polls. */
  signal: AbortSignal
  /** Called after every call that SQS answered, with its messages. Each message holds a permit. */
  deliver(messages: ReceivedMessage[]): void
  /** Whether the message was acked a short while ago. */
  wasAcked?(message: ReceivedMessage): boolean
}

const messageAttributes: MessageSystemAttributeName[] = ['ApproximateReceiveCount', 'SentTimestamp']
const receiveBackoff = { baseMs: 200, capMs: 30_000 }
/** The cap is low so that messages do not wait long in a queue that does not support long polls. */
const uselessBackoff = { baseMs: 200, capMs: 5_000 }
/** Lets several messages gather before the next poll: a poll for one message costs as much as a poll for ten. */
const gatherMs = 30

/** Receives with as many polls as needed until the signal fires. Survives all failures, and never rejects. */
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
        if (poll.need === 'ahead' && open.count() <= wanted) await pause(gatherMs, signal)
      } else if (poll.kind === 'failed' && !signal.aborted) {
        failuresInARow += 1
        const pauseMs = backoffMs(failuresInARow, receiveBackoff)
        options.events.receiveFailed({ error: poll.error, failuresInARow, pauseMs })
        // When many polls fail together, one remains and opens the others again later.
        wanted = Math.max(1, wanted - 1)
        if (open.count() <= wanted) await pause(pauseMs, signal)
      }
    }
    open.end()
  }

  openWanted()
  await open.none()
}

/** Without a pause, a queue that answers at once would get thousands of calls a second, and each costs money. */
async function restAfterUseless(
  { queueUrl, events, signal }: ReceiverOptions,
  uselessInARow: number,
): Promise<void> {
  // At least half of the backoff.
  const pauseMs = backoffMs(uselessInARow, { ...uselessBackoff, random: () => (1 + Math.random()) / 2 })
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
  /** Useless: no messages although the poll returned early, or only messages that were acked a short while ago. */
  | { kind: 'answered'; need: PollNeed; isUseless: boolean }
  | { kind: 'failed'; error: QueueCallError }
  | { kind: 'no-permits' }

/** Takes permits, receives up to that many messages, delivers them, and releases the permits that are left. */
async function pollOnce(options: ReceiverOptions): Promise<Poll> {
  const { permits, signal } = options
  const taken = await permits.take(batchEntriesMax, signal)
  if (taken === 0) return { kind: 'no-permits' }
  const askedAtMs = performance.now()
  const answer = await receiveOnce(options, taken)
  const tookMs = performance.now() - askedAtMs
  if (answer.kind === 'failed') {
    permits.release(taken)
    return answer
  }
  const { messages } = answer
  permits.release(taken - messages.length)
  const useless = isUseless(options, messages, tookMs)
  options.deliver(messages)
  const waitedMs = longestWaitMs(messages, Date.now())
  const need = judgePoll({ asked: taken, given: messages.length, waitedMs })
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

async function receiveOnce(options: ReceiverOptions, taken: number): Promise<ReceiveAnswer> {
  const { call, queueUrl, visibilitySeconds, waitSeconds, signal } = options
  const input = {
    QueueUrl: queueUrl,
    MaxNumberOfMessages: taken,
    WaitTimeSeconds: waitSeconds,
    VisibilityTimeout: visibilitySeconds,
    MessageSystemAttributeNames: messageAttributes,
  }
  try {
    // A poll that takes longer than it asked for hangs on a dead connection.
    const timeoutMs = (waitSeconds + 10) * 1_000
    const answer = await call({ name: 'ReceiveMessage', input }, { signal, timeoutMs })
    return { kind: 'received', messages: readReceivedMessages(answer) }
  } catch (error) {
    return { kind: 'failed', error: new QueueCallError({ action: 'receive', queueUrl }, error) }
  }
}
