import type { Overview } from '@aftercall/warehouse/console/overview-types'
import { monthFrom } from '@aftercall/warehouse/maintenance/months'
import { findRejections } from './find-rejections.ts'
import { findSilence } from './find-silence.ts'
import { findWorkers } from './find-workers.ts'
import type { FoundProblem } from './found-problem.ts'
import type { ProblemThresholds } from './problem.ts'

/** Decides which problems there are and how severe each is. The most severe come first. */
export function findProblems(overview: Overview, thresholds: ProblemThresholds): FoundProblem[] {
  const problems = [
    ...findPendingMigrations(overview, thresholds),
    ...findWorkers(overview),
    ...overview.sources.flatMap((source) => findSilence(source, overview, thresholds)),
    ...findFailed(overview),
    ...findRejections(overview),
    ...findSharedIds(overview),
    ...findHeldRetention(overview),
    ...findWaitingRows(overview),
    ...findOutsideRows(overview),
    ...findMissingMonths(overview),
    ...findTroubledRuns(overview),
    ...findNewDrift(overview),
    ...findRollups(overview),
    ...findImpossibleTimes(overview),
    ...findSlowReads(overview),
  ]
  return problems.sort((one, other) => rankOf[one.severity] - rankOf[other.severity])
}

const rankOf = { critical: 0, warning: 1, notice: 2 } as const

/** During an update the workers of the previous release still store what arrives. */
function findPendingMigrations(
  { pendingMigrations: migrations, sources }: Overview,
  { quietMinutes }: ProblemThresholds,
): FoundProblem[] {
  if (migrations === 0) return []
  const flows = sources.some((one) => (one.minutesSinceSettled ?? Number.POSITIVE_INFINITY) < quietMinutes)
  return [{ code: 'migrations_pending', severity: flows ? 'warning' : 'critical', migrations }]
}

function findFailed({ sources }: Overview): FoundProblem[] {
  return sources.flatMap(({ source, failing }): FoundProblem[] =>
    failing === null || failing.count === 0
      ? []
      : [{ code: 'objects_failed', severity: 'warning', source, objects: failing }],
  )
}

/** Two sessions share an id, and the tables hold only one of them. */
function findSharedIds({ collisions }: Overview): FoundProblem[] {
  return collisions.map(({ source, sessions, about, example }) => {
    return { code: 'ids_shared', severity: 'warning', source, ids: { count: sessions, about }, example }
  })
}

function findImpossibleTimes({ clocks }: Overview): FoundProblem[] {
  if (clocks.length === 0) return []
  return [{ code: 'times_impossible', severity: 'notice', sources: sourcesOf(clocks), kinds: clocks }]
}

/** Retention waits until a person has looked, because only the bucket could bring the rows back. */
function findHeldRetention({ heldRetention }: Overview): FoundProblem[] {
  if (heldRetention === null) return []
  return [{ code: 'retention_held', severity: 'warning', haltCode: heldRetention.code }]
}

function findWaitingRows({ waitingRows }: Overview): FoundProblem[] {
  if (waitingRows.length === 0) return []
  return [{ code: 'rows_in_default_partition', severity: 'warning', tables: waitingRows }]
}

function findOutsideRows({ outsideRows: sessions }: Overview): FoundProblem[] {
  return sessions.count === 0 ? [] : [{ code: 'sessions_outside_months', severity: 'notice', sessions }]
}

const dayMs = 86_400_000

/** The first worker that needs a month makes it, so a missing month matters only shortly before it begins. */
function findMissingMonths({ missingMonths, readAt, sources }: Overview): FoundProblem[] {
  const inFourDays = monthFrom(new Date(readAt.getTime() + 4 * dayMs), 0)
  const months = missingMonths.filter((month) => month <= inFourDays)
  if (months.length === 0 || sources.every((one) => one.lastSettledAt === null)) return []
  return [{ code: 'months_missing', severity: 'notice', months }]
}

function findTroubledRuns({ troubledRuns }: Overview): FoundProblem[] {
  return troubledRuns.map(({ kind, runId, source, error }) =>
    kind === 'backfill'
      ? { code: 'backfill_paused', severity: 'warning', source, runId }
      : { code: 'reconcile_failed', severity: 'warning', source, error },
  )
}

function findNewDrift({ newDrift: drift }: Overview): FoundProblem[] {
  if (drift.length === 0) return []
  return [{ code: 'drift_new', severity: 'notice', sources: sourcesOf(drift), drift }]
}

/** A revision is in the rollups within a minute. Beside and after a bulk load the refresh is given a tenth of the time. */
const lateMinutes = 60

function findRollups({ rollups }: Overview): FoundProblem[] {
  if (rollups === null) return []
  const { waitingHours: hours, oldestSeconds, lastCheck } = rollups
  const minutes = Math.floor(oldestSeconds / 60)
  const late: FoundProblem[] =
    minutes < lateMinutes ? [] : [{ code: 'rollups_late', severity: 'notice', hours, minutes }]
  if (lastCheck === null || lastCheck.differences === 0) return late
  const { day, differences: rows } = lastCheck
  return [...late, { code: 'rollups_differ', severity: 'warning', day, rows }]
}

function findSlowReads({ tookTooLong: parts }: Overview): FoundProblem[] {
  return parts.length === 0 ? [] : [{ code: 'reads_too_slow', severity: 'notice', parts }]
}

function sourcesOf(found: readonly { source: string }[]): string[] {
  return [...new Set(found.map((one) => one.source))].sort()
}
