import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyJson, arrivingRevisions, rivalRevisions, sessionLikeDocument } from './arbitrary-document.ts'
import { editDocument } from './edit-document.ts'
import { propertyOptions } from './fast-check-seed.ts'

it('every arbitrary value survives JSON', () => {
  const name = 'every arbitrary value survives JSON'
  const value = fc.oneof(anyJson(), sessionLikeDocument())
  const survives = fc.property(value, (json) => {
    expect(JSON.stringify(JSON.parse(JSON.stringify(json)))).toBe(JSON.stringify(json))
  })
  fc.assert(survives, propertyOptions(name, 200))
})

it('arrivals contain every revision at least once and nothing else', () => {
  const name = 'arrivals contain every revision at least once and nothing else'
  const complete = fc.property(arrivingRevisions(), ({ session, arrivals }) => {
    expect(new Set(arrivals)).toEqual(new Set(session.revisions))
  })
  fc.assert(complete, propertyOptions(name, 100))
})

it('rivals are revisions of one session and often tie in updated_at', () => {
  const sets = fc.sample(rivalRevisions(), { numRuns: 100, seed: 1 })
  for (const documents of sets) expect(new Set(documents.map((document) => document.id)).size).toBe(1)
  const ties = sets.filter((documents) => {
    return new Set(documents.map((document) => document.updated_at)).size < documents.length
  })
  expect(ties.length).toBeGreaterThan(30)
})

it('an edited document does not change the one it came from', () => {
  const original = { id: 1, rows: [{ a: 1 }] }
  editDocument(structuredClone(original), { change: 'drop', place: 0 })
  expect(original).toEqual({ id: 1, rows: [{ a: 1 }] })
})

it('each change does what its name says', () => {
  const document = () => ({ ends_at: 'T', count: 4, rows: [{ id: 1 }] })
  expect(editDocument(document(), { change: 'drop', place: 1 })).not.toHaveProperty('count')
  expect(editDocument(document(), { change: 'null', place: 1 })).toMatchObject({ count: null })
  expect(editDocument(document(), { change: 'number-text', place: 1 })).toMatchObject({ count: '4.0' })
  expect(editDocument(document(), { change: 'alias', place: 0 })).toMatchObject({ ended_at: 'T' })
  expect(editDocument(document(), { change: 'twice', place: 3 })).toMatchObject({
    rows: [{ id: 1 }, { id: 1 }],
  })
  expect(editDocument(document(), { change: 'empty', place: 2 })).toMatchObject({ rows: [] })
  expect(editDocument(document(), { change: 'replace', place: 1, value: [] })).toMatchObject({ count: [] })
  expect(editDocument(document(), { change: 'extra', place: 1, value: 9 })).toMatchObject({ count_extra: 9 })
})
