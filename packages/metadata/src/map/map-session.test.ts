import { expect, test } from 'vitest'
import { named } from '../../test/map-document.ts'
import { readDocuments } from '../read/read-documents.ts'
import { mapSession } from './map-session.ts'

const base = {
  id: 7,
  call_type: 'Voice Inbound (IVR)',
  created_at: '2026-03-23T13:12:51Z',
  status: 'finished',
}

function map(fields: object) {
  const reading = readDocuments({
    key: 'x.json',
    bytes: Buffer.from(JSON.stringify({ ...base, ...fields })),
    bytesMax: 1e7,
  })
  const [document] = reading.kind === 'documents' ? reading.documents : []
  if (document === undefined) throw new Error(reading.kind)
  const mapping = mapSession(document, {
    source: 'acme',
    objectLastModified: new Date('2026-03-24T00:00:00Z'),
    limits: { depthMax: 64, valuesMax: 500_000, rowsMax: 50_000 },
  })
  if (mapping.kind !== 'session') throw new Error(mapping.detail)
  return named(mapping.session)
}

test('I6 a value that a preferred alias replaced is kept, even if its object was empty before', () => {
  const transfer = { id: 1, from_menu: { name: 'LOST' }, from_menu_path: { name: 'B' } }
  const [row] = map({ transfers: [transfer] }).rows.transfer
  expect(row).toMatchObject({ from_menu_path: 'B', extra: { from_menu: { name: 'LOST' } } })
})

test.each([
  ['ends_at', 'ended_at', 'finished_at'],
  ['finished_at', 'ended_at', 'ends_at'],
  ['ended_at', 'finished_at', 'ends_at'],
])('I6 of three aliases, sent as %s, %s, %s, the preferred one fills the column', (...names) => {
  const [said, other] = ['2026-03-23T13:00:00Z', '2026-03-23T14:00:00Z']
  const sent: Record<string, string> = { ends_at: said, ended_at: other, finished_at: said }
  const [row] = map(Object.fromEntries(names.map((name) => [name, sent[name]]))).rows.session
  expect(row).toMatchObject({ ended_at: '2026-03-23T13:00:00.000000Z' })
  expect(row?.extra).toEqual({ ended_at: other })
})

test('I5 thousands of transfers and rows that reference them are mapped in one pass', () => {
  const ids = Array.from({ length: 20_000 }, (_, id) => id)
  const transfers = ids.map((id) => ({ id }))
  const queue = ids.map((id) => ({ id, transfer_id: id, transfer_cold: id % 2 === 0 }))
  const rows = map({ transfers, queue_durations: queue }).rows.transfer
  expect(rows.filter((row) => row.is_cold === true)).toHaveLength(10_000)
})

test('content around a wrapped document does not affect the order of its revisions', () => {
  const wrapped = {
    call: { ...base, _wrapper: 'a key of its own' },
    delivered: { updated_at: '2030-01-01T00:00:00Z' },
  }
  const reading = readDocuments({ key: 'x.json', bytes: Buffer.from(JSON.stringify(wrapped)), bytesMax: 1e6 })
  const [document] = reading.kind === 'documents' ? reading.documents : []
  if (document === undefined) throw new Error('unread')
  const mapping = mapSession(document, {
    source: 'acme',
    objectLastModified: new Date(0),
    limits: { depthMax: 64, valuesMax: 1_000, rowsMax: 50_000 },
  })
  expect(mapping).toMatchObject({ session: { revision: { latestEventAt: '2026-03-23T13:12:51.000000Z' } } })
})

test('I8 an array with too deep nesting, or too many documents, is unreadable with a code', () => {
  const deep = `[${JSON.stringify(base)},{"call_uuid":"x","a":${'['.repeat(50_000)}${']'.repeat(50_000)}}]`
  expect(readDocuments({ key: 'x.json', bytes: Buffer.from(deep), bytesMax: 1e6 })).toMatchObject({
    code: 'document_too_deep',
  })
  const many = JSON.stringify(Array.from({ length: 5_001 }, () => base))
  expect(readDocuments({ key: 'x.json', bytes: Buffer.from(many), bytesMax: 1e7 })).toMatchObject({
    code: 'too_many_documents',
  })
})
