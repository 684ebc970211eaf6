import { expect, test } from 'vitest'
import { parseJson } from './parse-json.ts'

function roundTrip(text: string): string {
  const reading = parseJson(text)
  if (reading.kind !== 'json') throw new Error('not JSON')
  return JSON.stringify(reading.value)
}

test.each([
  '{"id":9007199254740993}',
  '{"id":9223372036854775807}',
  '{"n":1e999}',
  '{"n":1e-400}',
  '{"n":0.12345678901234567890}',
  '{"n":-0.5,"m":2.94,"k":123456789012345}',
])('I6 no digit of %s is lost', (text) => {
  expect(roundTrip(text)).toBe(text)
})

test('I6 a key named __proto__ is a key like any other', () => {
  expect(roundTrip('{"__proto__":{"a":1},"b":2}')).toBe('{"__proto__":{"a":1},"b":2}')
  expect(roundTrip('{"__proto__":{"a":9007199254740993}}')).toBe('{"__proto__":{"a":9007199254740993}}')
})

test('characters that Postgres cannot store are replaced and counted, in values and in keys', () => {
  const reading = parseJson('{"a\\u0000":"x\\u0000y","b":"\\ud83d\\ude00","c":"\\ud83d!"}')
  expect(reading).toEqual({
    kind: 'json',
    value: { 'a\uFFFD': 'x\uFFFDy', b: '\u{1F600}', c: '\uFFFD!' },
    replacedValues: 3,
  })
})

test('I10 invalid JSON is reported by position, without content', () => {
  expect(parseJson('{"name": "Jane" "b": 1}')).toEqual({ kind: 'not-json', position: 16 })
  expect(parseJson('{"name": Jane}')).toEqual({ kind: 'not-json', position: 9 })
  expect(parseJson('{"name": "Jane')).toEqual({ kind: 'not-json', position: 14 })
})

test('a lone surrogate is found in upper and lower case', () => {
  for (const written of ['\\ude00', '\\uDE00', '\\udfff', '\\ud800']) {
    expect(parseJson(`{"a":"${written}"}`)).toEqual({
      kind: 'json',
      value: { a: '\uFFFD' },
      replacedValues: 1,
    })
  }
})

test('I6 a number that does not fit numeric is kept as text', () => {
  const value = { n: '1e200000', m: '1.5e-16385' }
  expect(parseJson('{"n":1e200000,"m":1.5e-16385}')).toEqual({ kind: 'json', value, replacedValues: 2 })
})

test('I6 keys that become the same once they are storable are all kept, with a number', () => {
  expect(parseJson('{"\\ud800":1,"\\ud801":2,"\uFFFD":3,"\uFFFD3":4,"\\ud802":5}')).toEqual({
    kind: 'json',
    value: { '\uFFFD2': 1, '\uFFFD4': 2, '\uFFFD': 3, '\uFFFD3': 4, '\uFFFD5': 5 },
    replacedValues: 3,
  })
})
