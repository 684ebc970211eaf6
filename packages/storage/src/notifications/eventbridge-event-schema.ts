import { z } from 'zod'
import { describeIssues } from './describe-issues.ts'
import { createUsableEvent, type ObjectEvent } from './object-event.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const envelopeSchema = z.object({
  // Every S3 detail type starts with it. `source` is not checked: replays and relays put their own name there.
  'detail-type': z.string().startsWith('Object '),
  detail: z.unknown(),
})

const textOrNothing = z.string().min(1).optional().catch(undefined)

const eventSchema = z.object({
  'detail-type': z.string(),
  time: textOrNothing,
  detail: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1),
      size: z.number().nonnegative().optional().catch(undefined),
      etag: textOrNothing,
      'version-id': textOrNothing,
      sequencer: textOrNothing,
    }),
  }),
})

/** The single event of an EventBridge body from S3. Undefined if `body` is something else. */
export function readEventBridgeEvent(body: unknown): ObjectEvent[] | undefined {
  if (!envelopeSchema.safeParse(body).success) return undefined
  const parsed = eventSchema.safeParse(body)
  if (!parsed.success) return [{ kind: 'unusable', position: 0, detail: describeIssues(parsed.error) }]
  const { detail, time } = parsed.data
  const event = createUsableEvent({
    position: 0,
    kind: kindOf(parsed.data['detail-type']),
    eventName: parsed.data['detail-type'],
    eventTime: time,
    ref: {
      bucket: detail.bucket.name,
      // EventBridge does not encode keys. Decoding would change a literal `+` or `%`.
      key: detail.object.key,
      rawKey: undefined,
      versionId: detail.object['version-id'],
      etag: detail.object.etag,
      sequencer: detail.object.sequencer,
      sizeBytes: detail.object.size,
    },
  })
  return [event]
}

function kindOf(detailType: string): 'created' | 'removed' | 'other' {
  if (detailType === 'Object Created') return 'created'
  return detailType === 'Object Deleted' ? 'removed' : 'other'
}
