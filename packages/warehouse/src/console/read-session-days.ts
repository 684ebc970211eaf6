import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

export type SessionDay = { day: string; sessions: number }

/** Stored sessions by local day, from the rollups; days without any are left out. */
export async function readSessionDays(
  db: Database,
  { source, days }: { source: string | null; days: number },
): Promise<SessionDay[]> {
  const ofSource = source === null ? sql`true` : sql`source = ${source}`
  const answer = await sql<SessionDay>`
    select to_char(local_day, 'YYYY-MM-DD') as day, sum(sessions)::float8 as sessions
    from analytics.session_daily
    where local_day > current_date - ${days}::integer and ${ofSource}
    group by local_day order by local_day limit ${days + 2}
  `.execute(db)
  return answer.rows
}
