import { cutText } from '@aftercall/runtime/text/cut-text'
import { readEventBridgeEvent } from './eventbridge-event-schema.ts'
import type { ObjectEvent } from './object-event.ts'
import { readS3Event, readS3TestEvent } from './s3-event-schema.ts'
import { readSnsEnvelope } from './sns-envelope-schema.ts'

export type Notification =
  | { kind: 'objects'; format: 's3' | 'eventbridge'; via: NotificationVia; records: ObjectEvent[] }
  /** Sent once when notifications are switched on. There is nothing to load. */
  | { kind: 'test-event'; via: NotificationVia; bucket?: string }
  | { kind: 'unreadable'; code: UnreadableCode; detail: string }

/** `sns`: wrapped by a topic. Raw delivery by a topic looks the same as `direct`. */
export type NotificationVia = 'direct' | 'sns'

export type UnreadableCode = 'not_json' | 'unknown_shape' | 'no_records' | 'sns_subscription'

/**
 * Parses the body of a message. Pure, never throws, and recognizes each message on its own, so one queue may mix all
 * formats. `detail` never quotes content (I10).
 */
export function parseNotification(body: string): Notification {
  const outer = parseJson(body)
  if (outer === undefined) return unreadable('not_json', 'the message body is not JSON')
  // Nearly all messages have this shape. Trying the others first would double the cost.
  const s3Records = readS3Event(outer.value)
  if (s3Records !== undefined) return announced(s3Records, 'direct')
  const sns = readSnsEnvelope(outer.value)
  if (sns === undefined) return recognize(outer.value, 'direct')
  if (sns.kind === 'subscription') return unreadable('sns_subscription', subscriptionAdvice(sns))
  const inner = parseJson(sns.message)
  if (inner === undefined) return unreadable('not_json', 'the SNS Message is not JSON')
  return recognize(inner.value, 'sns')
}

function recognize(body: unknown, via: NotificationVia): Notification {
  const test = readS3TestEvent(body)
  if (test !== undefined) {
    return { kind: 'test-event', via, ...(test.bucket === undefined ? {} : { bucket: test.bucket }) }
  }
  const s3Records = readS3Event(body)
  if (s3Records !== undefined) return announced(s3Records, via)
  const eventBridgeRecords = readEventBridgeEvent(body)
  if (eventBridgeRecords !== undefined) {
    return { kind: 'objects', format: 'eventbridge', via, records: eventBridgeRecords }
  }
  return unreadable('unknown_shape', describeShape(body))
}

function announced(records: ObjectEvent[], via: NotificationVia): Notification {
  if (records.length === 0) return unreadable('no_records', 'an S3 notification without records')
  return { kind: 'objects', format: 's3', via, records }
}

function unreadable(code: UnreadableCode, detail: string): Notification {
  return { kind: 'unreadable', code, detail }
}

/** An ARN has about 100 characters. A longer one must not push the advice after it out of the message. */
const topicLengthMax = 200

function subscriptionAdvice(sns: { type: string; topicArn: string | undefined }): string {
  const topic = sns.topicArn === undefined ? 'an unnamed topic' : cutText(sns.topicArn, topicLengthMax)
  return (
    `SNS ${sns.type} from ${topic}: the queue was subscribed from another account or by hand, and SNS waits for an answer. ` +
    'Confirm it from the account that owns the queue (`aws sns confirm-subscription`), or subscribe the queue from there'
  )
}

/** The names of fields, if they look like names: enough to recognize the sender, without content. */
function describeShape(body: unknown): string {
  if (Array.isArray(body)) return 'a JSON array'
  if (typeof body !== 'object' || body === null) return `a JSON ${body === null ? 'null' : typeof body}`
  const names = Object.keys(body).filter((name) => /^[A-Za-z][\w-]{0,30}$/.test(name))
  return `a JSON object with ${names.slice(0, 6).join(', ') || 'no known field'}`
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
