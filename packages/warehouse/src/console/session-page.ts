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

/**
 * By id, the highest first: backward through the primary key of the heads, then the row of each by its primary key. The
 * first and the last time of the heads are parameters, so that only partitions of their months are planned.
 */
export async function readSessionPage(
  db: Database,
  { source, channel, before, limit }: SessionPageOptions,
): Promise<SessionPage> {
  const below = before === null ? sql`true` : sql`session_id < ${before}::bigint`
  const heads = await sql<{ sessionId: string; createdAt: Date; at: string }>`
    select session_id::text as "sessionId", created_at as "createdAt", created_at::text as at
    from ingest.session_head
    where source = ${source} and channel = ${channel} and ${below}
    order by session_id desc limit ${limit + 1}
  `.execute(db)
  const shown = heads.rows.slice(0, limit)
  if (shown.length === 0) return { sessions: [], hasMore: false }
  const times = shown.map(({ createdAt }) => createdAt.getTime())
  // JavaScript's dates are cut to milliseconds.
  const [first, beyond] = [new Date(Math.min(...times)), new Date(Math.max(...times) + 1)]
  const own = await sql<{ sessionId: string; sessionType: string | null; outcome: string | null }>`
    select own.session_id::text as "sessionId", own.session_type as "sessionType", own.outcome
    from unnest(${shown.map((one) => one.sessionId)}::bigint[], ${shown.map((one) => one.at)}::timestamptz[])
      as head (session_id, created_at)
    join analytics.session as own
      on own.source = ${source} and own.channel = ${channel} and own.session_id = head.session_id
     and own.session_created_at = head.created_at
    where own.session_created_at >= ${first}::timestamptz and own.session_created_at < ${beyond}::timestamptz
  `.execute(db)
  const words = new Map(own.rows.map(({ sessionId, ...row }) => [sessionId, row]))
  const unknown = { sessionType: null, outcome: null }
  const sessions = shown.map(({ sessionId, createdAt }) => {
    return { source, channel, sessionId, createdAt, ...(words.get(sessionId) ?? unknown) }
  })
  return { sessions, hasMore: heads.rows.length > limit }
}

export type DayPageOptions = {
  source: string
  /** Local, `2026-03-23`. */
  day: string
  /** The last session of the page before. */
  after: { channel: string; sessionId: string } | null
  limit: number
}

/**
 * The sessions of one local day, in the order of channel and id. Reads the day by `session_by_local_day`, in the partitions of
 * the three days that it touches: the offset of a clock is less than a day.
 */
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
      and own.session_created_at >= (${day}::date - 1)::timestamp at time zone 'UTC'
      and own.session_created_at < (${day}::date + 2)::timestamp at time zone 'UTC'
    order by own.channel, own.session_id limit ${limit + 1}
  `.execute(db)
  return { sessions: answer.rows.slice(0, limit), hasMore: answer.rows.length > limit }
}
