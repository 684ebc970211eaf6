import { expect, test } from 'vitest'
import { readSpan, readTime } from './read-time.ts'

test.each([
  ['2026-03', '2026-03-01T00:00:00.000Z'],
  ['2026-03-23', '2026-03-23T00:00:00.000Z'],
  ['2026-03-23T10:00', '2026-03-23T10:00:00.000Z'],
  ['2026-03-23 10:00:00', '2026-03-23T10:00:00.000Z'],
  ['2026-03-23t10:00:00.123456789z', '2026-03-23T10:00:00.123Z'],
  ['2026-03-23T10:00:00-07:00', '2026-03-23T17:00:00.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
])('--since %s is %s in every time zone of this machine', (text, instant) => {
  const zone = process.env.TZ
  for (const other of ['UTC', 'Asia/Tokyo', 'America/New_York']) {
    process.env.TZ = other
    expect(readTime('--since', text).toISOString()).toBe(instant)
  }
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

test.each([
  'yesterday',
  '2026',
  '2026-13',
  '2026-02-30',
  '2026-03-23T10:00:00+05:99',
  '2026-03-23T24:00:00Z',
])('--since %s is refused with the name of the option', (text) => {
  expect(() => readTime('--since', text)).toThrow('--since must be an ISO date or time')
})

test('a span that ends before it begins is refused', () => {
  expect(() => readSpan({ since: '2026-03-23', until: '2026-03-23T00:00:00+01:00' })).toThrow(
    '--since must be before --until',
  )
  expect(readSpan({ until: '2026-03' })).toEqual({
    since: undefined,
    until: new Date('2026-03-01T00:00:00Z'),
  })
})
