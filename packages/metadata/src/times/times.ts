import { type Instant, readTime as readAnyTime, type TimeResult } from '@aftercall/runtime/text/read-time'

export type { Instant, TimeResult }

/** An instant in a column: microseconds since 1970 if a double holds them exactly, otherwise text. */
export type Moment = number | Instant

/** Reads a time like `@aftercall/runtime/text/read-time`, but the platform's own forms faster. */
export function readTime(text: string, timeZone?: string): TimeResult | undefined {
  return readPlatformTime(text) ?? readAnyTime(text, timeZone)
}

/** `2026-03-23T20:12:51.000Z`, and the same with an offset such as `-07:00` instead of the Z. */
const utcFormLength = 24
const offsetFormLength = 29

/**
 * Reads the two forms that the platform writes, `2026-03-23T13:12:51.000-07:00` and `2026-03-23T20:12:51.000Z`, as a number and
 * without a `Date`: a document has about sixty times, and reading them was the largest part of mapping it. Undefined for every
 * other form, and for years whose microseconds a double cannot hold.
 */
export function readPlatformMoment(text: string): number | undefined {
  if (text.charCodeAt(10) !== letterT || text.charCodeAt(19) !== point) return undefined
  if (text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon) return undefined
  const day = dayOf(text)
  const offsetMinutes = platformOffsetMinutes(text)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  const hundredths = twoDigits(text, 20)
  const thousandths = text.charCodeAt(22) - zero
  if (day === undefined || offsetMinutes === undefined || hour > 23 || minute > 59 || second > 59)
    return undefined
  if (!((hour | minute | second | hundredths) >= 0 && thousandths >= 0 && thousandths <= 9)) return undefined
  const minutes = day * minutesPerDay + hour * 60 + minute - offsetMinutes
  return ((minutes * 60 + second) * 1_000 + hundredths * 10 + thousandths) * 1_000
}

function readPlatformTime(text: string): TimeResult | undefined {
  const moment = readPlatformMoment(text)
  if (moment === undefined) return undefined
  return {
    instant: instantOfMoment(moment),
    utcOffsetMinutes: platformOffsetMinutes(text) ?? 0,
    hadOffset: true,
  }
}

/** The offset of a time in one of the platform's two forms. */
export function platformOffsetMinutes(text: string): number | undefined {
  const sign = text.charCodeAt(23)
  if (text.length === utcFormLength) return sign === letterZ ? 0 : undefined
  if (text.length !== offsetFormLength || text.charCodeAt(26) !== colon) return undefined
  const hours = twoDigits(text, 24)
  const minutes = twoDigits(text, 27)
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return undefined
  if (sign === minus) return 0 - (hours * 60 + minutes)
  return sign === plus ? hours * 60 + minutes : undefined
}

const zero = 48
const plus = 43
const minus = 45
const point = 46
const colon = 58
const letterT = 84
const letterZ = 90

/** Negative if they are not digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - zero
  const ones = text.charCodeAt(at + 1) - zero
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

const minutesPerDay = 1440
/** `T13:12:` for every minute of a day. */
const clockTexts = Array.from({ length: minutesPerDay }, (_, minute) => {
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60]
  return `T${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}:`
})
const dayMs = 86_400_000
const dayMicros = dayMs * 1_000

/** Days since 1970 by date (20260323), and the reverse. A stream of documents has few different dates. If it has many, the caches are cleared. */
const days = new Map<number, number>()
const dayTexts = new Map<number, string>()
const daysMax = 20_000
/** Most times of a document are on the same day. */
let latest = { date: 0, day: 0 }
/** Outside this range, a double does not hold microseconds since 1970, or since 2000 as in Postgres, exactly. */
const firstExactDate = 1715_01_01
const lastExactDate = 2254_12_31

/** Undefined if the text is not a day, the day does not exist, or its microseconds are not exact. */
function dayOf(text: string): number | undefined {
  const century = twoDigits(text, 0)
  const year = twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const dayOfMonth = twoDigits(text, 8)
  if ((century | year | month | dayOfMonth) < 0) return undefined
  if (text.charCodeAt(4) !== minus || text.charCodeAt(7) !== minus) return undefined
  const date = ((century * 100 + year) * 100 + month) * 100 + dayOfMonth
  if (date === latest.date) return latest.day
  const known = days.get(date) ?? readDay(text, date)
  if (known !== undefined) latest = { date, day: known }
  return known
}

function readDay(text: string, date: number): number | undefined {
  const midnight = readAnyTime(`${text.slice(0, 10)}T00:00:00Z`)
  if (midnight === undefined || date < firstExactDate || date > lastExactDate) return undefined
  if (days.size >= daysMax) days.clear()
  const day = Math.round(Date.parse(midnight.instant) / dayMs)
  days.set(date, day)
  return day
}

function textOfDay(day: number): string {
  const known = dayTexts.get(day)
  if (known !== undefined) return known
  if (dayTexts.size >= daysMax) dayTexts.clear()
  const text = new Date(day * dayMs).toISOString().slice(0, 10)
  dayTexts.set(day, text)
  return text
}

export type TimeReader = (text: string) => TimeResult | undefined

/** The instant of a Date, in the form of `readTime`. Undefined outside the years 1 to 9999. */
export function instantOf(date: Date): Instant | undefined {
  const ms = date.getTime()
  const day = Math.floor(ms / dayMs)
  return day >= firstDay && day <= lastDay ? writeInstant(day, (ms - day * dayMs) * 1_000) : undefined
}

const firstDay = Date.parse('0001-01-01T00:00:00Z') / dayMs
const lastDay = Date.parse('9999-12-31T00:00:00Z') / dayMs

export function instantOfMoment(moment: Moment): Instant {
  if (typeof moment === 'string') return moment
  const day = Math.floor(moment / dayMicros)
  return writeInstant(day, moment - day * dayMicros)
}

function writeInstant(day: number, microsOfDay: number): Instant {
  const minute = Math.floor(microsOfDay / 60_000_000)
  const microsOfMinute = String(100_000_000 + microsOfDay - minute * 60_000_000)
  return `${textOfDay(day)}${clockTexts[minute]}${microsOfMinute.slice(1, 3)}.${microsOfMinute.slice(3)}Z`
}
