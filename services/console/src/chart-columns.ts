import type { HourLag, OutcomeCounts, Overview, Spread } from '@aftercall/warehouse/console/overview-types'
import type { Minute } from '@aftercall/warehouse/console/read-minutes'
import type { SessionDay } from '@aftercall/warehouse/console/read-session-days'
import { countObjects, outcomes } from './views/outcome-words.ts'

export const chartSpans = ['1h', '24h', '48h', '60d'] as const
export type ChartSpan = (typeof chartSpans)[number]

/** A minute, an hour, or a day. It is unknown if reading it took too long. */
export type Column = {
  at: Date
  counts: OutcomeCounts
  objects: number
  isKnown: boolean
  lag: Spread | null
}

/** `source`: null for all. The columns of 60 days count sessions by local day, all others objects by the time at which they ended. */
export type ActivityChart = { span: ChartSpan; source: string | null; columns: Column[] }

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** Every hour of the span, including those without objects. */
export function columnsOfHours(
  { hours, lags, readAt, tookTooLong }: Pick<Overview, 'hours' | 'lags' | 'readAt' | 'tookTooLong'>,
  count: number,
  source: string | null,
): Column[] {
  const last = Math.floor(readAt.getTime() / hourMs)
  const firstKnown = tookTooLong.includes('activity') ? (hours[0]?.hour.getTime() ?? readAt.getTime()) : 0
  const own = hours.filter((one) => source === null || one.source === source)
  const ownLags = lags.filter((one) => one.source === source)
  return Array.from({ length: count }, (_, index) => {
    const ms = (last - count + 1 + index) * hourMs
    const isThen = ({ hour }: { hour: Date }): boolean => Math.floor(hour.getTime() / hourMs) * hourMs === ms
    const counts = sumCounts(own.filter(isThen).map((one) => one.outcomes))
    return columnOf(ms, counts, ms >= firstKnown, ownLags.find((one: HourLag) => isThen(one))?.lag ?? null)
  })
}

/** The last 60 minutes. */
export function columnsOfMinutes(minutes: readonly Minute[] | null, now: Date): Column[] {
  const found = new Map((minutes ?? []).map((one) => [one.at.getTime(), one]))
  const last = Math.floor(now.getTime() / minuteMs) * minuteMs
  return Array.from({ length: 60 }, (_, index) => {
    const ms = last - (59 - index) * minuteMs
    const one = found.get(ms)
    return columnOf(ms, one?.outcomes ?? {}, minutes !== null, one?.lag ?? null)
  })
}

export const daysShown = 60

export function columnsOfDays(days: readonly SessionDay[], now: Date): Column[] {
  const found = new Map(days.map(({ day, sessions }) => [day, sessions]))
  const last = Math.floor(now.getTime() / dayMs) * dayMs
  return Array.from({ length: daysShown }, (_, index) => {
    const ms = last - (daysShown - 1 - index) * dayMs
    const sessions = found.get(new Date(ms).toISOString().slice(0, 10)) ?? 0
    return columnOf(ms, { stored: sessions }, true, null)
  })
}

function columnOf(ms: number, counts: OutcomeCounts, isKnown: boolean, lag: Spread | null): Column {
  return { at: new Date(ms), counts, objects: countObjects(counts), isKnown, lag }
}

export function sumCounts(parts: readonly OutcomeCounts[]): OutcomeCounts {
  return Object.fromEntries(
    outcomes.map((outcome) => [outcome, parts.reduce((sum, part) => sum + (part[outcome] ?? 0), 0)]),
  )
}
