import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNotification } from '../src/notifications/notification.ts'
import { writeS3Notification } from '../src/notifications/write-s3-notification.ts'
import { decodeFormKey, encodeFormKey } from '../src/objects/object-key.ts'
import type { ObjectRef } from '../src/objects/object-ref.ts'
import { compareSequencers } from './compare-sequencers.ts'
import { seed } from './fast-check-seed.ts'

const key = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 60 })
  .filter((text) => text.isWellFormed() && !text.includes('\0'))

const ref: fc.Arbitrary<ObjectRef> = fc.record(
  {
    bucket: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,20}$/),
    key,
    versionId: fc.stringMatching(/^[\w.]{1,32}$/),
    etag: fc.stringMatching(/^[0-9a-f]{32}$/),
    sequencer: fc.stringMatching(/^[0-9A-F]{1,20}$/),
    sizeBytes: fc.nat(),
  },
  { requiredKeys: ['bucket', 'key'] },
)

describe(`notifications (FC_SEED=${seed})`, () => {
  it('reads back every ref that was written, key for key', () => {
    fc.assert(
      fc.property(fc.array(ref, { minLength: 1, maxLength: 5 }), (refs) => {
        const eventTime = new Date('2026-01-02T03:04:05.006Z')
        const notification = parseNotification(writeS3Notification(refs, { eventTime }))
        const records = notification.kind === 'objects' ? notification.records : []
        const readBack = records.map((event) => {
          if (event.kind !== 'created') throw new Error(`a created object was read as ${event.kind}`)
          expect(event.eventTime).toEqual(eventTime)
          const { rawKey: _, ...rest } = event.ref
          return rest
        })
        expect(readBack).toEqual(refs)
      }),
    )
  })

  it('decodes what it encoded, and encodes to text that survives form decoders', () => {
    fc.assert(
      fc.property(key, (text) => {
        expect(decodeFormKey(encodeFormKey(text)).key).toBe(text)
        expect(new URLSearchParams(`k=${encodeFormKey(text).replaceAll("'", '%27')}`).get('k')).toBe(text)
      }),
    )
  })

  it('I5 never throws for any body', () => {
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => JSON.stringify({ Type: 'Notification', Message: json })),
      fc.array(fc.jsonValue()).map((records) => JSON.stringify({ Records: records })),
      fc.jsonValue().map((detail) => JSON.stringify({ 'detail-type': 'Object Created', detail })),
    )
    fc.assert(
      fc.property(body, (text) => {
        expect(['objects', 'test-event', 'unreadable']).toContain(parseNotification(text).kind)
      }),
    )
  })

  it('returns one event per record, for any records', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (records) => {
        const notification = parseNotification(JSON.stringify({ Records: records }))
        expect(notification.kind === 'objects' && notification.records.length).toBe(records.length)
      }),
    )
  })
})

describe(`sequencers (FC_SEED=${seed})`, () => {
  const sequencer = fc.stringMatching(/^[0-9A-F]{1,24}$/)

  it('compare as hexadecimal numbers of equal length once zeros are added on the right', () => {
    fc.assert(
      fc.property(sequencer, sequencer, (a, b) => {
        const width = Math.max(a.length, b.length)
        const left = BigInt(`0x${a.padEnd(width, '0')}`)
        const right = BigInt(`0x${b.padEnd(width, '0')}`)
        expect(compareSequencers(a, b)).toBe(left === right ? 0 : left < right ? -1 : 1)
        expect(compareSequencers(a, b)).toBe(-compareSequencers(b, a) + 0)
      }),
    )
  })

  it.each([
    ['0055AED6DCD90281E5', '0055AED6DCD90281E6', -1],
    ['0055AED6DCD90281E5', '0055AED6DCD90281E500', 0],
    ['0055aed6dcd90281e5', '0055AED6DCD90281E5', 0],
    ['1', '0F', 1],
  ])('%s against %s gives %i', (a, b, order) => {
    expect(compareSequencers(a, b)).toBe(order)
  })
})
