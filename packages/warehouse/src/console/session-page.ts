import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** One stored session, as a list shows it. */
export type SessionEntry = {
  source: string
  channel: string
  sessionId: string
  createdAt: Date
  sessionType: string | null
  /** One word; null if the row that says it is gone. */
  outcome: string | null
}

export type SessionPageOptions = {
  source: string
  channel: 'call' | 'chat'
  /** The id of the last session of the page before. */
  before: string | null
  limit: number
}

export type SessionPage = { sessions: SessionEntry[]; hasMore: boolean }

/** By id, the highest first: backward through the primary key of the heads, with the row of each by its primary key. */
export async function readSessionPage(
  db: Database,
  { source, channel, before, limit }: SessionPageOptions,
): Promise<SessionPage> {
  const below = before === null ? sql`true` : sql`head.session_id < ${before}::bigint`
  const answer = await sql<SessionEntry>`
    select head.source, head.channel, head.session_id::text as "sessionId", head.created_at as "createdAt",
           own.session_type as "sessionType", own.outcome
    from (
      select * from ingest.session_head as head
      where head.source = ${source} and head.channel = ${channel} and ${below}
      order by head.session_id desc limit ${limit + 1}
    ) as head
    left join lateral (
      select row.session_type, row.outcome from analytics.session as row
      where row.source = head.source and row.channel = head.channel and row.session_id = head.session_id
        and row.session_created_at = head.created_at
      limit 1
    ) as own on true
    order by head.session_id desc
  `.execute(db)
  return { sessions: answer.rows.slice(0, limit), hasMore: answer.rows.length > limit }
}

export type DayPageOptions = {
  source: string
  /** Local, `2026-03-23`. */
  day: string
  /** The last session of the page before. */
  after: { channel: string; sessionId: string } | null
  limit: number
}

/** The sessions of one local day, in the order of channel and id. Reads the day by `session_by_local_day`. */
export async function readSessionsOfDay(
  db: Database,
  { source, day, after, limit }: DayPageOptions,
): Promise<SessionPage> {
  const beyond =
    after === null
      ? sql`true`
      : sql`(own.channel, own.session_id) > (${after.channel}, ${after.sessionId}::bigint)`
  const answer = await sql<SessionEntry>`
    select own.source, own.channel, own.session_id::text as "sessionId", own.session_created_at as "createdAt",
           own.session_type as "sessionType", own.outcome
    from analytics.session as own
    where own.local_day = ${day}::date and own.source = ${source} and ${beyond}
    order by own.channel, own.session_id limit ${limit + 1}
  `.execute(db)
  return { sessions: answer.rows.slice(0, limit), hasMore: answer.rows.length > limit }
}
