import { expect, it } from 'vitest'
import { localClock, localDayFolder, localMidnight, localTimeText, offsetMinutesAt } from './local-time.ts'

const seconds = (text: string) => Date.parse(text) / 1000

it('times are written with the offset of the zone, as in the real call 1418', () => {
  const at = seconds('2026-03-23T20:12:51Z')
  expect(localTimeText('America/Los_Angeles', at)).toBe('2026-03-23T13:12:51.000-07:00')
})

it('the offset changes at the second of the transition', () => {
  const spring = seconds('2026-03-08T07:00:00Z')
  expect(localTimeText('America/New_York', spring - 1)).toBe('2026-03-08T01:59:59.000-05:00')
  expect(localTimeText('America/New_York', spring)).toBe('2026-03-08T03:00:00.000-04:00')
})

it('half-hour zones and zones east of Greenwich are written correctly', () => {
  expect(localTimeText('Asia/Kolkata', 0)).toBe('1970-01-01T05:30:00.000+05:30')
  expect(localTimeText('Europe/London', seconds('2026-01-05T10:00:00Z'))).toBe(
    '2026-01-05T10:00:00.000+00:00',
  )
})

it('every written time reads back as the same instant', () => {
  for (const zone of [
    'America/New_York',
    'Europe/London',
    'Australia/Sydney',
    'Asia/Kolkata',
    'Asia/Tokyo',
  ]) {
    for (let at = seconds('2026-03-27T00:00:00Z'); at < seconds('2026-04-07T00:00:00Z'); at += 1_237) {
      expect(seconds(localTimeText(zone, at))).toBe(at)
    }
  }
})

it('a local day begins at local midnight, even on the day of a transition', () => {
  expect(localMidnight('America/New_York', '2026-03-08')).toBe(seconds('2026-03-08T05:00:00Z'))
  expect(localMidnight('Australia/Sydney', '2026-04-05')).toBe(seconds('2026-04-04T13:00:00Z'))
  expect(() => localMidnight('Asia/Tokyo', 'soon')).toThrow('not an ISO date')
})

it('folders and wall clock follow the local day', () => {
  const at = seconds('2026-03-23T02:30:00Z')
  expect(localDayFolder('America/New_York', at)).toBe('2026/03/22')
  expect(localClock('America/New_York', at)).toEqual({ hour: 22, weekday: 0 })
  expect(offsetMinutesAt('America/New_York', at)).toBe(-240)
})
