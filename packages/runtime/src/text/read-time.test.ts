import { propertyOptions } from '@aftercall/testkit/fast-check-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDate, readTime } from './read-time.ts'

/** Every form of one moment, with the offset that it is written with. */
const forms: [text: string, utcOffsetMinutes: number][] = [
  ['2026-03-23T13:12:51.000-07:00', -420],
  ['2026-03-23t13:12:51.000-07:00', -420],
  ['2026-03-23 13:12:51-07:00', -420],
  ['2026-03-23T13:12:51-0700', -420],
  ['2026-03-23T13:12:51-07', -420],
  ['2026-03-23T13:12:51 -07:00', -420],
  ['2026-03-23T20:12:51Z', 0],
  ['2026-03-23T20:12:51z', 0],
  ['2026-03-23t20:12:51z', 0],
  ['2026-03-23T20:12:51.0Z', 0],
  ['2026-03-23T20:12:51,000Z', 0],
  ['2026-03-23T20:12:51.000000000000000000000000000000Z', 0],
  ['2026-03-23 20:12:51 UTC', 0],
  ['2026-03-23 20:12:51 utc', 0],
  ['2026-03-23T20:12:51+00:00', 0],
  ['2026-03-23T20:12:51-00:00', 0],
  [' 2026-03-23T20:12:51Z\n', 0],
  ['2026-03-24T20:11:51+23:59', 1439],
  ['2026-03-22T20:13:51-23:59', -1439],
  ['2026-03-24T01:57:51+05:45', 345],
]

test.each(forms)('rule 10: %j is a form of the same instant', (text, utcOffsetMinutes) => {
  const instant = '2026-03-23T20:12:51.000000Z'
  expect(readTime(text)).toStrictEqual({ instant, utcOffsetMinutes, hadOffset: true })
  expect(readTime(text, 'Asia/Tokyo')).toStrictEqual({ instant, utcOffsetMinutes, hadOffset: true })
  expect(readDate(text)).toEqual(new Date('2026-03-23T20:12:51Z'))
})

test.each([
  ['2026-03-23T20:12Z', '2026-03-23T20:12:00.000000Z'],
  ['2026-03-23T20:12:51.5Z', '2026-03-23T20:12:51.500000Z'],
  ['2026-03-23T20:12:51.473129Z', '2026-03-23T20:12:51.473129Z'],
  // Cut, not rounded: no time moves into the next second.
  ['2026-03-23T20:12:51.9999999Z', '2026-03-23T20:12:51.999999Z'],
  [`2026-03-23T20:12:51.${'9'.repeat(5_000)}Z`, '2026-03-23T20:12:51.999999Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999000Z'],
  ['2024-02-29T00:00:00+03:00', '2024-02-28T21:00:00.000000Z'],
])('rule 10: %j is the instant %s', (text, instant) => {
  expect(readTime(text)?.instant).toBe(instant)
})

test.each([
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000Z'],
  ['2016-12-31T23:59:60.25z', '2017-01-01T00:00:00.250000Z'],
  ['2016-12-31T15:59:60.000-08:00', '2017-01-01T00:00:00.000000Z'],
  ['2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00.000000Z'],
  ['1972-06-30T23:59:60Z', '1972-07-01T00:00:00.000000Z'],
  ['1960-06-30T23:59:60Z', '1960-07-01T00:00:00.000000Z'],
])('rule 10: the leap second %s is the first instant of the next day', (text, instant) => {
  expect(readTime(text)?.instant).toBe(instant)
})

test('a leap second without an offset must end the UTC day in the assumed zone', () => {
  expect(readTime('2016-12-31T18:59:60', 'America/New_York')?.instant).toBe('2017-01-01T00:00:00.000000Z')
  expect(readTime('2016-12-31T23:59:60', 'America/New_York')).toBeUndefined()
})

