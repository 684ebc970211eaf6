import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { LedgerOutcome } from '../ledger/ledger.ts'
import { settledSince } from '../ledger/settled-since.ts'
import type { Spread } from './overview-types.ts'
import { isAnnounced } from './sample-delays.ts'
import { tooSlow, withinLimit } from './within-limit.ts'

export type Minute = { at: Date; outcomes: Partial<Record<LedgerOutcome, number>>; lag: Spread | null }

type CountRow = { at: Date; outcome: LedgerOutcome; objects: number }
type LagRow = { at: Date } & Spread

/**
 * The objects that ended in the last hour, by minute; minutes without any are left out. Null if reading them took too long.
 * Finds the newest pages by the index `object_by_time`.
 */
export async function readMinutes(db: Database, source: string | null): Promise<Minute[] | null> {
  const ofSource = source === null ? sql`source is not null` : sql`source = ${source}`
  const recent = sql`${settledSince(sql`now() - interval '1 hour'`)} and ${ofSource}`
  const counts = await withinLimit(
    sql<CountRow>`
      select date_trunc('minute', settled_at) as at, outcome, count(*)::float8 as objects
      from ingest.object where ${recent} group by 1, 2 order by 1
    `.execute(db),
  )
  if (counts === tooSlow) return null
  const lags = await withinLimit(
    sql<LagRow>`
      select date_trunc('minute', settled_at) as at, count(*)::float8 as count,
             (percentile_disc(0.5) within group (order by lag_ms) / 1000.0)::float8 as "p50Seconds",
             (percentile_disc(0.95) within group (order by lag_ms) / 1000.0)::float8 as "p95Seconds"
      from ingest.object where ${recent} and ${isAnnounced} and lag_ms is not null group by 1
    `.execute(db),
  )
  const lagOf = new Map(
    lags === tooSlow ? [] : lags.rows.map(({ at, ...spread }): [number, Spread] => [at.getTime(), spread]),
  )
  return [...Map.groupBy(counts.rows, ({ at }) => at.getTime())].map(([ms, rows]) => ({
    at: new Date(ms),
    outcomes: Object.fromEntries(rows.map(({ outcome, objects }) => [outcome, objects])),
    lag: lagOf.get(ms) ?? null,
  }))
}
