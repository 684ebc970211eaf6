import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { tooSlow, withinLimit } from './within-limit.ts'

/** One local day of one source, calls and chats together. */
export type CompletenessDay = {
  /** `2026-03-23` */
  day: string
  source: string
  sessions: number
  /** Ids without a session. For some no file is ever written. */
  missingIds: number
  /** How many of them are more than usual; null if there is nothing to compare with yet. */
  implausibleMissingIds: number | null
  /** 0 to 1: sessions of sessions and implausible missing ids together. */
  completeness: number
  /** 0 to 1, of announced sessions: stored within a day of their end. Null without announced sessions. */
  storedWithin24hShare: number | null
}

export type DaysAnswer = {
  /** Both included. `2026-03-23` */
  from: string
  to: string
  sources: string[]
  /** Days without sessions are left out. Empty unless `state` is `read`. */
  days: CompletenessDay[]
  /** counting: it takes longer than a page may, and continues; ask again. too_slow: it was cancelled. */
  state: 'read' | 'counting' | 'too_slow'
  /** Null unless `state` is `read`. */
  countedAt: Date | null
}

/**
 * `analytics.completeness_daily` of these days, both included. It reads the partitions of these and of the 28 days before,
 * so it needs a longer statement timeout than other pages.
 */
export async function readDays(
  db: Database,
  { from, to }: { from: string; to: string },
): Promise<CompletenessDay[] | 'too_slow'> {
  const answer = await withinLimit(
    sql<CompletenessDay>`
      select to_char(day, 'YYYY-MM-DD') as day, source, sum(sessions)::float8 as sessions,
             sum(missing_ids)::float8 as "missingIds",
             sum(implausible_missing_ids)::float8 as "implausibleMissingIds",
             (sum(sessions) / (sum(sessions) + coalesce(sum(implausible_missing_ids), 0)))::float8 as completeness,
             (sum(stored_within_24h_share * sessions_by_event)
               / nullif(sum(sessions_by_event) filter (where stored_within_24h_share is not null), 0))::float8
               as "storedWithin24hShare"
      from analytics.completeness(${from}::date, ${to}::date)
      group by day, source order by day, source
    `.execute(db),
  )
  return answer === tooSlow ? 'too_slow' : answer.rows
}
