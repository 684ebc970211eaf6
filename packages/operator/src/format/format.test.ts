import { expect, test } from 'vitest'
import { formatBytes } from './bytes.ts'
import { formatDuration, formatSpan } from './duration.ts'
import { formatShare } from './number.ts'
import { formatCount, formatTimes } from './plural.ts'
import { formatAgo, formatExactTime, formatTime } from './time.ts'

const now = new Date('2026-11-22T14:25:11Z')

test('a share is all or nothing only if it is complete or empty', () => {
  expect([0, 0.00001, 0.0456, 0.5, 0.99999, 1].map(formatShare)).toEqual([
    ...['0 %', 'under 0.1 %', '4.6 %', '50 %', '99.9 %', '100 %'],
  ])
})

test('a count agrees with its noun and is grouped', () => {
  expect([0, 1, 2, 1_234].map((number) => formatCount(number, 'object'))).toEqual([
    ...['0 objects', '1 object', '2 objects', '1,234 objects'],
  ])
  expect(formatCount(2, 'delivery', 'deliveries')).toBe('2 deliveries')
  expect([1, 2].map(formatTimes)).toEqual(['once', '2 times'])
})

test('bytes have a unit that keeps the number below 1,000', () => {
  expect([0, 1, 999, 1_000, 14_249, 999_949, 999_950, 3_400_000, 2e9, 5e12, 2e16].map(formatBytes)).toEqual([
    ...['0 bytes', '1 byte', '999 bytes', '1.0 kB', '14.2 kB', '999.9 kB', '1.0 MB', '3.4 MB'],
    ...['2.0 GB', '5.0 TB', '20000.0 TB'],
  ])
})

test('a duration has the unit that a person would choose', () => {
  const durations = [840, 999.7, 2_100, 9_960, 12_400, 840_000, 7_200_000, 11_100_000, 187_200_000]
  expect(durations.map(formatDuration)).toEqual([
    ...['840 ms', '1.0 s', '2.1 s', '10 s', '12 s', '14 min', '2 h', '3 h 5 min', '2 d 4 h'],
  ])
  expect([1, 119, 120, 2_879, 2_880].map(formatSpan)).toEqual([
    ...['1 minute', '119 minutes', '2 hours', '47 hours', '2 days'],
  ])
})

test('an age has one unit, rounded down', () => {
  const seconds = [1, 12, 89, 90, 5_399, 5_400, 172_799, 172_800]
  const ages = seconds.map((ago) => formatAgo(new Date(now.getTime() - ago * 1_000), now))
  expect(ages).toEqual([
    ...['just now', '12 s ago', '89 s ago', '1 min ago', '89 min ago', '1 h ago', '47 h ago', '2 days ago'],
  ])
  expect(formatAgo(new Date(now.getTime() + 3_000), now), 'clocks differ').toBe('just now')
  expect(formatAgo(new Date(now.getTime() + 120_000), now)).toBe('in 2 min')
})

test('a time is in UTC; milliseconds are shown where the order depends on them', () => {
  expect(formatTime(new Date('2026-11-22T14:25:11.250Z'))).toBe('2026-11-22 14:25:11Z')
  expect(formatExactTime(new Date('2026-11-22T14:25:11.250Z'))).toBe('2026-11-22 14:25:11.250Z')
  expect(formatExactTime(now)).toBe('2026-11-22 14:25:11Z')
})
