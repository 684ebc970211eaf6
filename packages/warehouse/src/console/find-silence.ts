import type { HourCounts, Overview, SourceOverview } from './overview.ts'
import type { Problem, ProblemThresholds } from './problems.ts'
import { counted, formatSpan } from './tell-amount.ts'

/** Fewer than these in the same span a day ago do not make a silence conspicuous. */
const expectedMin = 10

/** Contact centers are silent at night, so the same time of the day before tells what is usual. */
export function findSilence(
  source: SourceOverview,
  overview: Overview,
  { quietMinutes }: ProblemThresholds,
): Problem[] {
  const { source: name, lastLandedAt, lastSettledAt } = source
  const place = `s3://${source.bucket}/${source.prefix}`
  const common = { about: 'sources' as const, sources: [name], command: 'aftercall doctor' }
  const runbookAnchor = 'lost-events-and-loading-a-source-again'
  if (lastSettledAt === null) {
    const whatToDo = `Files that land in ${place} appear here. If files did land: check whether the bucket announces them.`
    return [
      { ...common, severity: 'notice', what: `${name}: nothing has come yet.`, whatToDo, runbookAnchor },
    ]
  }
  if (
    lastLandedAt === null &&
    !overview.tookTooLong.includes('activity') &&
    isWithinTwoDays(lastSettledAt, overview)
  ) {
    const what = `${name}: nothing was announced in 48 hours; what came was loaded by a backfill, a comparison or by hand.`
    const whatToDo = `Check whether ${place} announces its files, unless it is meant to be loaded like that.`
    return [{ ...common, severity: 'notice', what, whatToDo, runbookAnchor }]
  }
  const since = lastLandedAt ?? lastSettledAt
  const minutes = Math.floor((overview.readAt.getTime() - since.getTime()) / 60_000)
  if (minutes < quietMinutes) return []
  const expected = Math.round(landedADayBefore(overview.hours, name, since, overview.readAt))
  const whatToDo = `Check whether a worker runs, and whether ${place} still gets files and announces them. On a day off none come.`
  if (expected >= expectedMin) {
    const what = `${name}: no data for ${formatSpan(minutes)}; in the same time a day ago ${counted(expected, 'object')} came.`
    return [{ ...common, severity: 'critical', what, whatToDo, runbookAnchor: 'queue-age-rises' }]
  }
  if (minutes < 1440) return []
  const severity = minutes < 14 * 1440 ? 'warning' : 'notice'
  return [
    { ...common, severity, what: `${name}: no data for ${formatSpan(minutes)}.`, whatToDo, runbookAnchor },
  ]
}

const hourMs = 3_600_000

/** Older times come from the sessions, and do not tell how these were announced. */
function isWithinTwoDays(at: Date, { readAt }: Overview): boolean {
  return readAt.getTime() - at.getTime() < 48 * hourMs
}

/** Each hour counts for as much as it overlaps with the silence, a day earlier. */
function landedADayBefore(hours: readonly HourCounts[], source: string, since: Date, now: Date): number {
  const [from, to] = [since.getTime() - 24 * hourMs, now.getTime() - 24 * hourMs]
  return hours
    .filter((one) => one.source === source)
    .reduce((sum, { hour, landed }) => {
      const overlapMs = Math.min(to, hour.getTime() + hourMs) - Math.max(from, hour.getTime())
      return sum + (landed * Math.max(0, overlapMs)) / hourMs
    }, 0)
}
