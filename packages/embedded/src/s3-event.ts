import { randomBytes } from 'node:crypto'
import { accountId } from './fauxqs-stores.ts'

export type ObjectEventName =
  | 'ObjectCreated:Put'
  | 'ObjectCreated:Post'
  | 'ObjectCreated:Copy'
  | 'ObjectCreated:CompleteMultipartUpload'
  | 'ObjectRemoved:Delete'

export type ObjectEvent = {
  name: ObjectEventName
  bucket: string
  key: string
  /** Set for a created object, not for a removal. */
  object?: { sizeBytes: number; etag: string }
  /** From `createSequencer`. */
  sequencer: string
  at: Date
  sourceIp: string
}

export const region = 'us-east-1'

/**
 * The body of the message S3 sends to a queue.
 * Source: Amazon S3 User Guide, "Event message structure", version 2.1.
 */
export function formatObjectEvent(event: ObjectEvent, configurationId: string): string {
  const object =
    event.object === undefined
      ? {}
      : { size: event.object.sizeBytes, eTag: event.object.etag.replaceAll('"', '') }
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: event.at.toISOString(),
    eventName: event.name,
    userIdentity: { principalId: `AWS:${accountId}` },
    requestParameters: { sourceIPAddress: event.sourceIp },
    responseElements: { 'x-amz-request-id': createRequestId(), 'x-amz-id-2': createHostId() },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: {
        name: event.bucket,
        ownerIdentity: { principalId: accountId },
        arn: `arn:aws:s3:::${event.bucket}`,
      },
      object: { key: encodeKey(event.key), ...object, sequencer: event.sequencer },
    },
  }
  return JSON.stringify({ Records: [record] })
}

/** The test event that S3 sends when a notification is configured. */
export function formatTestEvent(bucket: string, at: Date): string {
  return JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: at.toISOString(),
    Bucket: bucket,
    RequestId: createRequestId(),
    HostId: createHostId(),
  })
}

/** Encoded like an HTML form: `+` for a space, percent encoding for the rest, but plain `/`. */
export function encodeKey(key: string): string {
  return new URLSearchParams([['', key]]).toString().slice(1).replaceAll('%2F', '/')
}

/**
 * Strings of 18 hex digits, each greater than the one before, even after a restart if the clock does not go back: milliseconds
 * since 1970, then a counter.
 */
export function createSequencer(readClockMs: () => number): () => string {
  let last = 0n
  return () => {
    const fromClock = BigInt(readClockMs()) << 20n
    last = fromClock > last ? fromClock : last + 1n
    return last.toString(16).toUpperCase().padStart(18, '0')
  }
}

function createRequestId(): string {
  return randomBytes(8).toString('hex').toUpperCase()
}

function createHostId(): string {
  return randomBytes(48).toString('base64')
}
