import { cutText } from '@aftercall/runtime/text/cut-text'
import { readDate } from '@aftercall/runtime/text/read-time'
import { keyProblem } from '../objects/object-key.ts'
import { createObjectRef, type ObjectRef } from '../objects/object-ref.ts'

/** One record of a notification. */
export type ObjectEvent = UsableObjectEvent | UnusableObjectEvent

export type UsableObjectEvent = {
  /** `other`: restores, tags, storage classes, and future kinds. The object's content did not change. */
  kind: 'created' | 'removed' | 'other'
  ref: ObjectRef
  /** The sender's name for it: `ObjectCreated:Put` from S3, `Object Created` from EventBridge. */
  eventName: string
  /** When it happened, according to the sender. */
  eventTime?: Date
}

/** A record without an object that we can fetch. Other records of the notification are not affected. */
export type UnusableObjectEvent = {
  kind: 'unusable'
  /** What is wrong, by path, without values. */
  detail: string
  /** Index in the notification's records, from 0. */
  position: number
}

/** The names of S3 and EventBridge have about 40 characters. */
const eventNameLengthMax = 200

export function createUsableEvent(fields: {
  position: number
  kind: UsableObjectEvent['kind']
  eventName: string
  eventTime: string | undefined
  ref: Parameters<typeof createObjectRef>[0]
}): ObjectEvent {
  const { position, kind, eventName, ref } = fields
  const problem = bucketProblem(ref.bucket) ?? keyProblem(ref.key)
  if (problem !== undefined) return { kind: 'unusable', position, detail: problem }
  const eventTime = fields.eventTime === undefined ? undefined : readDate(fields.eventTime)
  return {
    kind,
    ref: createObjectRef(withoutInvalidFields(ref)),
    eventName: cutText(eventName.replaceAll('\0', '').toWellFormed(), eventNameLengthMax),
    ...(eventTime !== undefined && eventTime.getTime() >= 0 ? { eventTime } : {}),
  }
}

/** Rejects names that no store allows and no ledger row can hold. Old AWS buckets have names of up to 255 characters. */
function bucketProblem(bucket: string): string | undefined {
  const isPossible = bucket.length <= 255 && bucket.isWellFormed() && !bucket.includes('\0')
  return isPossible ? undefined : 'no store allows this bucket name'
}

/** Drops optional fields that no store would have written. The object is fetched anyway. */
function withoutInvalidFields<Ref extends Parameters<typeof createObjectRef>[0]>(ref: Ref): Ref {
  const { versionId, etag, sequencer, sizeBytes } = ref
  return {
    ...ref,
    versionId: isPlainText(versionId) ? versionId : undefined,
    etag: isPlainText(etag) ? etag : undefined,
    sequencer: sequencer !== undefined && /^[0-9A-Fa-f]{1,64}$/.test(sequencer) ? sequencer : undefined,
    sizeBytes: Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined,
  }
}

function isPlainText(text: string | undefined): boolean {
  return text !== undefined && text.length <= 1024 && /^[\x20-\x7e]*$/.test(text)
}
