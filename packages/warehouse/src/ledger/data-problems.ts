import { clockDrift } from '@aftercall/metadata/map/clock-drift'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** Ids of a source that several sessions shared within seven days. */
export type CollisionProblem = {
  source: string
  sessions: number
  /** Whether there may be more, because the count reached its bound. */
  about: boolean
  /** `SOURCE/call/ID` of the newest. */
  example: string
}

/** Times of a source that cannot be true, seen within seven days. */
export type ClockProblem = {
  source: string
  /** What is wrong with them: `later than its object`. */
  what: string
  path: string
  /** Since it was first seen. */
  documents: number
  lastSeenAt: Date
  /** `s3://BUCKET/KEY` of the first. */
  example: string
}

const countedMax = 10_000

/** By the index `session_collision_by_time`, up to the bound. */
export async function readCollisions(db: Database): Promise<CollisionProblem[]> {
  const answer = await sql<Omit<CollisionProblem, 'about'>>`
    select source, count(distinct (channel, session_id))::float8 as sessions,
           (array_agg(source || '/' || channel || '/' || session_id order by last_seen_at desc))[1] as example
    from (
      select source, channel, session_id, last_seen_at from warehouse.session_collision
      where last_seen_at >= now() - interval '7 days' order by last_seen_at desc limit ${countedMax}
    ) as lately
    group by source order by source
  `.execute(db)
  const about = answer.rows.reduce((sum, one) => sum + one.sessions, 0) >= countedMax
  return answer.rows.map((row) => ({ ...row, about }))
}

/** The most frequent first. */
export async function readClockProblems(db: Database): Promise<ClockProblem[]> {
  const answer = await sql<ClockProblem>`
    select source, substr(json_type, ${clockDrift.length + 1}::integer) as what, json_path as path,
           sum(document_count)::float8 as documents, max(last_seen_at) as "lastSeenAt",
           min('s3://' || example_bucket || '/' || example_key) as example
    from ingest.schema_drift
    where starts_with(json_type, ${clockDrift}) and last_seen_at >= now() - interval '7 days'
    group by source, json_type, json_path order by documents desc, 1, 2, 3 limit 20
  `.execute(db)
  return answer.rows
}
