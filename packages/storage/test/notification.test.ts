import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Notification, parseNotification } from '../src/notifications/notification.ts'
import type { ObjectEvent, UsableObjectEvent } from '../src/notifications/object-event.ts'

const etag = 'd41d8cd98f00b204e9800998ecf8427e'
const bucket = 'acme-session-files'

function recorded(name: string): string {
  return readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')
}

function recordsOf(notification: Notification): ObjectEvent[] {
  if (notification.kind !== 'objects') throw new Error(`expected objects, got ${notification.kind}`)
  return notification.records
}

function usableOf(notification: Notification): UsableObjectEvent[] {
  return recordsOf(notification).filter((event) => event.kind !== 'unusable')
}

describe('S3 notifications straight to the queue', () => {
  it('reads one created object with all fields of its record', () => {
    expect(parseNotification(recorded('s3-put'))).toEqual({
      kind: 'objects',
      format: 's3',
      via: 'direct',
      records: [
        {
          kind: 'created',
          eventName: 'ObjectCreated:Put',
          eventTime: new Date('2026-03-04T05:06:07.890Z'),
          ref: {
            bucket,
            key: 'metadata/call_12345.json',
            etag,
            sequencer: '0055AED6DCD90281E5',
            sizeBytes: 3021,
          },
        },
      ],
    })
  })

  it('decodes form-encoded keys, and keeps the raw key if it differs', () => {
    const refs = usableOf(parseNotification(recorded('s3-odd-keys'))).map((event) => event.ref)
    expect(refs.map(({ key, rawKey }) => [key, rawKey])).toEqual([
      ['my calls/red flower.json', 'my+calls/red+flower.json'],
      ['a+b.json', 'a%2Bb.json'],
      ['100% done.json', '100%25+done.json'],
      ['day=2026-03-04/call:1.json', 'day%3D2026-03-04/call%3A1.json'],
      ['ünï/☎️.json', '%C3%BCn%C3%AF/%E2%98%8E%EF%B8%8F.json'],
      ["plain/it's(1)!*~.json", undefined],
    ])
  })

  it.each(['100%.json', 'a+b%zz.json', 'latin1-%E9.json'])(
    'keeps a malformed key unchanged (%s), and marks it by the raw key',
    (written) => {
      const body = JSON.stringify({
        Records: [
          { eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key: written } } },
        ],
      })
      expect(usableOf(parseNotification(body))[0]?.ref).toEqual({ bucket, key: written, rawKey: written })
    },
  )

  it('reads the version of a versioned bucket, and a multipart ETag', () => {
    expect(usableOf(parseNotification(recorded('s3-versioned-multipart')))[0]?.ref).toMatchObject({
      versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
      etag: '9b2cf535f27731c974343645a3985328-2',
    })
  })

  it.each([
    ['s3-delete-marker', 'removed', 'ObjectRemoved:DeleteMarkerCreated'],
    ['s3-lifecycle-expiration', 'removed', 'LifecycleExpiration:Delete'],
    ['s3-restore-completed', 'other', 'ObjectRestore:Completed'],
  ])('reads %s as %s', (name, kind, eventName) => {
    expect(recordsOf(parseNotification(recorded(name)))).toMatchObject([{ kind, eventName }])
  })

  it('I5 reads the other records despite an unusable record, another eventVersion, or an invalid field', () => {
    const records = recordsOf(parseNotification(recorded('s3-several-records-one-unusable')))
    expect(records.map((event) => event.kind)).toEqual(['created', 'unusable', 'removed', 'other'])
    expect(records[1]).toEqual({
      kind: 'unusable',
      position: 1,
      detail: expect.stringContaining('s3.object.key'),
    })
    expect(records[3]).not.toHaveProperty('ref.versionId')
  })

  it('reads what MinIO writes: prefixed names, quoted ETags, empty versions', () => {
    expect(recordsOf(parseNotification(recorded('minio-put')))).toMatchObject([
      { kind: 'created', eventName: 'ObjectCreated:Put', ref: { bucket: 'sessions', key: 'a+b.json', etag } },
    ])
  })

  it('ignores fields of a wrong type that it does not need', () => {
    const object = { key: 'k', size: '12', eTag: 7, versionId: null, sequencer: {} }
    const body = JSON.stringify({
      Records: [
        { eventName: 'ObjectCreated:Put', eventTime: 'soon', s3: { bucket: { name: bucket }, object } },
      ],
    })
    expect(recordsOf(parseNotification(body))).toEqual([
      { kind: 'created', eventName: 'ObjectCreated:Put', ref: { bucket, key: 'k' } },
    ])
  })

  it.each([
    ['2026-03-04t05:06:07.890z', '2026-03-04T05:06:07.890Z'],
    ['2026-03-04T05:06:07.890123456Z', '2026-03-04T05:06:07.890Z'],
    ['2026-03-04T07:06:07.89+02:00', '2026-03-04T05:06:07.890Z'],
    ['2026-03-04T05:06:07', '2026-03-04T05:06:07Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
    ['2026-03-04T05:06:07+05:99', undefined],
    ['1969-12-31T23:59:59Z', undefined],
    ['2026-03-04', undefined],
  ])('reads the time of an event by RFC 3339: %s', (eventTime, instant) => {
    const record = {
      eventName: 'ObjectCreated:Put',
      eventTime,
      s3: { bucket: { name: bucket }, object: { key: 'k' } },
    }
    const [event] = usableOf(parseNotification(JSON.stringify({ Records: [record] })))
    expect(event?.eventTime).toEqual(instant === undefined ? undefined : new Date(instant))
  })

  it.each([
    ['a NUL character', 'a%00b'],
    ['invalid Unicode', JSON.parse('"\\ud800"')],
  ])('calls a key with %s unusable', (_what, key) => {
    const body = JSON.stringify({
      Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key } } }],
    })
    expect(recordsOf(parseNotification(body))).toMatchObject([{ kind: 'unusable', position: 0 }])
  })
})

