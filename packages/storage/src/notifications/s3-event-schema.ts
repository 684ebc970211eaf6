import { z } from 'zod'
import { decodeFormKey } from '../objects/object-key.ts'
import { describeIssues } from './describe-issues.ts'
import { createUsableEvent, type ObjectEvent } from './object-event.ts'

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * Checks only what is read, for every `eventVersion`: lifecycle events have no sequencer, stores other than AWS leave out
 * more, and AWS adds fields within a major version.
 */
const envelopeSchema = z.object({ Records: z.array(z.unknown()) })

const textOrNothing = z.string().min(1).optional().catch(undefined)

const recordSchema = z.object({
  eventName: z.string().min(1),
  eventTime: textOrNothing,
  s3: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1),
      size: z.number().nonnegative().optional().catch(undefined),
      eTag: textOrNothing,
      versionId: textOrNothing,
      sequencer: textOrNothing,
    }),
  }),
})

/** The events of an S3 notification body. Undefined if `body` is something else. */
export function readS3Event(body: unknown): ObjectEvent[] | undefined {
  if (typeof body !== 'object' || body === null || !('Records' in body)) return undefined
  const envelope = envelopeSchema.safeParse(body)
  return envelope.success ? envelope.data.Records.map(readRecord) : undefined
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html, "test message" */
const testEventSchema = z.object({ Event: z.literal('s3:TestEvent'), Bucket: textOrNothing })

/** The test event that S3 sends once when notifications are switched on. Undefined if `body` is something else. */
export function readS3TestEvent(body: unknown): { bucket: string | undefined } | undefined {
  const event = testEventSchema.safeParse(body)
  return event.success ? { bucket: event.data.Bucket } : undefined
}

function readRecord(record: unknown, position: number): ObjectEvent {
  const parsed = recordSchema.safeParse(record)
  if (!parsed.success) return { kind: 'unusable', position, detail: describeIssues(parsed.error) }
  const { eventName, eventTime, s3 } = parsed.data
  return createUsableEvent({
    position,
    kind: kindOf(eventName),
    // MinIO and others write the configured name, with the prefix that AWS leaves out in events.
    eventName: eventName.replace(/^s3:/, ''),
    eventTime,
    ref: {
      bucket: s3.bucket.name,
      rawKey: undefined,
      ...decodeFormKey(s3.object.key),
      versionId: s3.object.versionId,
      etag: s3.object.eTag,
      sequencer: s3.object.sequencer,
      sizeBytes: s3.object.size,
    },
  })
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
function kindOf(eventName: string): 'created' | 'removed' | 'other' {
  if (/^(s3:)?ObjectCreated:/.test(eventName)) return 'created'
  return /^(s3:)?(ObjectRemoved|LifecycleExpiration):/.test(eventName) ? 'removed' : 'other'
}
