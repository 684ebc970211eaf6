import { expect, test } from 'vitest'
import { objectValuesMax } from '../src/read/read-documents.ts'
import { call, callText, mapEach, mapOne, readSent, sessionRow } from './map-document.ts'

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** Why the sent content cannot be stored, found by reading or by mapping. */
function refusalOf(sent: unknown): string {
  const reading = readSent(sent)
  if (reading.kind === 'unreadable') return reading.code
  return mapEach(sent)
    .map((mapping) => (mapping.kind === 'unusable' ? mapping.code : mapping.kind))
    .join()
}

test.each([
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '10000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-01:00',
])('rule 10: %s is no time that Postgres and the partitions know, and is kept as sent', (time) => {
  expect(sessionRow(call({ ends_at: time }))).toMatchObject({ extra: { ends_at: time } })
  expect(mapEach(call({ created_at: time }))).toMatchObject([
    { kind: 'unusable', code: 'identity_unreadable' },
  ])
})

test.each([
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999000Z'],
])('rule 10: %s is a time like any other', (time, instant) => {
  expect(mapOne(call({ created_at: time })).createdAt).toBe(instant)
})

test.each([
  ['id', undefined],
  ['id', null],
  ['id', 'seven'],
  ['id', 7.5],
  ['id', true],
  ['id', [7, 8]],
  ['created_at', undefined],
  ['created_at', 'yesterday'],
  ['created_at', 1742760771],
])('rule 12: a document whose %s is %j has no identity, and says so', (key, value) => {
  const [mapping] = mapEach(call({ [key]: value }))
  expect(mapping).toMatchObject({ kind: 'unusable', code: 'identity_unreadable' })
  expect(mapping?.kind === 'unusable' && mapping.detail).toContain(`$.${key}`)
})

test.each(['9223372036854775808', '1e999', '-1e999', '99999999999999999999'])(
  'rule 12: the id %s is refused',
  (id) => {
    const { id: _, ...rest } = call()
    const sent = `{"id":${id},${JSON.stringify(rest).slice(1)}`
    expect(mapEach(sent)).toMatchObject([{ kind: 'unusable', code: 'identity_unreadable' }])
  },
)

test('rule 12: 1e999 in place of a number is kept exactly, in extra', () => {
  const row = sessionRow(callText('"rating":1e999,"call_duration":1e999,"new":1e999'))
  expect(row).not.toHaveProperty('rating')
  expect(JSON.stringify(row.extra)).toBe('{"rating":1e999,"call_duration":1e999,"new":1e999}')
})

test.each([65, 1_000, 10_000, 100_000])('I8 a document %d levels deep is refused with its code', (levels) => {
  expect(refusalOf(callText(`"a":${nested(levels)}`))).toBe('document_too_deep')
})

test.each([65, 1_000, 10_000, 100_000])(
  'I8 a document %d levels deep in an array is refused with its code',
  (levels) => {
    expect(refusalOf(`[${callText(`"a":${nested(levels)}`)}]`)).toBe('document_too_deep')
  },
)

test.each([65, 1_000, 10_000, 100_000])(
  '%d levels beside an exact number are too deep, not broken JSON',
  (levels) => {
    const sent = callText(`"n":12345678901234567890,"a":${nested(levels)}`)
    expect(refusalOf(sent)).toBe('document_too_deep')
  },
)

test('a document of 60 levels is within limits', () => {
  expect(mapEach(callText(`"a":${nested(60)}`))).toMatchObject([{ kind: 'session' }])
})

test('I8 a document with too many values is refused with its code', () => {
  const sent = call({ participants: Array.from({ length: 200_000 }, (_, id) => ({ id })) })
  expect(refusalOf(sent)).toBe('document_too_wide')
})

test('I8 an object with too many values is refused with its code, before it is parsed', () => {
  const values = (count: number): string => callText(`"a":[${'0,'.repeat(count)}0]`)
  expect(refusalOf(values(objectValuesMax))).toBe('document_too_costly')
  expect(refusalOf(values(1_000_000))).toBe('document_too_wide')
})

