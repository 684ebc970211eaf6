import { type ErrorClass, errorClassOf, judgeName } from '../aws/error-class.ts'
import { isRecord } from '../aws/service-answer.ts'
import type { CallQueue, QueueCall } from './call-queue.ts'
import { type QueueAction, QueueCallError } from './queue-call-error.ts'
import type { ReceivedMessage } from './received-message.ts'

/** Entries in one call of SQS's batch actions, and messages in one receive, at the most. */
export const BATCH_ENTRIES_MAX = 10

/** A call that SQS answers at once may take this long; polls have their own limit. */
export const CALL_TIMEOUT_MS = 10_000

/** What SQS said about one entry of a batch. */
export type EntryAnswer = { kind: 'done' } | { kind: 'failed'; error: QueueCallError }

export type QueuePlace = { call: CallQueue; queueUrl: string }

const DONE: EntryAnswer = { kind: 'done' }

/** Acks up to ten messages; one answer each, by position. Never rejects: a failed call fails every entry. */
export function ackBatch(
  place: QueuePlace,
  messages: readonly ReceivedMessage[],
  signal: AbortSignal,
): Promise<EntryAnswer[]> {
  // Ids are positions, because message ids may repeat within a batch.
  const Entries = messages.map(({ receiptHandle }, position) => ({
    Id: String(position),
    ReceiptHandle: receiptHandle,
  }))
  const call: QueueCall = { name: 'DeleteMessageBatch', input: { QueueUrl: place.queueUrl, Entries } }
  return answerEntries(place, { action: 'ack', messages, call }, signal)
}

/** Sets when up to ten messages become visible again, in seconds from now; one answer each, by position. */
export function setVisibilityBatch(
  place: QueuePlace,
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
    input: { QueueUrl: place.queueUrl, Entries },
  }
  const messages = entries.map((entry) => entry.message)
  return answerEntries(place, { action: 'set-visibility', messages, call }, signal)
}

type Batch = { action: QueueAction; messages: readonly ReceivedMessage[]; call: QueueCall }

async function answerEntries(
  { call, queueUrl }: QueuePlace,
  batch: Batch,
  signal: AbortSignal,
): Promise<EntryAnswer[]> {
  const place = { action: batch.action, queueUrl }
  try {
    const answer = await call(batch.call, { signal, timeoutMs: CALL_TIMEOUT_MS })
    const failures = readFailures(batch.messages.length, answer)
    return batch.messages.map(({ messageId }, position): EntryAnswer => {
      const failure = failures.get(position)
      if (failure === undefined) return DONE
      return {
        kind: 'failed',
        error: new QueueCallError({ ...place, messageId }, failure.cause, failure.errorClass),
      }
    })
  } catch (error) {
    const failed: EntryAnswer = { kind: 'failed', error: new QueueCallError(place, error) }
    return batch.messages.map(() => failed)
  }
}

export type EntryFailure = { cause: Error; errorClass: ErrorClass }

/** The entries that did not succeed, by position. An entry that the answer leaves out counts as not done. */
export function readFailures(entryCount: number, answer: unknown): Map<number, EntryFailure> {
  const done = new Set(entriesOf(answer, 'Successful').map((entry) => String(entry.Id)))
  const failed = new Map<string, Record<string, unknown>>()
  for (const entry of entriesOf(answer, 'Failed')) failed.set(String(entry.Id), entry)
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
  const errorClass = judgeName(code)
  if (errorClass.code !== 'unknown' || SenderFault !== true) return { cause, errorClass }
  return { cause, errorClass: errorClassOf('invalid_request') }
}
