import { expect, test } from 'vitest'
import { parseJson } from '../read/parse-json.ts'
import { readTime } from '../times/times.ts'
import { readColumn, unreadable } from './columns.ts'

const context = { channel: 'call' as const, readTime, onTimeWithoutOffset: () => {} }

test.each([
  ['id', 42, 42],
  ['id', '42', 42],
  ['id', '-0042.0', -42],
  ['id', '', null],
  ['id', 'x7', unreadable],
  ['id', true, unreadable],
  ['id', '9223372036854775808', unreadable],
  ['integer', 27, 27],
  ['integer', '27', 27],
  ['integer', '27.0', 27],
  ['integer', 27.5, unreadable],
  ['integer', 3_000_000_000, unreadable],
  ['numeric', '18.0', '18.0'],
  ['numeric', 2.94, 2.94],
  ['numeric', 'about 3', unreadable],
  ['boolean', 'true', true],
  ['boolean', 0, false],
  ['boolean', 'maybe', unreadable],
  ['word', ' finished ', 'finished'],
  ['word', 8, '8'],
  ['text', ' as sent ', ' as sent '],
  ['text', { a: 1 }, unreadable],
  ['time', '2026-03-23T13:12:51.000-07:00', Date.UTC(2026, 2, 23, 20, 12, 51) * 1_000],
  ['time', '2026-03-23 13:12:51.000001-07:00', '2026-03-23T20:12:51.000001Z'],
  ['time', '9999-03-23T13:12:51.000-07:00', '9999-03-23T20:12:51.000000Z'],
  ['time', 1742760771, unreadable],
  ['id-path', '6/8', ['6', '8']],
  ['id-path', '6/eight', unreadable],
] as const)('a column of kind %s reads %o as %o', (kind, sent, value) => {
  expect(readColumn[kind](sent, context)).toEqual(value)
})

test.each([
  ['9007199254740993', '9007199254740993'],
  ['"9007199254740991"', 9_007_199_254_740_991],
  ['"9007199254740992"', '9007199254740992'],
])('an id has one form: %s is read as %o, exactly', (sent, id) => {
  const reading = parseJson(sent)
  expect(reading.kind === 'json' && readColumn.id(reading.value, context)).toBe(id)
})
