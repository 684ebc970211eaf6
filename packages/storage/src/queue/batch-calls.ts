import { classifyErrorName, type ErrorClass, errorClassOf } from '../aws/error-class.ts'
import { isRecord } from '../aws/service-answer.ts'
import type { CallQueue, QueueCall } from './call-queue.ts'
import { type QueueAction, QueueCallError } from './queue-call-error.ts'
import type { ReceivedMessage } from './received-message.ts'

/** The most entries in one batch call, and the most messages in one receive. */
export const batchEntriesMax = 10

/** Limit for calls that SQS answers at once. Polls have their own. */
export const callTimeoutMs = 10_000

/** What SQS said about one entry of a batch. */
export type EntryAnswer = { kind: 'done' } | { kind: 'failed'; error: QueueCallError }

export type QueueClient = { call: CallQueue; queueUrl: string }

const doneAnswer: EntryAnswer = { kind: 'done' }

/** Acks up to ten messages, and returns one answer for each, in order. Never rejects: if the call fails, every entry fails. */
export function ackBatch(
  queue: QueueClient,
  messages: readonly ReceivedMessage[],
  signal: AbortSignal,
): Promise<EntryAnswer[]> {
  // Ids are positions, because message ids may repeat within a batch.
  const Entries = messages.map(({ receiptHandle }, position) => ({
    Id: String(position),
    ReceiptHandle: receiptHandle,
  }))
  const call: QueueCall = { name: 'DeleteMessageBatch', input: { QueueUrl: queue.queueUrl, Entries } }
  return answerEntries(queue, { action: 'ack', messages, call }, signal)
}

/** Sets when up to ten messages become visible again, in seconds from now. Returns one answer for each, in order. */
export function setVisibilityBatch(
  queue: QueueClient,
  entries: readonly { message: ReceivedMessage; visibilitySeconds: number }[],
  signal: AbortSignal,
): Promise<EntryAnswer[]> {
  const Entries = entries.map(({ message, visibilitySeconds }, position) => ({
    Id: String(position),
    ReceiptHandle: message.receiptHandle,
    VisibilityTimeout: visibilitySeconds,
  }))
  const call: QueueCall = {
    name: 'ChangeMessageVisibilityBatch',
    input: { QueueUrl: queue.queueUrl, Entries },
  }
  const messages = entries.map((entry) => entry.message)
  return answerEntries(queue, { action: 'set-visibility', messages, call }, signal)
}

type Batch = { action: QueueAction; messages: readonly ReceivedMessage[]; call: QueueCall }

async function answerEntries(
  { call, queueUrl }: QueueClient,
  batch: Batch,
  signal: AbortSignal,
): Promise<EntryAnswer[]> {
  const failedCall = { action: batch.action, queueUrl }
  try {
    const answer = await call(batch.call, { signal, timeoutMs: callTimeoutMs })
    const failures = readFailures(batch.messages.length, answer)
    return batch.messages.map(({ messageId }, position): EntryAnswer => {
      const failure = failures.get(position)
      if (failure === undefined) return doneAnswer
      return {
        kind: 'failed',
        error: new QueueCallError({ ...failedCall, messageId }, failure.cause, failure.errorClass),
      }
    })
  } catch (error) {
    const failed: EntryAnswer = { kind: 'failed', error: new QueueCallError(failedCall, error) }
    return batch.messages.map(() => failed)
  }
}

export type EntryFailure = { cause: Error; errorClass: ErrorClass }

/** The entries that did not succeed, by position. An entry that is missing in the answer counts as failed. */
export function readFailures(entryCount: number, answer: unknown): Map<number, EntryFailure> {
  const done = new Set(entriesOf(answer, 'Successful').map((entry) => entry.Id))
  const failed = new Map<unknown, Record<string, unknown>>()
  for (const entry of entriesOf(answer, 'Failed')) failed.set(entry.Id, entry)
  const failures = new Map<number, EntryFailure>()
  for (let position = 0; position < entryCount; position++) {
    const id = String(position)
    const failure = failed.get(id)
    if (failure !== undefined) failures.set(position, readFailure(failure))
    else if (!done.has(id)) failures.set(position, notMentioned())
  }
  return failures
}

function notMentioned(): EntryFailure {
  return {
    cause: new Error('the batch answer does not mention this entry'),
    errorClass: errorClassOf('no_answer'),
  }
}

function entriesOf(answer: unknown, field: 'Successful' | 'Failed'): Record<string, unknown>[] {
  const entries = isRecord(answer) ? answer[field] : undefined
  return Array.isArray(entries) ? entries.filter(isRecord) : []
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_BatchResultErrorEntry.html */
function readFailure({ Code, Message, SenderFault }: Record<string, unknown>): EntryFailure {
  const code = typeof Code === 'string' ? Code : ''
  const cause = new Error(typeof Message === 'string' ? Message : code || 'no reason given')
  const errorClass = classifyErrorName(code)
  if (errorClass.code !== 'unknown' || SenderFault !== true) return { cause, errorClass }
  return { cause, errorClass: errorClassOf('invalid_request') }
}
