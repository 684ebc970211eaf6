import { mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import { encodeSession } from '@aftercall/warehouse/encode-session'
import { isNonEmpty, type Settlement, sessionsOf } from '@aftercall/warehouse/load/settlement'
import { expect, test } from 'vitest'
import { documentLimits } from './document-limits.ts'
import { withoutExpired } from './without-expired.ts'

const now = new Date('2026-11-22T00:00:00Z')
const acme = { name: 'acme', bucket: 'files', prefix: '' }

const object = { bucket: 'files', key: 'x.json', source: 'acme', receiveCount: 1 }

function settlementOf(...createdAts: string[]): Settlement {
  const sessions = createdAts.map((createdAt, id) => {
    const bytes = Buffer.from(JSON.stringify({ id, call_type: 'Voice Internal', created_at: createdAt }))
    const reading = readDocuments({ key: 'x.json', bytes, bytesMax: 1_000 })
    const [document] = reading.kind === 'documents' ? reading.documents : []
    if (document === undefined) throw new Error(reading.kind)
    const mapping = mapSession(document, { source: 'acme', objectLastModified: now, limits: documentLimits })
    if (mapping.kind !== 'session') throw new Error(mapping.detail)
    return encodeSession(mapping.session, { bucket: 'files', objectKey: 'x.json' })
  })
  if (!isNonEmpty(sessions)) throw new Error('an object without documents')
  return {
    kind: 'documents',
    object,
    inLedger: true,
    sessions,
    rejections: [],
    content: null,
    keepsOriginal: false,
  }
}

const clock = { read: async () => now }

test('a session older than its source keeps is left out, and its neighbours are not', async () => {
  const both = settlementOf('2026-08-31T23:59:59Z', '2026-09-01T00:00:00Z')
  const kept = await withoutExpired(both, { ...acme, retentionMonths: 2 }, clock)
  expect(sessionsOf(kept).map((one) => one.createdAt)).toEqual(['2026-09-01T00:00:00.000000Z'])
})

test('an object whose sessions are all older than its source keeps is ignored, with the reason', async () => {
  const both = settlementOf('2026-08-31T23:59:59Z', '2011-01-01T00:00:00Z')
  const ignored = { kind: 'ignored', object, code: 'past_retention' }
  expect(await withoutExpired(both, { ...acme, retentionMonths: 2 }, clock)).toEqual(ignored)
})

test('a source without retention keeps everything', async () => {
  const old = settlementOf('2011-01-01T00:00:00Z')
  expect(await withoutExpired(old, acme, clock)).toBe(old)
})

test('nothing is past its retention while the time is not known for certain', async () => {
  const old = settlementOf('2011-01-01T00:00:00Z')
  const unknown = { read: async () => undefined }
  expect(await withoutExpired(old, { ...acme, retentionMonths: 2 }, unknown)).toBe(old)
})
