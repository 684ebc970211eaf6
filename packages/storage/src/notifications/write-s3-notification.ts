import { encodeFormKey } from '../objects/object-key.ts'
import type { ObjectRef } from '../objects/object-ref.ts'

export type NotificationOptions = {
  /** `ObjectCreated:Put` by default. */
  eventName?: string
  /** When the objects were created. Left out if lag cannot be measured from it. */
  eventTime?: Date
}

/**
 * The body that S3 would send if these objects had just been created. `parseNotification` reads the same refs from it
 * (without `rawKey`, which only says how a key was written). Must stay below the queue's message size.
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
