import { expect, test } from 'vitest'
import { named } from '../../test/map-document.ts'
import { readDocuments } from '../read/read-documents.ts'
import { tables } from '../tables/all-tables.ts'
import { mapSession } from './map-session.ts'
import { withoutDocumented } from './without-documented.ts'

function map(fields: object) {
  const sent = { id: 7, call_type: 'Voice Inbound (IVR)', created_at: '2026-03-23T13:12:51Z', ...fields }
  const bytes = Buffer.from(JSON.stringify(sent))
  const reading = readDocuments({ key: 'x.json', bytes, bytesMax: 1e7 })
  const [document] = reading.kind === 'documents' ? reading.documents : []
  if (document === undefined) throw new Error(reading.kind)
  const mapping = mapSession(document, {
    source: 'acme',
    objectLastModified: new Date('2026-03-24T00:00:00Z'),
    limits: { depthMax: 64, valuesMax: 500_000, rowsMax: 50_000 },
  })
  if (mapping.kind !== 'session') throw new Error(mapping.detail)
  return mapping.session
}

const menu = { id: 1, name: 'Sales', deleted: false, position: 2 }

test('documented fields without a column leave extra, and nothing else changes', () => {
  const session = map({
    voip_provider: 'deprecated',
    selected_menu: { ...menu, color: 'red' },
    mood: { deleted: true },
  })
  const before = named(session).rows
  const after = named(withoutDocumented(session)).rows
  expect(before.session[0]?.extra).toEqual({
    voip_provider: 'deprecated',
    selected_menu: { deleted: false, position: 2, color: 'red' },
    mood: { deleted: true },
  })
  expect(after.session[0]).toEqual({
    ...before.session[0],
    extra: { selected_menu: { color: 'red' }, mood: { deleted: true } },
  })
})

test('extra is null if only documented fields were left', () => {
  const [row] = named(withoutDocumented(map({ voip_provider: 'deprecated', selected_menu: menu }))).rows
    .session
  expect(row?.extra ?? null).toBeNull()
})

test('a field under a documented name that is no object stays', () => {
  const [row] = named(withoutDocumented(map({ selected_menu: ['a', 'b'] }))).rows.session
  expect(row?.extra).toEqual({ selected_menu: ['a', 'b'] })
})

test('every documented field without a column leaves extra, in every table that has one', () => {
  const left = tables.flatMap(({ name, known }) => {
    if (name !== 'session') return []
    return known.filter((path) => {
      const sent = path.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), 'x')
      return (
        JSON.stringify(named(withoutDocumented(map(sent as object))).rows.session[0]?.extra ?? null) !==
        'null'
      )
    })
  })
  expect(left).toEqual([])
})