describe('EventBridge events', () => {
  it('does not decode keys', () => {
    expect(parseNotification(recorded('eventbridge-created'))).toEqual({
      kind: 'objects',
      format: 'eventbridge',
      via: 'direct',
      records: [
        {
          kind: 'created',
          eventName: 'Object Created',
          eventTime: new Date('2026-03-04T05:06:07Z'),
          ref: {
            bucket,
            key: 'metadata/a+b 100%25=ü.json',
            versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
            etag,
            sequencer: '00617F08299329D189',
            sizeBytes: 3021,
          },
        },
      ],
    })
  })

  it.each([
    ['eventbridge-deleted', 'removed'],
    ['eventbridge-lifecycle-deleted', 'removed'],
    ['eventbridge-restore-completed', 'other'],
  ])('reads %s as %s', (name, kind) => {
    expect(recordsOf(parseNotification(recorded(name)))).toMatchObject([{ kind }])
  })

  it('reports an S3 event without a key as unusable', () => {
    const body = JSON.stringify({
      'detail-type': 'Object Created',
      detail: { bucket: { name: 'b' }, object: {} },
    })
    expect(recordsOf(parseNotification(body))).toMatchObject([{ kind: 'unusable', position: 0 }])
  })
})

describe('messages wrapped by SNS', () => {
  it('reads S3 records, form-decoded', () => {
    const notification = parseNotification(recorded('sns-s3-put'))
    expect(notification).toMatchObject({ kind: 'objects', format: 's3', via: 'sns' })
    expect(usableOf(notification)[0]?.ref.key).toBe('metadata/red flower.json')
  })

  it('reads EventBridge events, without decoding keys', () => {
    const notification = parseNotification(recorded('sns-eventbridge-created'))
    expect(notification).toMatchObject({ kind: 'objects', format: 'eventbridge', via: 'sns' })
    expect(usableOf(notification)[0]?.ref.key).toBe('metadata/call 1.json')
  })

  it('I10 says what to do about a subscription that waits for confirmation, without its token', () => {
    const notification = parseNotification(recorded('sns-subscription-confirmation'))
    expect(notification).toMatchObject({ kind: 'unreadable', code: 'sns_subscription' })
    expect(JSON.stringify(notification)).toContain('confirm-subscription')
    expect(JSON.stringify(notification)).not.toContain('2336412f37')
  })

  it('unwraps only once', () => {
    const body = JSON.stringify({ Type: 'Notification', Message: recorded('sns-s3-put') })
    expect(parseNotification(body)).toMatchObject({ kind: 'unreadable', code: 'unknown_shape' })
  })

  it('reports a Message that is not JSON as not_json', () => {
    const body = JSON.stringify({ Type: 'Notification', Message: 'hello' })
    expect(parseNotification(body)).toMatchObject({ code: 'not_json', detail: 'the SNS Message is not JSON' })
  })
})

describe('messages that announce nothing', () => {
  it.each([
    ['s3-test-event', 'direct'],
    ['sns-test-event', 'sns'],
  ])('recognises %s', (name, via) => {
    expect(parseNotification(recorded(name))).toEqual({ kind: 'test-event', via, bucket })
  })

  it.each([
    ['', 'not_json'],
    ['{"Records":', 'not_json'],
    ['null', 'unknown_shape'],
    ['42', 'unknown_shape'],
    ['[]', 'unknown_shape'],
    ['{}', 'unknown_shape'],
    ['{"Records":{}}', 'unknown_shape'],
    ['{"Records":[]}', 'no_records'],
    [recorded('cloudtrail-through-eventbridge'), 'unknown_shape'],
  ])('calls %j %s', (body, code) => {
    expect(parseNotification(body)).toMatchObject({ kind: 'unreadable', code })
  })

  it('I10 ', () => {
    const body = JSON.stringify({ customer: 'Ada Lovelace', 'Ada Lovelace +1 555': 1 })
    expect(parseNotification(body)).toEqual({
      kind: 'unreadable',
      code: 'unknown_shape',
      detail: 'a JSON object with customer',
    })
  })
})
