import { expect, test } from 'vitest'
import { boundTimes, judgeTimes, withinBounds } from './judge-times.ts'

const createdAt = '2026-03-23T17:00:00.000000Z'
const latestEventAt = '2026-03-23T17:10:00.000000Z'

function judge(updatedAt: string | null, object: string, hasEventAhead = false) {
  const bounds = boundTimes(createdAt, new Date(object), () => updatedAt)
  const { times, faults } = judgeTimes({ bounds, updatedAt, latestEventAt, hasEventAhead })
  return [times.updatedAt, times.objectLastModified, ...faults]
}

const at = (time: string) => `2026-03-23T${time}.000000Z`

test.each([
  ['within a minute of its object', at('17:10:12'), '2026-03-23T17:10:14Z', at('17:10:12')],
  [
    'half a day ahead of its object',
    '2026-03-24T05:00:00.000000Z',
    at('17:10:14'),
    '2026-03-24T05:00:00.000000Z',
  ],
  ['of an object that was copied a year later', at('17:10:12'), '2027-03-23T00:00:00Z', at('17:10:12')],
  [
    'two years after the session',
    '2028-01-01T00:00:00.000000Z',
    '2028-01-01T00:00:09Z',
    '2028-01-01T00:00:00.000000Z',
  ],
])('an updated_at %s is believed', (_what, updatedAt, object, expected) => {
  expect(judge(updatedAt, object).slice(0, 1)).toEqual([expected])
  expect(judge(updatedAt, object).slice(2)).toEqual([])
})

test.each([
  ['ahead', '2099-03-23T17:12:00.000000Z', 'updated_at_ahead'],
  ['two days ahead', '2026-03-25T17:12:00.000000Z', 'updated_at_ahead'],
  ['at the beginning of time', '1970-01-01T00:00:00.000000Z', 'updated_at_behind'],
])('in place of an updated_at %s the time of its object counts', (_what, updatedAt, fault) => {
  expect(judge(updatedAt, '2026-03-23T17:12:03Z')).toEqual([at('17:12:03'), at('17:12:03'), fault])
})

test('for a copied object the latest event is used, not the object time', () => {
  const copied = '2026-11-30T02:40:00Z'
  const [updatedAt, , fault] = judge('2099-03-23T17:12:00.000000Z', copied)
  expect([updatedAt, fault]).toEqual([latestEventAt, 'updated_at_ahead'])
})

test.each([['1970-01-01T00:00:00Z'], ['2200-01-01T00:00:00Z'], ['-000044-01-01T00:00:00Z']])(
  'an object time of %s neither overrides a possible updated_at, nor decides',
  (object) => {
    expect(judge(at('17:10:12'), object)).toEqual([at('17:10:12'), latestEventAt, 'object_time_unusable'])
    expect(judge('2099-03-23T17:12:00.000000Z', object)).toEqual([
      ...[latestEventAt, latestEventAt, 'updated_at_ahead', 'object_time_unusable'],
    ])
  },
)

test('a created_at in the future does not override an updated_at that its object confirms', () => {
  const updatedAt = at('17:10:12')
  const bounds = boundTimes('2099-03-23T17:00:00.000000Z', new Date('2026-03-23T17:10:14Z'), () => updatedAt)
  const judged = judgeTimes({ bounds, updatedAt, latestEventAt, hasEventAhead: true })
  expect(judged).toEqual({
    times: { updatedAt, latestEventAt, objectLastModified: at('17:10:14') },
    faults: ['event_ahead'],
  })
})

test('an impossible end is not used for freshness', () => {
  const bounds = boundTimes(createdAt, new Date('2026-03-23T17:12:03Z'), () => null)
  const ends = [latestEventAt, '1970-01-01T00:00:00.000000Z', '2099-01-01T00:00:00.000000Z', null]
  expect(ends.map((end) => withinBounds(bounds, end))).toEqual([latestEventAt, null, null, null])
})

test('without an updated_at the latest event is used, for any object time', () => {
  expect(judge(null, '2026-03-23T17:12:03Z')).toEqual([latestEventAt, at('17:12:03')])
})

test('judging twice gives the same times, so a replay keeps the order', () => {
  for (const object of [
    '1970-01-01T00:00:00Z',
    '2026-03-23T17:12:03Z',
    '2026-11-30T00:00:00Z',
    '2200-01-01T00:00:00Z',
  ]) {
    for (const updatedAt of [at('17:10:12'), '1970-01-01T00:00:00.000000Z', '2099-01-01T00:00:00.000000Z']) {
      const [first, time = ''] = judge(updatedAt, object)
      expect(judge(updatedAt, time).slice(0, 2)).toEqual([first, time])
    }
  }
})
