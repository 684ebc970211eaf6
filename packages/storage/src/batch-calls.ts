import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { type QueueAction, QueueCallError } from './queue-call-error.ts'
import type { ReceivedMessage } from './received-message.ts'
import { judgeName, type Verdict, verdictOf } from './retry-verdict.ts'

/** Entries in one call of SQS's batch actions, and messages in one receive, at the most. */
export const BATCH_ENTRIES_MAX = 10

/** A call that SQS answers at once may take this long; polls have their own limit. */
export const CALL_TIMEOUT_MS = 10_000

/** What SQS said about one entry of a batch. */
export type EntryAnswer = { kind: 'done' } | { kind: 'failed'; error: QueueCallError }

export type QueuePlace = { client: SQSClient; queueUrl: string }

/** Acks up to ten messages; one answer each, by position. Never rejects: a failed call fails every entry. */
export function ackBatch(
  place: QueuePlace,
  messages: readonly ReceivedMessage[],
  signal: AbortSignal,
): Promise<EntryAnswer[]> {
  const command = new DeleteMessageBatchCommand({
    QueueUrl: place.queueUrl,
    // Ids are positions, because message ids may repeat within a batch.
    Entries: messages.map((message, position) => ({
      Id: String(position),
      ReceiptHandle: message.receiptHandle,
    })),
  })
  return answerEntries({ action: 'ack', queueUrl: place.queueUrl, messages }, () =>
    place.client.send(command, { abortSignal: signal, requestTimeout: CALL_TIMEOUT_MS }),
  )
}

/** Sets when up to ten messages become visible again, in seconds from now; one answer each, by position. */
export function setVisibilityBatch(
  place: QueuePlace,
  entries: readonly { message: ReceivedMessage; visibilitySeconds: number }[],
  signal: AbortSignal,
): Promise<EntryAnswer[]> {
  const command = new ChangeMessageVisibilityBatchCommand({
    QueueUrl: place.queueUrl,
    Entries: entries.map(({ message, visibilitySeconds }, position) => ({
      Id: String(position),
      ReceiptHandle: message.receiptHandle,
      VisibilityTimeout: visibilitySeconds,
    })),
  })
  const messages = entries.map((entry) => entry.message)
  return answerEntries({ action: 'set-visibility', queueUrl: place.queueUrl, messages }, () =>
    place.client.send(command, { abortSignal: signal, requestTimeout: CALL_TIMEOUT_MS }),
  )
}

type BatchAnswer = {
  Successful?: readonly { Id?: string | undefined }[] | undefined
  Failed?: readonly BatchResultErrorEntry[] | undefined
}

type Batch = { action: QueueAction; queueUrl: string; messages: readonly ReceivedMessage[] }

async function answerEntries(batch: Batch, call: () => Promise<BatchAnswer>): Promise<EntryAnswer[]> {
  try {
    const answer = await call()
    const failures = readFailures(batch.messages.length, answer)
    return batch.messages.map((message, position): EntryAnswer => {
      const failure = failures.get(position)
      if (failure === undefined) return { kind: 'done' }
      const place = { ...batch, messageId: message.messageId }
      return { kind: 'failed', error: new QueueCallError(place, failure.cause, failure.verdict) }
    })
  } catch (error) {
    const failed: EntryAnswer = { kind: 'failed', error: new QueueCallError(batch, error) }
    return batch.messages.map(() => failed)
  }
}

export type EntryFailure = { cause: Error; verdict: Verdict }

/** The entries that did not succeed, by position. An entry that the answer leaves out counts as not done. */
export function readFailures(entryCount: number, answer: BatchAnswer): Map<number, EntryFailure> {
  const failures = new Map<number, EntryFailure>()
  for (let position = 0; position < entryCount; position++) {
    failures.set(position, {
      cause: new Error('the batch answer does not mention this entry'),
      verdict: verdictOf('no_answer'),
    })
  }
  for (const { Id } of answer.Successful ?? []) failures.delete(Number(Id))
  for (const failed of answer.Failed ?? []) {
    const position = Number(failed.Id)
    if (Number.isInteger(position) && position >= 0 && position < entryCount) {
      failures.set(position, {
        cause: new Error(failed.Message ?? failed.Code ?? 'no reason given'),
        verdict: judgeEntry(failed),
      })
    }
  }
  return failures
}

function judgeEntry(failed: BatchResultErrorEntry): Verdict {
  const verdict = judgeName(failed.Code ?? '')
  if (verdict.code !== 'unknown' || !failed.SenderFault) return verdict
  return verdictOf('invalid_request')
}
