import { expect, it } from 'vitest'
import { localClock, localDayFolder } from './local-time.ts'
import { fork, randomFrom } from './random.ts'
import { drawInstant, volumeCurve } from './volume-curve.ts'

const timeZone = 'America/New_York'

it('instants lie within the days of the range', () => {
  const curve = volumeCurve(timeZone, '2026-03-02', 3)
  const root = randomFrom('range')
  const days = new Set<string>()
  for (let draw = 0; draw < 2_000; draw++)
    days.add(localDayFolder(timeZone, drawInstant(fork(root, draw), curve)))
  expect([...days].sort()).toEqual(['2026/03/02', '2026/03/03', '2026/03/04'])
})

it('more sessions begin at eleven on a Monday than at night or on a Sunday', () => {
  const curve = volumeCurve(timeZone, '2026-03-02', 28)
  const root = randomFrom('shape')
  const hours = new Array<number>(24).fill(0)
  const weekdays = new Array<number>(7).fill(0)
  for (let draw = 0; draw < 5_000; draw++) {
    const { hour, weekday } = localClock(timeZone, drawInstant(fork(root, draw), curve))
    hours[hour] = (hours[hour] ?? 0) + 1
    weekdays[weekday] = (weekdays[weekday] ?? 0) + 1
  }
  expect(hours[11]).toBeGreaterThan(10 * (hours[3] ?? 0))
  expect(weekdays[1]).toBeGreaterThan(2 * (weekdays[0] ?? 0))
})

it('changes of daylight saving in the range are found to the second', () => {
  const transitions = (zone: string) => volumeCurve(zone, '2026-03-02', 42).transitions
  expect(transitions(timeZone)).toEqual([Date.parse('2026-03-08T07:00:00Z') / 1000])
  expect(transitions('Australia/Sydney')).toEqual([Date.parse('2026-04-04T16:00:00Z') / 1000])
  expect(transitions('Asia/Tokyo')).toEqual([])
})