test.each([
  '',
  'yesterday',
  '1742760771',
  '2026-03-23',
  '20260323T201251Z',
  '2026-3-23T20:12:51Z',
  '2026-03-23T20Z',
  '2026-03-23T20:12:51.Z',
  '2026-03-23T20:12:51Zulu',
  '2026-03-23  20:12:51Z',
  '2026-03-23T24:00:00Z',
  '2026-03-23T25:00:00Z',
  '2026-03-23T20:60:00Z',
  '2026-03-23T20:12:60Z',
  '2026-03-23T23:59:61Z',
  '2026-03-23T23:59:60+01:00',
  '2026-02-29T20:12:51Z',
  '2026-04-31T20:12:51Z',
  '2026-00-10T20:12:51Z',
  '2026-13-10T20:12:51Z',
  '2026-01-00T20:12:51Z',
  '2026-03-23T10:00:00.000+03:99',
  '2026-03-23T10:00:00.000+03:60',
  '2026-03-23T10:00:00.000-0360',
  '2026-03-23T10:00:00.000+24:00',
  '2026-03-23T10:00:00.000+99:00',
  '2026-03-23T10:00:00.000+3:00',
  '2026-03-23T10:00:00.000+03:',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
  '9999-12-31T23:59:60Z',
  '10000-01-01T00:00:00Z',
  '+2026-01-01T00:00:00Z',
  'Mon, 23 Mar 2026 20:12:51 GMT',
  '２０２６-03-23T20:12:51Z',
])('rule 10: %j is no time', (text) => {
  expect(readTime(text)).toBeUndefined()
  expect(readDate(text)).toBeUndefined()
})

