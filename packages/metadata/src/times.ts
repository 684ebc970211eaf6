/** An instant as UTC text of fixed width with microseconds, so that text order is time order. */
export type Instant = string

/** What a column holds of an instant: microseconds since 1970 where a double holds them exactly, otherwise the text. */
export type Moment = number | Instant

export type TimeReading = {
  instant: Instant
  /** Minutes east of UTC that the text was written with. */
  utcOffsetMinutes: number
  /** False when the text had no offset and the source's time zone (or UTC) was assumed. */
  hadOffset: boolean
}

const isoTime =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?$/

/**
 * Reads an ISO 8601 time (contract, section a.3): any offset, `Z`, or none, in which case `timeZone`
 * (an IANA name, UTC by default) is assumed. Undefined for anything else, for days that do not
 * exist, and for years that Postgres has no word for (0000).
 */
export function readTime(text: string, timeZone?: string): TimeReading | undefined {
  return readPlatformTime(text) ?? readAnyTime(text, timeZone)
}

function readAnyTime(text: string, timeZone: string | undefined): TimeReading | undefined {
  const parts = isoTime.exec(text.trim())
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second = '00', fraction = '', offset] = parts
  const localMs = Date.UTC(0, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const local = new Date(localMs)
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const exists =
    local.getUTCMonth() === Number(month) - 1 &&
    local.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60
  if (!exists) return undefined
  const utcOffsetMinutes =
    offset === undefined ? zoneOffsetMinutes(local.getTime(), timeZone) : readOffsetMinutes(offset)
  if (utcOffsetMinutes === undefined) return undefined
  const utc = new Date(local.getTime() - utcOffsetMinutes * 60_000)
  if (utc.getUTCFullYear() < 1 || utc.getUTCFullYear() > 9999) return undefined
  const instant = `${utc.toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`
  return { instant, utcOffsetMinutes, hadOffset: offset !== undefined }
}

/** `2026-03-23T20:12:51.000Z`, and with an offset such as `-07:00` for the Z. */
const utcFormLength = 24
const offsetFormLength = 29

/**
 * The two forms that the platform writes, `2026-03-23T13:12:51.000-07:00` and `2026-03-23T20:12:51.000Z`, as a number and
 * without a `Date`: a document has some sixty times, and reading them was the largest part of mapping it. Undefined for every
 * other form, and for years whose microseconds a double does not hold.
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

function readPlatformTime(text: string): TimeReading | undefined {
  const moment = readPlatformMoment(text)
  if (moment === undefined) return undefined
  return {
    instant: instantOfMoment(moment),
    utcOffsetMinutes: platformOffsetMinutes(text) ?? 0,
    hadOffset: true,
  }
}

function platformOffsetMinutes(text: string): number | undefined {
  const sign = text.charCodeAt(23)
  if (text.length === utcFormLength) return sign === letterZ ? 0 : undefined
  if (text.length !== offsetFormLength || text.charCodeAt(26) !== colon) return undefined
  const hours = twoDigits(text, 24)
  const minutes = twoDigits(text, 27)
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return undefined
  if (sign === minus) return -(hours * 60 + minutes)
  return sign === plus ? hours * 60 + minutes : undefined
}

const zero = 48
const plus = 43
const minus = 45
const point = 46
const colon = 58
const letterT = 84
const letterZ = 90

/** Negative where they are no digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - zero
  const ones = text.charCodeAt(at + 1) - zero
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

const minutesPerDay = 1440
/** `T13:12:`, for every minute of a day. */
const clockTexts = Array.from({ length: minutesPerDay }, (_, minute) => {
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60]
  return `T${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}:`
})
const dayMs = 86_400_000
const dayMicros = dayMs * 1_000

/** Days since 1970 by date (20260323) and back. The dates of a stream of documents are few; a stream of all dates starts over. */
const days = new Map<number, number>()
const dayTexts = new Map<number, string>()
const daysMax = 20_000
/** The times of a document are mostly of one day. */
let latest = { date: 0, day: 0 }
/** Before and after, microseconds since 1970, or since 2000 as Postgres counts, are more than a double holds exactly. */
const firstExactDate = 1715_01_01
const lastExactDate = 2254_12_31

/** Undefined for what is no day, for one that does not exist, and for one whose microseconds are not exact. */
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
  const midnight = readAnyTime(`${text.slice(0, 10)}T00:00:00Z`, undefined)
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

export type TimeReader = (text: string) => TimeReading | undefined

/** What `readTime` reads the text of this instant as. Undefined outside the years 1 to 9999. */
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

function readOffsetMinutes(offset: string): number | undefined {
  if (!/^[+-]/.test(offset)) return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '').slice(0, 2) || 0)
  if (minutes > 16 * 60) return undefined
  return offset.startsWith('-') ? -minutes : minutes
}

const zoneFormats = new Map<string, Intl.DateTimeFormat>()

/** The offset of a zone, in whole minutes also for the years before standard time, at a local wall-clock time; the earlier instant where the clock shows it twice. */
function zoneOffsetMinutes(localMs: number, timeZone: string | undefined): number {
  if (timeZone === undefined) return 0
  const before = offsetAt(localMs - 24 * 3_600_000, timeZone)
  const after = offsetAt(localMs + 24 * 3_600_000, timeZone)
  // The clock was not changed, as on nearly all days: a third call, of microseconds for each time, would change nothing.
  if (before === after) return before
  for (const offset of [before, after]) {
    if (offsetAt(localMs - offset * 60_000, timeZone) === offset) return offset
  }
  return before
}

function offsetAt(utcMs: number, timeZone: string): number {
  let format = zoneFormats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', year: 'numeric' })
    zoneFormats.set(timeZone, format)
  }
  // `1811, GMT-04:56:02`; telling its parts apart would take twice the time.
  const written = format.format(utcMs)
  return readOffsetMinutes(written.slice(written.lastIndexOf('GMT') + 3) || 'Z') ?? 0
}
