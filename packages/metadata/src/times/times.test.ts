import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantOf, readTime } from './times.ts'

test.each([
  ['2026-03-23T13:12:51.000-07:00', '2026-03-23T20:12:51.000000Z', -420],
  ['2026-03-23T20:15:35.473Z', '2026-03-23T20:15:35.473000Z', 0],
  ['2026-03-23T20:15:35.473129Z', '2026-03-23T20:15:35.473129Z', 0],
  ['2026-11-01T01:30:00+05:30', '2026-10-31T20:00:00.000000Z', 330],
  ['2026-03-23 20:15:35 UTC', '2026-03-23T20:15:35.000000Z', 0],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000000Z', 0],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z', 0],
  ['2024-02-29T00:00:00+0300', '2024-02-28T21:00:00.000000Z', 180],
])('%s is the instant %s with its offset', (text, instant, utcOffsetMinutes) => {
  expect(readTime(text)).toEqual({ instant, utcOffsetMinutes, hadOffset: true })
})

test.each([
  '',
  'yesterday',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-01T25:00:00Z',
  '2026-01-01T00:60:00Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '2026-01-01T00:00:00+99:00',
  '2026-01-01',
  '1742760771',
])('%s is no time', (text) => {
  expect(readTime(text)).toBeUndefined()
})

test.each([
  ['2026-01-15T09:00:00', '2026-01-15T14:00:00.000000Z', -300],
  ['2026-07-15T09:00:00', '2026-07-15T13:00:00.000000Z', -240],
  // Shown twice when the clocks go back: the earlier instant.
  ['2026-11-01T01:30:00', '2026-11-01T05:30:00.000000Z', -240],
  ['2026-11-01T02:30:00', '2026-11-01T07:30:00.000000Z', -300],
])('%s without an offset is read in the source’s zone', (text, instant, utcOffsetMinutes) => {
  expect(readTime(text, 'America/New_York')).toEqual({ instant, utcOffsetMinutes, hadOffset: false })
})

test('a time without an offset and without a configured zone is UTC', () => {
  expect(readTime('2026-01-15T09:00:00')?.instant).toBe('2026-01-15T09:00:00.000000Z')
})

test('a time without an offset from before standard time can be read', () => {
  expect(readTime('0001-01-01T05:00:00', 'America/New_York')?.instant).toBe('0001-01-01T09:56:00.000000Z')
})

test('the platform’s own form is read like any other form of the same time', () => {
  const date = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  })
  const offset = fc
    .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 59 }))
    .map(([sign, hours, minutes]) => {
      return `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
    })
  fc.assert(
    fc.property(date, fc.oneof(offset, fc.constant('Z')), (local, suffix) => {
      const text = local.toISOString().replace('Z', suffix)
      expect(readTime(text)).toEqual(readTime(text.replace('T', ' ')))
    }),
    { seed: Number(process.env.FC_SEED ?? Date.now() % 2 ** 31), numRuns: 2000 },
  )
  for (const text of [
    '2026-02-29T00:00:00.000+01:00',
    '2026-04-31T00:00:00.000+01:00',
    '2026-01-01T24:00:00.000+01:00',
    '2026-02-29T00:00:00.000Z',
    '2026-01-01T00:60:00.000Z',
    '2026-01-01T00:00:60.000Z',
  ]) {
    expect(readTime(text)).toBeUndefined()
  }
})

test('an instant is formatted like the text of the same instant is read', () => {
  const date = fc.date({
    min: new Date('-000001-01-01T00:00:00Z'),
    max: new Date('+010001-01-01T00:00:00Z'),
    noInvalidDate: true,
  })
  const edges = ['0000-12-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']
  const same = fc.property(
    fc.oneof(date, fc.constantFrom(...edges.map((edge) => new Date(edge)))),
    (sample) => {
      expect(instantOf(sample)).toBe(readTime(sample.toISOString())?.instant)
    },
  )
  fc.assert(same, { seed: Number(process.env.FC_SEED ?? Date.now() % 2 ** 31), numRuns: 1000 })
  expect(instantOf(new Date(Number.NaN))).toBeUndefined()
})
