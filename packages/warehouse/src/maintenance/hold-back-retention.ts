import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { clockDisagreementMsMax, readDatabaseClock } from '../connection/database-clock.ts'
import type { MaintenancePlan } from './maintenance-plan.ts'
import { readLastRemovedMonths } from './maintenance-runs.ts'

export type HaltCode = 'clock_disagrees' | 'retention_too_large'

/** Retention removes nothing in this run. The message says why, and what to do. */
export class RetentionHaltedError extends Error {
  override readonly name = 'RetentionHaltedError'
  readonly code: HaltCode
  readonly retryable = false
  constructor(code: HaltCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Of all stored sessions. A retention of one month removes about half of them each month. */
const removedShareMax = 0.7

export type HoldBackOptions = {
  /** How many months of a source this run may remove, regardless of the last run. */
  allowedMonths: number | undefined
}

/**
 * Why retention must not remove what is planned; undefined if it may. A wrong clock, or a retention that was set too low,
 * would remove everything at once, and only the bucket could bring it back.
 */
export async function findRetentionHalt(
  db: Database,
  plan: MaintenancePlan,
  { allowedMonths }: HoldBackOptions,
): Promise<RetentionHaltedError | undefined> {
  const aheadMs = await readDatabaseClock(db)
  if (Math.abs(aheadMs) > clockDisagreementMsMax) return clockDisagrees(aheadMs)
  const { months, of } = monthsToRemove(plan)
  if (months === 0 || (allowedMonths !== undefined && months <= allowedMonths)) return undefined
  const monthsMax = allowedMonths ?? (await readLastRemovedMonths(db)) + 1
  const sessions = sessionsToRemove(plan)
  const reason =
    months > monthsMax
      ? `without --allow-drop it may remove ${monthsMax}`
      : await tooLargeShare(db, sessions).then((share) => share && `that is ${share} of all stored sessions`)
  if (reason === undefined) return undefined
  const found = `retention would remove ${months} ${months === 1 ? 'month' : 'months'} ${of} (${sessions} sessions); ${reason}`
  const fix = `Check aftercall maintain --dry-run, sources[].retentionMonths, retention, and the clocks; if this is intended, run aftercall maintain --allow-drop ${months}`
  return new RetentionHaltedError('retention_too_large', `${found}. ${fix}`)
}

function clockDisagrees(aheadMs: number): RetentionHaltedError {
  const minutes = Math.round(Math.abs(aheadMs) / 60_000)
  const way = aheadMs > 0 ? 'ahead of' : 'behind'
  const found = `the clock of the database is ${minutes} minutes ${way} this machine's, and one of them is wrong`
  const message = `${found}: retention removes nothing. Synchronize both by NTP and run it again; aftercall doctor compares them`
  return new RetentionHaltedError('clock_disagrees', message)
}

/** For the source, or the kind of data of all sources, that loses most. */
function monthsToRemove({ retain, empty }: MaintenancePlan): { months: number; of: string } {
  const ofSources = Map.groupBy(
    retain.flatMap((step) => step.sources),
    (source) => source,
  )
  const ofKinds = Map.groupBy(empty, ({ kind }) => kind)
  const losses = [
    ...[...ofSources.values()].map(({ length }) => ({ months: length, of: 'of a source' })),
    ...[...ofKinds].map(([kind, { length }]) => ({ months: length, of: `of the ${kind}s of all sources` })),
  ]
  return losses.reduce((most, one) => (one.months > most.months ? one : most), { months: 0, of: '' })
}

function sessionsToRemove({ retain }: MaintenancePlan): number {
  const tables = retain.flatMap((step) => step.tables)
  return tables.filter((one) => one.table === 'session').reduce((sum, one) => sum + one.rows, 0)
}

/** Counts only if the planner's statistics say that the share is too large: they may be old, and counting takes long. */
async function tooLargeShare(db: Database, sessions: number): Promise<string | undefined> {
  const estimate = await sql<{ rows: number }>`
    select coalesce(sum(greatest(c.reltuples, 0)), 0)::float8 as rows
    from pg_catalog.pg_class c
    where c.relkind = 'r' and c.oid in (
      select i.inhrelid from pg_catalog.pg_inherits i join ingest.fact_tables() f on f.relation = i.inhparent
      where f.name = 'session')
  `.execute(db)
  if (sessions <= (estimate.rows[0]?.rows ?? 0) * removedShareMax) return undefined
  const counted = await sql<{ rows: number }>`select count(*)::float8 as rows from warehouse.session`.execute(
    db,
  )
  const share = sessions / Math.max(1, counted.rows[0]?.rows ?? 0)
  return share > removedShareMax ? `${Math.round(share * 100)} %` : undefined
}
