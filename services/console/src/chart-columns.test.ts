import { expect, test } from 'vitest'
import { columnsOfDays, columnsOfHours, columnsOfMinutes, daysShown } from './chart-columns.ts'

const readAt = new Date('2026-11-22T14:25:11Z')
const lag = { count: 1, p50Seconds: 1, p95Seconds: 2 }
const hour = new Date('2026-11-22T13:00:00Z')
const overview = {
  ...{ readAt, tookTooLong: [] },
  hours: [
    { hour, source: 'acme', outcomes: { stored: 3, rejected: 1 }, landed: 4 },
    { hour, source: 'beta', outcomes: { stored: 5 }, landed: 5 },
  ],
  lags: [
    { hour, source: null, lag: { ...lag, p50Seconds: 9 } },
    { hour, source: 'acme', lag },
  ],
}

test('hours without objects have a column, too, and the newest is the last', () => {
  const columns = columnsOfHours(overview, 24, null)
  expect(columns).toHaveLength(24)
  expect(columns.at(-1)?.at).toEqual(new Date('2026-11-22T14:00:00Z'))
  expect(columns.at(-2)).toMatchObject({
    objects: 9,
    counts: { stored: 8, rejected: 1 },
    lag: { p50Seconds: 9 },
  })
  expect(columns.slice(0, 22).every(({ objects, isKnown }) => objects === 0 && isKnown)).toBe(true)
})

test('the columns of a source have its objects and its lag', () => {
  expect(columnsOfHours(overview, 48, 'acme').at(-2)).toMatchObject({ objects: 4, lag })
  expect(columnsOfHours(overview, 48, 'beta').at(-2)).toMatchObject({ objects: 5, lag: null })
})

test('what took too long to read is unknown, not empty', () => {
  const late = columnsOfHours({ ...overview, tookTooLong: ['activity'] }, 24, null)
  expect(late.map(({ isKnown }) => isKnown)).toEqual([...new Array(22).fill(false), true, true])
  expect(columnsOfMinutes(null, readAt).some(({ isKnown }) => isKnown)).toBe(false)
})

test('minutes and days end with the present one', () => {
  const at = new Date('2026-11-22T14:25:00Z')
  const minutes = columnsOfMinutes([{ at, outcomes: { stored: 2 }, lag }], readAt)
  expect(minutes).toHaveLength(60)
  expect(minutes.at(-1)).toMatchObject({ at, objects: 2, lag })
  const days = columnsOfDays([{ day: '2026-11-21', sessions: 7 }], readAt)
  expect(days).toHaveLength(daysShown)
  expect(days.at(-2)).toMatchObject({ at: new Date('2026-11-21T00:00:00Z'), objects: 7 })
})
