import { sql } from 'kysely'
import type { Database } from '../../connection/database.ts'
import { unlessPending } from '../../connection/unless-pending.ts'
import type { Measured } from './measure-retention.ts'
import { type RetentionKind, retentionKinds } from './retention-kinds.ts'

/** What a run removed of a kind; of sessions, of one source. `rows` is null if that is not known. */
export type Removed = { kind: RetentionKind; source: string | null; rows: number | null }

export type RetentionRow = Omit<Measured, 'due'> & {
  measuredAt: Date
  /** How many the last run removed that was not held back; null if that is not known. */
  removed: number | null
  /** Null if no run has removed what was due. */
  tidiedAt: Date | null
}

/**
 * Writes how much there is of every kind after a run. `removed` is null for a run that was held back: then the last tidying
 * stays as it was. Runs at the same time write in the order of the key, so that they cannot deadlock.
 */
export async function recordRetention(
  db: Database,
  measured: readonly Measured[],
  removed: readonly Removed[] | null,
): Promise<void> {
  const rows = measured.map((one) => ({
    ...{ kind: one.kind, source: one.source ?? '', row_count: one.rows, is_estimate: one.isEstimate },
    ...{ oldest_at: one.oldestAt, ...periodOf(one) },
    removed_count: removedOf(one, removed ?? []),
  }))
  const isTidied = sql.lit(removed !== null)
  await sql`
    insert into ingest.retention as known (kind, source, kept_days, kept_months, row_count, is_estimate, oldest_at,
                                           removed_count, tidied_at)
    select kind, source, kept_days, kept_months, row_count, is_estimate, oldest_at,
           removed_count, case when ${isTidied} then now() end
    from json_to_recordset(${JSON.stringify(rows)}::json) as given
      (kind text, source text, kept_days integer, kept_months integer, row_count bigint, is_estimate boolean,
       oldest_at timestamptz, removed_count bigint)
    order by kind, source
    on conflict (kind, source) do update set
      kept_days = excluded.kept_days, kept_months = excluded.kept_months, row_count = excluded.row_count,
      is_estimate = excluded.is_estimate, oldest_at = excluded.oldest_at, measured_at = now(),
      removed_count = case when ${isTidied} then excluded.removed_count else known.removed_count end,
      tidied_at = coalesce(excluded.tidied_at, known.tidied_at)
  `.execute(db)
}

function removedOf(one: Measured, removed: readonly Removed[]): number | null {
  const found = removed.find(({ kind, source }) => kind === one.kind && source === one.source)
  return found === undefined ? 0 : found.rows
}

function periodOf({ kept }: Measured): { kept_days: number | null; kept_months: number | null } {
  return {
    kept_days: kept?.unit === 'days' ? kept.count : null,
    kept_months: kept?.unit === 'months' ? kept.count : null,
  }
}

export type RetentionState = {
  rows: RetentionRow[]
  /** The last run of maintenance that has ended; null if there is none. */
  lastRun: { host: string; endedAt: Date; halted: string | null } | null
}

/** As the last run left it. Sessions first, then in the order in which the kinds are listed. */
export async function readRetention(db: Database): Promise<RetentionState> {
  const rows = await unlessPending(readRows(db), [])
  const run = await db
    .selectFrom('ingest.maintenance_run')
    .select(['host', 'ended_at', 'halted'])
    .where('ended_at', 'is not', null)
    .orderBy('run_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const endedAt = run?.ended_at ?? null
  return {
    rows,
    lastRun: run === undefined || endedAt === null ? null : { host: run.host, endedAt, halted: run.halted },
  }
}

async function readRows(db: Database): Promise<RetentionRow[]> {
  const answer = await sql<RetentionRow>`
    select kind, nullif(source, '') as source,
           case when kept_days is not null then json_build_object('count', kept_days, 'unit', 'days')
                when kept_months is not null then json_build_object('count', kept_months, 'unit', 'months') end as kept,
           row_count::float8 as rows, is_estimate as "isEstimate", oldest_at as "oldestAt", measured_at as "measuredAt",
           removed_count::float8 as removed, tidied_at as "tidiedAt"
    from ingest.retention
    order by array_position(${[...retentionKinds]}::text[], kind), source
  `.execute(db)
  return answer.rows
}
