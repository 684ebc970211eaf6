import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { BoundedCount } from './overview-types.ts'

/** Up to this many index entries are counted; more are estimated. */
const countedMax = 10_000

/**
 * Stored sessions by source. A large table is never counted: above the bound the planner's statistics are used. Counting up to
 * the bound is left out, too, where these say that there are many more.
 */
export async function countSessions(
  db: Database,
  sources: readonly string[],
): Promise<Map<string, BoundedCount>> {
  const counts = new Map<string, BoundedCount>()
  for (const source of sources) counts.set(source, await countOfSource(db, source))
  return counts
}

async function countOfSource(db: Database, source: string): Promise<BoundedCount> {
  const estimate = await estimateSessions(db, source)
  if (estimate > 2 * countedMax) return { count: estimate, about: true }
  const answer = await sql<{ count: number }>`
    select count(*)::float8 as count
    from (select from ingest.session_head where source = ${source} limit ${countedMax + 1}) as counted
  `.execute(db)
  const count = answer.rows[0]?.count ?? 0
  return { count: Math.max(count, count > countedMax ? estimate : 0), about: count > countedMax }
}

/** https://www.postgresql.org/docs/current/row-estimation-examples.html */
async function estimateSessions(db: Database, source: string): Promise<number> {
  const answer = await sql<{ 'QUERY PLAN': { Plan: { 'Plan Rows': number } }[] }>`
    explain (format json) select from ingest.session_head where source = ${sql.lit(source)}
  `.execute(db)
  return answer.rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0
}
