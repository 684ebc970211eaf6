import { expect, test } from 'vitest'
import { call, mapOne } from '../../test/map-document.ts'
import type { JsonObject } from '../read/parse-json.ts'

function startsOf(createdAt: string, ...starts: (string | undefined)[]) {
  const rows = starts.map((start, index) => ({ id: index + 1, menu_path_id: 7, started_at: start }))
  const sent: JsonObject = { ...call(), created_at: createdAt, queue_durations: rows }
  const mapped = mapOne(sent, { timeZone: 'America/New_York' }).rows
  return [mapped.session[0]?.local_created_at, ...mapped.queue_duration.map((row) => row.local_started_at)]
}

test('when the clocks go back, each row has the hour that its own clock showed', () => {
  expect(
    startsOf(
      '2026-11-01T01:50:00.000-07:00',
      '2026-11-01T01:59:59.000-07:00',
      '2026-11-01T01:10:00.000-08:00',
    ),
  ).toEqual(['2026-11-01T01:50:00.000000', '2026-11-01T01:59:59.000000', '2026-11-01T01:10:00.000000'])
})

test('a session of before midnight has rows on the day after', () => {
  expect(startsOf('2026-03-23T23:50:00.000-07:00', '2026-03-24T00:10:00.000-07:00')).toEqual([
    '2026-03-23T23:50:00.000000',
    '2026-03-24T00:10:00.000000',
  ])
})

test('a time in UTC says nothing of the tenant’s clock, so it gets the offset of the session', () => {
  expect(
    startsOf('2026-03-23T13:00:00.000-07:00', '2026-03-23T20:05:00.000Z', '2026-03-23 20:05 UTC'),
  ).toEqual(['2026-03-23T13:00:00.000000', '2026-03-23T13:05:00.000000', '2026-03-23T13:05:00.000000'])
})

test('a time without an offset is already the tenant’s clock, by the configured zone', () => {
  expect(startsOf('2026-03-23T13:00:00', '2026-07-01T08:00:00')).toEqual([
    '2026-03-23T13:00:00.000000',
    '2026-07-01T08:00:00.000000',
  ])
})

test('a row without a time counts when its session was created', () => {
  expect(startsOf('2026-03-23T13:00:00.000-07:00', undefined, 'soon')).toEqual(
    Array(3).fill('2026-03-23T13:00:00.000000'),
  )
})

test('at the ends of the calendar, where no clock has the time, it stays in UTC', () => {
  expect(startsOf('9999-12-31T23:30:00.000+01:00', '2026-03-23T13:00:00.0000001-07:00')).toEqual([
    '9999-12-31T23:30:00.000000',
    '2026-03-23T13:00:00.000000',
  ])
})
