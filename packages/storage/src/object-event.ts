import { keyProblem } from './object-key.ts'
import { createObjectRef, type ObjectRef } from './object-ref.ts'

/** What one record of a notification says. */
export type ObjectEvent = UsableObjectEvent | UnusableObjectEvent

export type UsableObjectEvent = {
  /** `other`: restores, tags, storage classes and whatever AWS adds; the object's content did not change. */
  kind: 'created' | 'removed' | 'other'
  ref: ObjectRef
  /** As the sender names it: `ObjectCreated:Put` from S3, `Object Created` from EventBridge. */
  eventName: string
  /** When it happened to the object, as the sender tells. */
  eventTime?: Date
}

/** A record that names no object we could fetch. Its neighbours in the same notification are not affected. */
export type UnusableObjectEvent = {
  kind: 'unusable'
  /** What is wrong, by path, without the values. */
  detail: string
  /** Index in the notification's records, from 0. */
  position: number
}

export function createUsableEvent(fields: {
  position: number
  kind: UsableObjectEvent['kind']
  eventName: string
  eventTime: string | undefined
  ref: Parameters<typeof createObjectRef>[0]
}): ObjectEvent {
  const { position, kind, eventName, ref } = fields
  const problem = keyProblem(ref.key)
  if (problem !== undefined) return { kind: 'unusable', position, detail: problem }
  const eventTime = new Date(fields.eventTime ?? Number.NaN)
  return {
    kind,
    ref: createObjectRef(ref),
    eventName,
    ...(Number.isNaN(eventTime.getTime()) ? {} : { eventTime }),
  }
}
