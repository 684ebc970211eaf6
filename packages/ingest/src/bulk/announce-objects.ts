import type { AdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { writeS3Notification } from '@aftercall/storage/notifications/write-s3-notification'
import type { SendAnswer } from '@aftercall/storage/queue/send-messages'
import type { ListedObject } from './compare-page.ts'
import type { PageResult } from './work-shard.ts'

/** The name of the event in the ledger for an object from the backfill queue. */
export const backfillEventName = 'ObjectCreated:Backfill'

/**
 * Few enough that a message takes seconds and a failed one repeats little work; enough that sending, receiving, and deleting
 * cost next to nothing (SQS bills by request and 64 KB: https://aws.amazon.com/sqs/pricing/).
 */
export const objectsPerMessage = 25

/** Ten messages are one call. */
export const objectsPerCall = objectsPerMessage * 10

export type AnnounceOptions = {
  limit: AdaptiveLimit
  bucket: string
  /** Returns one answer for each body, by position. */
  send(bodies: readonly string[], signal: AbortSignal): Promise<SendAnswer[]>
}

/** Announces the objects to the workers. An object counts as announced once the queue has confirmed its message. */
export async function announceObjects(
  { limit, bucket, send }: AnnounceOptions,
  objects: readonly ListedObject[],
  signal: AbortSignal,
): Promise<PageResult> {
  let announced = 0
  for (const part of split(objects, objectsPerCall)) {
    const messages = split(part, objectsPerMessage)
    const answers = await limit.run(
      () =>
        send(
          messages.map((one) => writeMessage(bucket, one)),
          signal,
        ),
      signal,
    )
    for (const [position, message] of messages.entries()) {
      if (answers[position]?.kind === 'sent') announced += message.length
    }
    signal.throwIfAborted()
  }
  const failed = objects.length - announced
  return { counts: failed === 0 ? { announced } : { announced, failed }, isComplete: failed === 0 }
}

function writeMessage(bucket: string, objects: readonly ListedObject[]): string {
  const refs = objects.map(({ key, sizeBytes }) => ({
    bucket,
    key,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  }))
  return writeS3Notification(refs, { eventName: backfillEventName })
}

function split<Entry>(entries: readonly Entry[], size: number): Entry[][] {
  const parts: Entry[][] = []
  for (let start = 0; start < entries.length; start += size) parts.push(entries.slice(start, start + size))
  return parts
}
