/** An instant as UTC text of fixed width with microseconds, so that text order is time order. */
export type Instant = string

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

/** `0` stands for a digit, `+` for a sign. */
const platformForm = '0000-00-00T00:00:00.000+00:00'
const platformFormUtc = '0000-00-00T00:00:00.000Z'

/**
 * The two forms that the platform writes, `2026-03-23T13:12:51.000-07:00` and `2026-03-23T20:12:51.000Z`, without a
 * `Date`: a document has some sixty times, and reading them was the largest part of mapping it. Undefined for every other.
 */
function readPlatformTime(text: string): TimeReading | undefined {
  if (!hasForm(text, platformForm) && !hasForm(text, platformFormUtc)) return undefined
  const localDay = dayOf(text)
  const utcOffsetMinutes = platformOffsetMinutes(text)
  const hour = digits(text, 11)
  const minute = digits(text, 14)
  if (localDay === undefined || utcOffsetMinutes === undefined || hour > 23 || minute > 59) return undefined
  if (digits(text, 17) > 59) return undefined
  const minutes = localDay * minutesPerDay + hour * 60 + minute - utcOffsetMinutes
  const day = Math.floor(minutes / minutesPerDay)
  const clock = clockTexts[minutes - day * minutesPerDay]
  return {
    instant: `${textOfDay(day)}${clock}${text.slice(17, 23)}000Z`,
    utcOffsetMinutes,
    hadOffset: true,
  }
}

function platformOffsetMinutes(text: string): number | undefined {
  if (text.length === platformFormUtc.length) return 0
  const hours = digits(text, 24)
  const minutes = digits(text, 27)
  if (hours > 14 || minutes > 59) return undefined
  return text.charCodeAt(23) === minus ? -(hours * 60 + minutes) : hours * 60 + minutes
}

const zero = 48
const nine = 57
const plus = 43
const minus = 45

function hasForm(text: string, form: string): boolean {
  if (text.length !== form.length) return false
  for (let at = 0; at < form.length; at += 1) {
    const code = text.charCodeAt(at)
    const wanted = form.charCodeAt(at)
    if (wanted === zero ? code < zero || code > nine : code !== wanted && (wanted !== plus || code !== minus))
      return false
  }
  return true
}

const minutesPerDay = 1440
/** `T13:12:`, for every minute of a day. */
const clockTexts = Array.from({ length: minutesPerDay }, (_, minute) => {
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60]
  return `T${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}:`
})
const dayMs = 86_400_000

function digits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528
}

/** Days since 1970 by date (20260323) and back. The dates of a stream of documents are few; a stream of all dates starts over. */
const days = new Map<number, number>()
const dayTexts = new Map<number, string>()
const daysMax = 20_000

/** Undefined for a day that does not exist, and at the ends of the calendar, where the offset could leave it. */
function dayOf(text: string): number | undefined {
  const date = ((digits(text, 0) * 100 + digits(text, 2)) * 100 + digits(text, 5)) * 100 + digits(text, 8)
  const known = days.get(date)
  if (known !== undefined) return known
  const midnight = readAnyTime(`${text.slice(0, 10)}T00:00:00Z`, undefined)
  if (midnight === undefined || date <= 1_01_02 || date >= 9999_12_30) return undefined
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

/** `readTime` that remembers: the times of one document repeat, from row to row and from pass to pass. */
export function createTimeReader(timeZone: string | undefined): TimeReader {
  const known = new Map<string, TimeReading | undefined>()
  return (text) => {
    const reading = known.get(text)
    if (reading !== undefined || known.has(text)) return reading
    const fresh = readTime(text, timeZone)
    known.set(text, fresh)
    return fresh
  }
}

/** What `readTime` reads the text of this instant as. Undefined outside the years 1 to 9999. */
export function instantOf(date: Date): Instant | undefined {
  const ms = date.getTime()
  const day = Math.floor(ms / dayMs)
  if (!(day >= firstDay && day <= lastDay)) return undefined
  const msOfDay = ms - day * dayMs
  const minute = Math.floor(msOfDay / 60_000)
  const msOfMinute = String(100_000 + msOfDay - minute * 60_000)
  return `${textOfDay(day)}${clockTexts[minute]}${msOfMinute.slice(1, 3)}.${msOfMinute.slice(3)}000Z`
}

const firstDay = Date.parse('0001-01-01T00:00:00Z') / dayMs
const lastDay = Date.parse('9999-12-31T00:00:00Z') / dayMs

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
  const name = format.formatToParts(utcMs).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  return readOffsetMinutes(name.slice(3) || 'Z') ?? 0
}