test('I8 a document with more rows than the limit is refused', () => {
  const rows = Array.from({ length: 46_000 }, (_, id) => ({ id }))
  expect(refusalOf(JSON.stringify(call({ transfers: rows, queue_durations: rows })))).toBe(
    'document_too_many_rows',
  )
})

test('I5 a document within the limits is mapped within seconds, however its rows are spread', () => {
  const rows = (first: number) => Array.from({ length: 40_000 }, (_, index) => ({ id: first + index }))
  const sent = JSON.stringify(call({ transfers: rows(0), queue_durations: rows(0) }))
  const start = performance.now()
  expect(mapOne(sent).rows.transfer).toHaveLength(40_000)
  expect(performance.now() - start).toBeLessThan(3_000)
})

test('if a key appears twice, the last value counts', () => {
  expect(sessionRow(callText('"rating":1,"rating":2')).rating).toBe(2)
})

test('keys with a meaning in JavaScript are keys like any other', () => {
  const members = '"__proto__":{"rating":1},"constructor":2,"hasOwnProperty":3,"toJSON":4'
  const row = sessionRow(callText(members))
  expect(JSON.stringify(row.extra)).toBe(`{${members}}`)
  expect(row).not.toHaveProperty('rating')
  const { rows } = mapOne(callText(`"participants":[{"id":1,"__proto__":{"type":"agent"}}]`))
  expect(JSON.stringify(rows.call_participant[0]?.extra)).toBe('{"__proto__":{"type":"agent"}}')
  expect(rows.call_participant[0]).not.toHaveProperty('type')
})

test.each([
  ['an empty file', ''],
  ['white space', ' \r\n\t'],
  ['a byte order mark alone', '\uFEFF'],
])('%s is unreadable, with its code', (_what, sent) => {
  expect(readSent(sent)).toMatchObject({ kind: 'unreadable', code: 'empty_object' })
})

test('two megabytes of free text are a column like any other', () => {
  const feedback = 'Line 1.5e\n "quoted", 2026-03-23T13:12 … '.repeat(50_000)
  const start = performance.now()
  expect(sessionRow(call({ feedback })).feedback).toBe(feedback)
  expect(performance.now() - start).toBeLessThan(3_000)
})

test.each(['\\u0000', '\\ud83d', '\\uD83D', '\\udc00', '\\uDC00', '\\udfff', '\\ude00\\ud83d'])(
  '%s, which Postgres cannot store, is replaced and counted in values and keys',
  (sequence) => {
    const each = sequence.length / 6
    const sent = callText(`"feedback":"a${sequence}b","new":["${sequence}"],"k${sequence}":1`)
    const reading = readSent(sent)
    expect(reading).toMatchObject({ kind: 'documents', replacedValues: 3 * each })
    const mark = '\uFFFD'.repeat(each)
    expect(sessionRow(sent)).toMatchObject({ feedback: `a${mark}b`, extra: { new: [mark], [`k${mark}`]: 1 } })
  },
)

test('a whole surrogate pair is a character like any other', () => {
  const reading = readSent(callText('"feedback":"\\ud83d\\ude00"'))
  expect(reading).toMatchObject({ replacedValues: 0, documents: [{ document: { feedback: '😀' } }] })
})

test('I6 two keys that become the same when their characters are replaced lose no value', () => {
  const { extra } = sessionRow(callText('"a\\u0000":"first","a\\ufffd":"second"'))
  expect(JSON.stringify(extra)).toContain('first')
  expect(JSON.stringify(extra)).toContain('second')
})

test('I6 keys next to a wrapped document do not replace its own keys', () => {
  const text = JSON.stringify(sessionRow({ call: call({ _wrapper: 'own' }), tenant: 'beside' }))
  expect(text).toContain('own')
  expect(text).toContain('beside')
})

test('a document whose sums of handle rows exceed an integer column can be loaded', () => {
  const handles = [1, 2].map((id) => ({ id, call_duration: 2_000_000_000 }))
  const row = sessionRow(call({ handle_durations: handles }))
  expect(Number(row.handle_seconds ?? 0)).toBeLessThanOrEqual(2_147_483_647)
})
