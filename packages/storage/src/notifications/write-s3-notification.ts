import { encodeFormKey } from '../objects/object-key.ts'
import type { ObjectRef } from '../objects/object-ref.ts'

export type NotificationOptions = {
  /** As S3 names a creation by default. */
  eventName?: string
  /** When the objects were created. Left out where nobody can tell lag from it. */
  eventTime?: Date
}

/**
 * The body S3 would send had these objects just been created: what `parseNotification` reads back as the same
 * refs (without `rawKey`, which only tells how a key was once written). Keep it under the queue's message size.
 */
export function writeS3Notification(refs: readonly ObjectRef[], options: NotificationOptions = {}): string {
  return JSON.stringify({ Records: refs.map((ref) => writeRecord(ref, options)) })
}

function writeRecord(ref: ObjectRef, { eventName, eventTime }: NotificationOptions): unknown {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName: eventName ?? 'ObjectCreated:Put',
    eventTime: eventTime?.toISOString(),
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: ref.bucket, arn: `arn:aws:s3:::${ref.bucket}` },
      object: {
        key: encodeFormKey(ref.key),
        size: ref.sizeBytes,
        eTag: ref.etag,
        versionId: ref.versionId,
        sequencer: ref.sequencer,
      },
    },
  }
}
