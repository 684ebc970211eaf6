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

const platformTime = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}[+-](?:0\d|1[0-4]):[0-5]\d$/

/**
 * The one form that the platform writes, `2026-03-23T13:12:51.000-07:00`, without a `Date`: a document has some sixty
 * times, and reading them was the largest part of mapping it. Undefined for every other form.
 */
function readPlatformTime(text: string): TimeReading | undefined {
  if (text.length !== 29 || !platformTime.test(text)) return undefined
  const localDay = dayOf(text.slice(0, 10))
  if (localDay === undefined) return undefined
  const size = digits(text, 24) * 60 + digits(text, 27)
  const utcOffsetMinutes = text.charCodeAt(23) === minus ? -size : size
  const minutes = localDay * minutesPerDay + digits(text, 11) * 60 + digits(text, 14) - utcOffsetMinutes
  const day = Math.floor(minutes / minutesPerDay)
  const minuteOfDay = minutes - day * minutesPerDay
  const hour = twoDigits[Math.floor(minuteOfDay / 60)]
  const minute = twoDigits[minuteOfDay % 60]
  return {
    instant: `${textOfDay(day)}T${hour}:${minute}:${text.slice(17, 23)}000Z`,
    utcOffsetMinutes,
    hadOffset: true,
  }
}

const minutesPerDay = 1440
const minus = 45
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
const dayMs = 86_400_000

function digits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528
}

/** Days since 1970 by date text and back. The dates of a stream of documents are few; a stream of all dates starts over. */
const days = new Map<string, number>()
const dayTexts = new Map<number, string>()
const daysMax = 20_000

/** Undefined for a day that does not exist, and at the ends of the calendar, where the offset could leave it. */
function dayOf(date: string): number | undefined {
  const known = days.get(date)
  if (known !== undefined) return known
  const midnight = readAnyTime(`${date}T00:00:00Z`, undefined)
  if (midnight === undefined || date <= '0001-01-02' || date >= '9999-12-30') return undefined
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
