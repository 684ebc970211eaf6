import { backoffMs } from '@aftercall/runtime/retry'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { BATCH_ENTRIES_MAX, type QueuePlace } from './batch-calls.ts'
import { pause } from './pause.ts'
import { QueueCallError } from './queue-call-error.ts'
import type { QueueEvents } from './queue-events.ts'
import { type ReceivedMessage, readReceivedMessage } from './received-message.ts'
import { verdictOf } from './retry-verdict.ts'
import type { Room } from './room.ts'

export type ReceiverOptions = QueuePlace & {
  visibilitySeconds: number
  waitSeconds: number
  room: Room
  events: QueueEvents
  /** Ends the loop and cuts the poll under way. */
  signal: AbortSignal
  /** Called after every call that SQS answered, with what it gave; each message has its place taken. */
  deliver(messages: ReceivedMessage[]): void
}

const RECEIVE_BACKOFF = { baseMs: 200, capMs: 30_000 }

/** Receives until the signal fires, whatever fails in between. Never rejects. */
export async function receiveUntilAborted(options: ReceiverOptions): Promise<void> {
  const { room, signal, events } = options
  let failuresInARow = 0
  while (!signal.aborted) {
    const places = await room.take(BATCH_ENTRIES_MAX, signal)
    if (places === 0) return
    const answer = await receiveOnce(options, places)
    if (answer.kind === 'received') {
      failuresInARow = 0
      room.give(places - answer.messages.length)
      options.deliver(answer.messages)
      continue
    }
    room.give(places)
    if (signal.aborted) return
    const pauseMs = backoffMs(failuresInARow + 1, RECEIVE_BACKOFF)
    failuresInARow += 1
    events.receiveFailed({ error: answer.error, failuresInARow, pauseMs })
    await pause(pauseMs, signal)
  }
}

type ReceiveAnswer =
  | { kind: 'received'; messages: ReceivedMessage[] }
  | { kind: 'failed'; error: QueueCallError }

async function receiveOnce(options: ReceiverOptions, places: number): Promise<ReceiveAnswer> {
  const { client, queueUrl, visibilitySeconds, waitSeconds, signal } = options
  const place = { action: 'receive' as const, queueUrl }
  try {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: places,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageSystemAttributeNames: [
        'ApproximateReceiveCount',
        'SentTimestamp',
        'ApproximateFirstReceiveTimestamp',
      ],
    })
    const answer = await client.send(command, {
      abortSignal: signal,
      // A poll that outlasts what it asked for hangs on a dead connection.
      requestTimeout: (waitSeconds + 10) * 1_000,
    })
    const given = answer.Messages ?? []
    const messages = given.map(readReceivedMessage).filter((message) => message !== undefined)
    if (given.length > 0 && messages.length === 0) {
      const cause = new Error('the messages received carry no receipt handle')
      return { kind: 'failed', error: new QueueCallError(place, cause, verdictOf('unreadable_answer')) }
    }
    return { kind: 'received', messages }
  } catch (error) {
    return { kind: 'failed', error: new QueueCallError(place, error) }
  }
}
