import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { BoundedCount } from './overview-types.ts'

/** Up to this many index entries are counted; more are estimated. */
const countedMax = 10_000

/** Stored sessions by source. A large table is never counted: above the bound the planner's statistics are used. */
export async function countSessions(
  db: Database,
  sources: readonly string[],
): Promise<Map<string, BoundedCount>> {
  const answer = await sql<{ source: string; count: number }>`
    select source, count::float8
    from unnest(${[...sources]}::text[]) as source
    cross join lateral (
      select count(*) from (
        select from ingest.session_head as head where head.source = source.source limit ${countedMax + 1}
      ) as counted
    ) as heads (count)
  `.execute(db)
  const counts = new Map<string, BoundedCount>()
  for (const { source, count } of answer.rows) {
    const isMore = count > countedMax
    const known = isMore ? Math.max(count, await estimateSessions(db, source)) : count
    counts.set(source, { count: known, about: isMore })
  }
  return counts
}

/** https://www.postgresql.org/docs/current/row-estimation-examples.html */
async function estimateSessions(db: Database, source: string): Promise<number> {
  const answer = await sql<{ 'QUERY PLAN': { Plan: { 'Plan Rows': number } }[] }>`
    explain (format json) select from ingest.session_head where source = ${sql.lit(source)}
  `.execute(db)
  return answer.rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0
}
