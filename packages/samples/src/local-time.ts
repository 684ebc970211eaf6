const minuteSeconds = 60
const quarterHourSeconds = 900
const daySeconds = 86_400
// Two entries per day and zone. For a sample that spans years, the cache is cleared instead of growing.
const cacheEntriesMax = 20_000

type ZoneOffsets = {
  format: Intl.DateTimeFormat
  /** Minutes by UTC day. NaN if the offset changes within that day. */
  byDay: Map<number, number>
  byQuarterHour: Map<number, number>
}

const zones = new Map<string, ZoneOffsets>()
const dayTexts = new Map<number, string>()
const offsetTexts = new Map<number, string>()
const twoDigitTexts = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** A time as the platform writes it, in the tenant's zone: `2026-03-23T13:12:51.000-07:00` (contract a.3). */
export function localTimeText(timeZone: string, atSeconds: number): string {
  const offsetMinutes = offsetMinutesAt(timeZone, atSeconds)
  const localSeconds = atSeconds + offsetMinutes * minuteSeconds
  const day = Math.floor(localSeconds / daySeconds)
  const second = localSeconds - day * daySeconds
  const hour = twoDigits(Math.floor(second / 3600))
  const minute = twoDigits(Math.floor((second % 3600) / 60))
  return `${dayText(day)}T${hour}:${minute}:${twoDigits(second % 60)}.000${offsetText(offsetMinutes)}`
}

/** The folder of an object key for that local day: `2026/03/23`. */
export function localDayFolder(timeZone: string, atSeconds: number): string {
  return localTimeText(timeZone, atSeconds).slice(0, 10).replaceAll('-', '/')
}

/** Hour of the day (0-23) and day of the week (0 is Sunday) on the tenant's wall clock. */
export function localClock(timeZone: string, atSeconds: number): { hour: number; weekday: number } {
  const localSeconds = atSeconds + offsetMinutesAt(timeZone, atSeconds) * minuteSeconds
  const day = Math.floor(localSeconds / daySeconds)
  // 1970-01-01 was a Thursday.
  return { hour: Math.floor((localSeconds - day * daySeconds) / 3600), weekday: (((day + 4) % 7) + 7) % 7 }
}

/** The instant (epoch seconds) at which a local calendar day begins; `isoDate` is `2026-03-02`. */
export function localMidnight(timeZone: string, isoDate: string): number {
  const utcSeconds = Date.parse(`${isoDate}T00:00:00Z`) / 1000
  if (Number.isNaN(utcSeconds)) throw new Error(`not an ISO date: ${isoDate}`)
  const guess = utcSeconds - offsetMinutesAt(timeZone, utcSeconds) * minuteSeconds
  return utcSeconds - offsetMinutesAt(timeZone, guess) * minuteSeconds
}

/** Offset from UTC in minutes, east positive. */
export function offsetMinutesAt(timeZone: string, atSeconds: number): number {
  const zone = zoneOffsets(timeZone)
  const day = Math.floor(atSeconds / daySeconds)
  let minutes = zone.byDay.get(day)
  if (minutes === undefined) {
    const first = askIntl(zone, day * daySeconds)
    const last = askIntl(zone, (day + 1) * daySeconds - 1)
    minutes = remember(zone.byDay, day, first === last ? first : Number.NaN)
  }
  return Number.isNaN(minutes) ? offsetOfQuarterHour(zone, atSeconds) : minutes
}

function offsetOfQuarterHour(zone: ZoneOffsets, atSeconds: number): number {
  const quarterHour = Math.floor(atSeconds / quarterHourSeconds)
  const known = zone.byQuarterHour.get(quarterHour)
  if (known !== undefined) return known
  return remember(zone.byQuarterHour, quarterHour, askIntl(zone, quarterHour * quarterHourSeconds))
}

function remember<T>(cache: Map<number, T>, key: number, value: T): T {
  if (cache.size >= cacheEntriesMax) cache.clear()
  cache.set(key, value)
  return value
}

function zoneOffsets(timeZone: string): ZoneOffsets {
  let zone = zones.get(timeZone)
  if (zone === undefined) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    zone = { format, byDay: new Map(), byQuarterHour: new Map() }
    zones.set(timeZone, zone)
  }
  return zone
}

function askIntl(zone: ZoneOffsets, atSeconds: number): number {
  const parts = zone.format.formatToParts(atSeconds * 1000)
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const match = /^GMT(?:([+-])(\d{2}):(\d{2}))?$/.exec(name)
  if (match === null) throw new Error(`no offset in "${name}"`)
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)
  return match[1] === '-' ? -minutes : minutes
}

// A document has about eighty times. A Date for each would cost more than everything except the JSON itself.
function dayText(day: number): string {
  const known = dayTexts.get(day)
  return known ?? remember(dayTexts, day, new Date(day * daySeconds * 1000).toISOString().slice(0, 10))
}

function offsetText(offsetMinutes: number): string {
  const known = offsetTexts.get(offsetMinutes)
  if (known !== undefined) return known
  const size = Math.abs(offsetMinutes)
  const text = `${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`
  return remember(offsetTexts, offsetMinutes, (offsetMinutes < 0 ? '-' : '+') + text)
}

function twoDigits(number: number): string {
  return twoDigitTexts[number] ?? String(number)
}
