/** An instant as UTC text of fixed width with microseconds, so that text order is time order. */
export type Instant = string

export type TimeResult = {
  instant: Instant
  /** The offset in the text, in minutes east of UTC. */
  utcOffsetMinutes: number
  /** False if the text had no offset and `timeZone` (or UTC) was assumed. */
  hadOffset: boolean
}

const form =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i
const dayMs = 86_400_000

/**
 * The only parser of times from outside: documents, messages, inventories, arguments. Accepts RFC 3339 and similar forms:
 * letters in either case, a space for the T, no seconds, a comma, an offset without its colon or minutes, `UTC`, or no
 * offset, in which case `timeZone` (an IANA name, UTC by default) is assumed. Fractions are cut to microseconds, never
 * rounded, so that no time moves into the next second. A second of 60 is a leap second at the end of a UTC day, and is read as
 * the first instant of the next day. Undefined for anything else: hour 24, offsets of 24 hours or more or with more than 59
 * minutes, days that do not exist, and the year 0000, which Postgres does not have.
 */
export function readTime(text: string, timeZone?: string): TimeResult | undefined {
  const parts = form.exec(text.trim())
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second = '00', fraction = '', offset] = parts
  const isLeapSecond = second === '60'
  const local = localMs([year, month, day, hour, minute, isLeapSecond ? '59' : second].map(Number))
  if (local === undefined) return undefined
  const utcOffsetMinutes =
    offset === undefined ? zoneOffsetMinutes(local, timeZone) : readOffsetMinutes(offset)
  if (utcOffsetMinutes === undefined) return undefined
  const utcMs = local - utcOffsetMinutes * 60_000 + (isLeapSecond ? 1_000 : 0)
  if (isLeapSecond && utcMs % dayMs !== 0) return undefined
  const utc = new Date(utcMs)
  if (utc.getUTCFullYear() < 1 || utc.getUTCFullYear() > 9999) return undefined
  const instant = `${utc.toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`
  return { instant, utcOffsetMinutes, hadOffset: offset !== undefined }
}

/** The form of S3, which is in every message several times. JavaScript parses it itself, in a tenth of the time. */
const dateForm = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** `readTime` as a Date, to the millisecond. Times without an offset are UTC. */
export function readDate(text: string): Date | undefined {
  if (dateForm.test(text)) {
    const date = new Date(text)
    // JavaScript turns a day that does not exist into another day.
    if (!Number.isNaN(date.getTime()) && date.toISOString() === text) return date
  }
  const result = readTime(text)
  return result === undefined ? undefined : new Date(result.instant)
}

function localMs([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: number[]):
  | number
  | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const local = new Date(0)
  local.setUTCFullYear(year, month - 1, day)
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined
  return local.setUTCHours(hour, minute, second)
}

/** `-00:00` is 0, not the zero below it. */
function readOffsetMinutes(offset: string): number | undefined {
  if (!/^[+-]/.test(offset)) return 0
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(3).replace(':', '').slice(0, 2))
  if (hours > 23 || minutes > 59) return undefined
  return offset.startsWith('-') ? 0 - (hours * 60 + minutes) : hours * 60 + minutes
}

const zoneFormats = new Map<string, Intl.DateTimeFormat>()

/**
 * The offset of a zone at a local wall-clock time, in whole minutes even before standard time. If the clock shows the time
 * twice, the offset of the earlier instant.
 */
function zoneOffsetMinutes(local: number, timeZone: string | undefined): number {
  if (timeZone === undefined) return 0
  const before = offsetAt(local - dayMs, timeZone)
  const after = offsetAt(local + dayMs, timeZone)
  // The clock did not change, as on nearly all days, so a third call of some microseconds is not needed.
  if (before === after) return before
  for (const offset of [before, after]) {
    if (offsetAt(local - offset * 60_000, timeZone) === offset) return offset
  }
  return before
}

function offsetAt(utcMs: number, timeZone: string): number {
  let format = zoneFormats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', year: 'numeric' })
    zoneFormats.set(timeZone, format)
  }
  // `1811, GMT-04:56:02`. `formatToParts` would take twice the time.
  const written = format.format(utcMs)
  return readOffsetMinutes(written.slice(written.lastIndexOf('GMT') + 3) || 'Z') ?? 0
}