const s3Form = 'a date in the form of S3, of a day that exists or not, is what a time of the same text is'
test(s3Form, () => {
  const digits = (max: number, length: number) =>
    fc.integer({ min: 0, max }).map((number) => String(number).padStart(length, '0'))
  fc.assert(
    fc.property(
      fc.tuple(
        digits(9_999, 4),
        digits(13, 2),
        digits(32, 2),
        digits(25, 2),
        digits(61, 2),
        digits(61, 2),
        digits(999, 3),
      ),
      ([year, month, day, hour, minute, second, ms]) => {
        const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`
        const instant = readTime(text)?.instant
        expect(readDate(text)).toEqual(instant === undefined ? undefined : new Date(instant))
      },
    ),
    propertyOptions(s3Form, 2_000),
  )
  expect(readDate('2026-02-30T00:00:00.000Z')).toBeUndefined()
  expect(readDate('0000-01-01T00:00:00.000Z')).toBeUndefined()
})

const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, '0'))
const written = fc
  .tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1890, max: 2110 }) },
      fc.integer({ min: 0, max: 9999 }),
    ),
    two(13),
    two(32),
    fc.constantFrom('T', 't', ' '),
    two(24),
    two(60),
    fc.oneof({ weight: 9, arbitrary: two(61).map((second) => `:${second}`) }, fc.constant('')),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[.,]\d{1,30}$/)),
    fc.oneof(
      fc.constantFrom('Z', 'z', 'UTC', 'utc', ''),
      fc
        .tuple(
          fc.constantFrom('+', '-'),
          two(24),
          fc.constantFrom(':', ''),
          fc.oneof(two(61), fc.constant('')),
        )
        .map(([sign, hours, colon, minutes]) => `${sign}${hours}${minutes === '' ? '' : colon}${minutes}`),
    ),
  )
  .map(([year, month, day, t, hour, minute, second, fraction, offset]) => {
    const date = `${String(year).padStart(4, '0')}-${month}-${day}`
    return `${date}${t}${hour}:${minute}${second}${second === '' ? '' : fraction}${offset}`
  })
/** The end of a day of UTC, where a leap second may stand. */
const dayEnd = fc
  .tuple(
    fc.constantFrom('2016-12-31', '2015-06-30', '2026-02-28'),
    two(60).filter((second) => second > '57'),
  )
  .map(([date, second]) => `${date}T23:59:${second}Z`)

test('rule 10: every text is read like a simple parser of RFC 3339 reads it', () => {
  const name = 'rule 10: every text is read as a plain reading of RFC 3339 reads it'
  const same = fc.property(fc.oneof({ weight: 8, arbitrary: written }, dayEnd, fc.string()), (text) => {
    expect(readTime(text)?.instant).toBe(plainReading(text))
  })
  fc.assert(same, propertyOptions(name, 3_000))
})

/** Character by character and by the calendar's own arithmetic: no pattern and no `Date`. */
function plainReading(sent: string): string | undefined {
  const text = sent.trim().toUpperCase()
  let at = 0
  const digits = (count: number): number => {
    let number = 0
    for (const end = at + count; at < end; at += 1) {
      const digit = '0123456789'.indexOf(text.charAt(at) || 'x')
      number = digit < 0 ? Number.NaN : number * 10 + digit
    }
    return number
  }
  const skip = (...allowed: string[]): boolean => {
    const found = allowed.find((separator) => text.startsWith(separator, at))
    at += found?.length ?? 0
    return found !== undefined
  }
  const year = digits(4)
  if (!skip('-')) return undefined
  const month = digits(2)
  if (!skip('-')) return undefined
  const day = digits(2)
  if (!skip('T', ' ')) return undefined
  const hour = digits(2)
  if (!skip(':')) return undefined
  const minute = digits(2)
  const second = skip(':') ? digits(2) : 0
  let fraction = ''
  if (text.charAt(at - 3) === ':' && text.charAt(at - 6) === ':' && skip('.', ',')) {
    while (/^\d$/.test(text.charAt(at))) fraction += text.charAt(at++)
    if (fraction === '') return undefined
  }
  while (skip(' '));
  let offset = 0
  if (!skip('Z', 'UTC') && at < text.length) {
    const sign = skip('+') ? 1 : skip('-') ? -1 : Number.NaN
    const hours = digits(2)
    const minutes = at === text.length ? 0 : skip(':') ? digits(2) : digits(2)
    if (!(hours < 24 && minutes < 60)) return undefined
    offset = sign * (hours * 60 + minutes)
  }
  if (at !== text.length || Number.isNaN(offset)) return undefined
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return undefined
  if (!(hour < 24 && minute < 60 && second <= 60)) return undefined
  const seconds = dayNumber(year, month, day) * 86_400 + hour * 3_600 + (minute - offset) * 60 + second
  if (second === 60 && seconds % 86_400 !== 0) return undefined
  return writeSeconds(seconds, fraction)
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

function daysIn(year: number, month: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Days since the first of January of the year 0. */
function dayNumber(year: number, month: number, day: number): number {
  let days = day - 1
  for (let before = 1; before < month; before += 1) days += daysIn(year, before)
  const years = year - 1
  const leaps = year === 0 ? 0 : 1 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return year * 365 + leaps + days
}

function writeSeconds(seconds: number, fraction: string): string | undefined {
  let days = Math.floor(seconds / 86_400)
  let year = Math.floor(days / 366) - 1
  while (dayNumber(year + 1, 1, 1) <= days) year += 1
  if (year < 1 || year > 9999) return undefined
  days -= dayNumber(year, 1, 1)
  let month = 1
  while (days >= daysIn(year, month)) {
    days -= daysIn(year, month)
    month += 1
  }
  const ofDay = seconds - Math.floor(seconds / 86_400) * 86_400
  const clock = [Math.floor(ofDay / 3_600), Math.floor(ofDay / 60) % 60, ofDay % 60]
  const [date, time] = [[month, days + 1].map(pad).join('-'), clock.map(pad).join(':')]
  return `${String(year).padStart(4, '0')}-${date}T${time}.${`${fraction}000000`.slice(0, 6)}Z`
}

function pad(number: number): string {
  return String(number).padStart(2, '0')
}
