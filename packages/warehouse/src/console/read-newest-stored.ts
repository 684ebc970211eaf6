import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** Several, because a single huge id need not be the newest session. */
const sessionsAsked = 200

/** When the sessions with the highest ids were stored, by source: from the end of the primary key's index. */
export async function readNewestStored(db: Database, sources: readonly string[]): Promise<Map<string, Date>> {
  const answer = await sql<{ source: string; storedAt: Date }>`
    select source, max(newest.loaded_at) as "storedAt"
    from unnest(${[...sources]}::text[]) as source
    cross join (values ('call'), ('chat')) as channel (channel)
    cross join lateral (
      select head.loaded_at from ingest.session_head as head
      where head.source = source.source and head.channel = channel.channel
      order by head.session_id desc limit ${sessionsAsked}
    ) as newest
    group by source
  `.execute(db)
  return new Map(answer.rows.map(({ source, storedAt }) => [source, storedAt]))
}
