import type { Activity } from './activity-reader.ts'
import type { HourCounts, HourLag, OutcomeCounts, Spread } from './overview-types.ts'
import { type Bin, newestOf } from './read-bins.ts'
import type { Delay } from './sample-delays.ts'

export type SourceActivity = {
  lastEventAt: Date | null
  lastSettledAt: Date | null
  lastLandedAt: Date | null
  /** Null if not all of it is known. */
  lastDay: OutcomeCounts | null
  dayBefore: OutcomeCounts | null
  lag: { lastHour: Spread | null; lastDay: Spread | null }
  freshness: { lastHour: Spread | null; lastDay: Spread | null }
}

const hourMs = 3_600_000

/** Days and hours begin with a bin, so up to ten minutes earlier. */
export function summarizeSource(activity: Activity, source: string, now: Date): SourceActivity {
  const bins = activity.bins.filter((one) => one.source === source)
  const knownMs = now.getTime() - activity.since.getTime()
  const last = (hours: number): Bin[] | null =>
    knownMs < hours * hourMs - hourMs / 4 ? null : bins.filter((one) => ageMs(one, now) < hours * hourMs)
  const day = last(24)
  const twoDays = last(48)
  const [hourDelays, dayDelays] = [last(1), day].map((some) => some?.flatMap((one) => one.delays) ?? [])
  return {
    lastEventAt: newestOf(bins.map((one) => one.lastEventAt)),
    lastSettledAt: newestOf(bins.map((one) => one.lastSettledAt)),
    lastLandedAt: newestOf(bins.map((one) => one.lastLandedAt)),
    lastDay: day && sumOutcomes(day),
    dayBefore: twoDays && sumOutcomes(twoDays.filter((one) => ageMs(one, now) >= 24 * hourMs)),
    lag: { lastHour: lagOf(hourDelays ?? []), lastDay: lagOf(dayDelays ?? []) },
    freshness: { lastHour: freshnessOf(hourDelays ?? []), lastDay: freshnessOf(dayDelays ?? []) },
  }
}

/** By clock hour (UTC), the oldest first. */
export function countByHour({ bins }: Activity): HourCounts[] {
  const hours = Map.groupBy(bins, ({ at, source }) => `${at.toISOString().slice(0, 13)} ${source}`)
  return [...hours.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    const hour = new Date(first.at)
    hour.setUTCMinutes(0, 0, 0)
    const landed = own.reduce((sum, one) => sum + one.landed, 0)
    return [{ hour, source: first.source, outcomes: sumOutcomes(own), landed }]
  })
}

/** By clock hour (UTC), for each source and for all together. */
export function lagsByHour({ bins }: Activity): HourLag[] {
  const hours = Map.groupBy(bins, ({ at }) => at.toISOString().slice(0, 13))
  return [...hours].flatMap(([hour, own]) => {
    const at = new Date(`${hour}:00:00Z`)
    const bySource = Map.groupBy(own, ({ source }) => source)
    return [[null, own] as const, ...bySource].flatMap(([source, some]) => {
      const lag = lagOf(some.flatMap(({ delays }) => delays))
      return lag === null ? [] : [{ hour: at, source, lag }]
    })
  })
}

function ageMs({ at }: Bin, now: Date): number {
  return now.getTime() - at.getTime()
}

function sumOutcomes(bins: readonly Bin[]): OutcomeCounts {
  const sums: OutcomeCounts = {}
  for (const { outcomes } of bins) {
    for (const [outcome, objects] of Object.entries(outcomes)) {
      // The keys are outcomes, because the object was made from them.
      const name = outcome as keyof OutcomeCounts
      sums[name] = (sums[name] ?? 0) + objects
    }
  }
  return sums
}

function lagOf(delays: readonly Delay[]): Spread | null {
  return spreadOf(delays.map(({ weight, lagSeconds }) => ({ weight, seconds: lagSeconds })))
}

function freshnessOf(delays: readonly Delay[]): Spread | null {
  return spreadOf(
    delays.flatMap(({ weight, freshnessSeconds: seconds }) =>
      seconds === null ? [] : [{ weight, seconds }],
    ),
  )
}

type Weighted = { weight: number; seconds: number }

function spreadOf(values: readonly Weighted[]): Spread | null {
  const sorted = values.toSorted((one, other) => one.seconds - other.seconds)
  const count = sorted.reduce((sum, one) => sum + one.weight, 0)
  if (count === 0) return null
  return { count, p50Seconds: quantileOf(sorted, count * 0.5), p95Seconds: quantileOf(sorted, count * 0.95) }
}

function quantileOf(sorted: readonly Weighted[], rank: number): number {
  let reached = 0
  for (const { weight, seconds } of sorted) {
    reached += weight
    if (reached >= rank) return seconds
  }
  return sorted.at(-1)?.seconds ?? 0
}
