import type { Formats } from './formats.ts'

export type FormatWords = {
  /** Of a time that is less than two seconds away. */
  justNow: string
  tookTooLong: string
  about(number: string): string
  /** Of a share that would be rounded to nothing. */
  under(share: string): string
  comma: string
  clause: string
}

const secondMs = 1_000
const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000
const byteUnits = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Numbers, times and units as `Intl` writes them in a language. */
export function intlFormats(tag: string, words: FormatWords): Formats {
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 })
  const compact = new Intl.NumberFormat(tag, { notation: 'compact', maximumSignificantDigits: 3 })
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 })
  const relative = new Intl.RelativeTimeFormat(tag, { style: 'short' })
  const month = new Intl.DateTimeFormat(tag, { month: 'short', timeZone: 'UTC' })
  const number = (value: number): string => whole.format(value)
  const short = (value: number): string => spaced(compact.format(value))
  const unit = (value: number, name: string, digits = 0): string => {
    const style = { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits } as const
    return spaced(new Intl.NumberFormat(tag, style).format(value))
  }
  return {
    ...{ number, short, comma: words.comma, clause: words.clause, weekdays: weekdaysIn(tag) },
    share: (share) => {
      if (share > 0 && share < 0.001) return words.under(percent.format(0.001))
      return percent.format(share >= 1 ? 1 : Math.min(0.999, Math.max(0, share)))
    },
    bounded: (counted) => {
      if (counted === null) return words.tookTooLong
      const { count, about } = counted
      return about ? words.about(count < 1e6 ? number(count) : short(count)) : number(count)
    },
    bytes: (bytes) => formatBytes(bytes, unit),
    duration: (ms) => formatDuration(ms, unit),
    span: (minutes) => {
      if (minutes < 120) return unit(minutes, 'minute')
      return minutes < 2_880
        ? unit(Math.floor(minutes / 60), 'hour')
        : unit(Math.floor(minutes / 1_440), 'day')
    },
    ago: (at, now) => {
      const ms = now.getTime() - at.getTime()
      if (ms < 2_000 && ms >= -minuteMs) return words.justNow
      return spaced(formatRelative(ms, relative))
    },
    month: (day) => spaced(month.format(day)),
  }
}

type Unit = (value: number, name: string, digits?: number) => string

/** Powers of 1,000. */
function formatBytes(bytes: number, unit: Unit): string {
  if (bytes < 1_000) return unit(Math.round(bytes), 'byte')
  // 999.95 would be shown as 1000.0.
  const power = byteUnits.findIndex((_, at) => bytes / 1_000 ** (at + 1) < 999.95)
  const at = power === -1 ? byteUnits.length - 1 : power
  return unit(bytes / 1_000 ** (at + 1), byteUnits[at] ?? 'byte', 1)
}

/** Rounded to what a person needs: two units at most. */
function formatDuration(ms: number, unit: Unit): string {
  const seconds = ms / secondMs
  if (Math.round(ms) < secondMs) return unit(Math.round(ms), 'millisecond')
  if (seconds < 9.95) return unit(seconds, 'second', 1)
  if (seconds < 90) return unit(Math.round(seconds), 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return unit(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return withRest(unit(hours, 'hour'), minutes % 60, 'minute')
  return withRest(unit(Math.floor(hours / 24), 'day'), hours % 24, 'hour')

  function withRest(most: string, rest: number, name: string): string {
    return rest === 0 ? most : `${most} ${unit(rest, name)}`
  }
}

function formatRelative(ms: number, relative: Intl.RelativeTimeFormat): string {
  const age = Math.abs(ms)
  const [size, unit] =
    age < 90_000
      ? ([secondMs, 'second'] as const)
      : age < 90 * minuteMs
        ? ([minuteMs, 'minute'] as const)
        : age < 48 * hourMs
          ? ([hourMs, 'hour'] as const)
          : ([dayMs, 'day'] as const)
  return relative.format(-Math.sign(ms) * Math.floor(age / size), unit)
}

/** From Monday on. */
function weekdaysIn(tag: string): string[] {
  const weekday = new Intl.DateTimeFormat(tag, { weekday: 'short', timeZone: 'UTC' })
  const mondayMs = Date.UTC(2024, 0, 1)
  return Array.from({ length: 7 }, (_, at) => weekday.format(new Date(mondayMs + at * dayMs)))
}

/** A space between Chinese characters and letters or digits. */
function spaced(text: string): string {
  return text
    .replaceAll(/([\p{Script=Han}])([A-Za-z0-9])/gu, '$1 $2')
    .replaceAll(/([A-Za-z0-9])([\p{Script=Han}])/gu, '$1 $2')
}
