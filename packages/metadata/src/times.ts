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
