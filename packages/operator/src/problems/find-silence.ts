import type { HourCounts, Overview, SourceOverview } from '@aftercall/warehouse/console/overview-types'
import type { FoundProblem } from './found-problem.ts'
import type { ProblemThresholds } from './problem.ts'

/** If fewer arrived in the same time a day before, silence is usual. */
const expectedMin = 10
const dayMinutes = 1_440

/** Contact centers are silent at night, so a source is compared with the same time of the day before. */
export function findSilence(
  source: SourceOverview,
  overview: Overview,
  { quietMinutes }: ProblemThresholds,
): FoundProblem[] {
  const { source: name, lastLandedAt, lastSettledAt } = source
  const common = { source: name, place: `s3://${source.bucket}/${source.prefix}` }
  if (lastSettledAt === null) return [{ ...common, code: 'source_empty', severity: 'notice' }]
  const isKnown = !overview.tookTooLong.includes('activity')
  if (lastLandedAt === null && isKnown && isWithinTwoDays(lastSettledAt, overview))
    return [{ ...common, code: 'source_not_announced', severity: 'notice' }]
  const since = lastLandedAt ?? lastSettledAt
  const minutes = Math.floor((overview.readAt.getTime() - since.getTime()) / 60_000)
  if (minutes < quietMinutes) return []
  const expectedObjects = Math.round(landedADayBefore(overview.hours, name, since, overview.readAt))
  const silent = { ...common, code: 'source_silent', minutes } as const
  if (expectedObjects >= expectedMin) return [{ ...silent, severity: 'critical', expectedObjects }]
  if (minutes < dayMinutes) return []
  const severity = minutes < 14 * dayMinutes ? 'warning' : 'notice'
  return [{ ...silent, severity, expectedObjects: null }]
}

const hourMs = 3_600_000

/** Older times come from the sessions, which do not say whether their objects were announced. */
function isWithinTwoDays(at: Date, { readAt }: Overview): boolean {
  return readAt.getTime() - at.getTime() < 48 * hourMs
}

/** An hour counts in proportion to how much of it overlaps with the silence, one day earlier. */
function landedADayBefore(hours: readonly HourCounts[], source: string, since: Date, now: Date): number {
  const [from, to] = [since.getTime() - 24 * hourMs, now.getTime() - 24 * hourMs]
  return hours
    .filter((one) => one.source === source)
    .reduce((sum, { hour, landed }) => {
      const overlapMs = Math.min(to, hour.getTime() + hourMs) - Math.max(from, hour.getTime())
      return sum + (landed * Math.max(0, overlapMs)) / hourMs
    }, 0)
}
