import type { Revision } from '@aftercall/metadata/times/revision'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { instantText } from '../load/table-statements.ts'
import type { LosingSession } from './fold-collisions.ts'
import type { SessionIdentity } from './session-identity.ts'

/** A row of `warehouse.session_collision`. */
export type KnownCollision = LosingSession & {
  source: string
  channel: string
  session_id: string
  firstSeenAt: string
  seenCount: number
}

/** A session of a batch, under the id that it came with. */
export type MetIdentity = SessionIdentity & {
  key: { source: string; channel: string; sessionId: string }
  /** Whether it is the stored session of its id. */
  isStored: boolean
}

/**
 * Rows that may belong to these sessions (`isSameSession`), in key order. Does not read all rows of an id: thousands of
 * sessions can share one, and each batch would read them. A uuid has one row, found by its index. A session without a
 * uuid can match many rows of its second: the first few are read, but all of them for the stored session, which removes
 * them.
 */
export async function readKnownCollisions(
  db: Database,
  sessions: readonly MetIdentity[],
): Promise<KnownCollision[]> {
  const rows = sessions.map(({ key, createdAt, uuid, isStored }) => ({
    ...{ source: key.source, channel: key.channel, session_id: key.sessionId },
    ...{ created_at: createdAt, uuid, is_stored: isStored },
  }))
  const answer = await sql<Omit<KnownCollision, 'revision'> & Revision>`
    with met as (
      select distinct source, channel, session_id, date_trunc('second', created_at) as second, uuid, is_stored
      from json_to_recordset(${JSON.stringify(rows)}::json) as met
        (source text, channel text, session_id bigint, created_at timestamptz, uuid text, is_stored boolean)
    ), known as (
      select distinct found.source, found.channel, found.session_id, found.session_created_at, found.content_sha256
      from met cross join lateral (
        (select kept.* from ${ofSecond}
           and hashtextextended(kept.uuid, 0) = hashtextextended(met.uuid, 0) and kept.uuid = met.uuid)
        union all
        (select kept.* from ${ofSecond} and hashtextextended(kept.uuid, 0) is null)
        union all
        (select kept.* from ${ofSecond} and met.uuid is null
         order by kept.session_created_at, kept.content_sha256
         limit case when met.is_stored then null else ${matchesMax}::integer end)
      ) as found
    )
    select kept.source, kept.channel, kept.session_id, kept.uuid, kept.seen_count as "seenCount",
           ${instantText(sql`kept.session_created_at`)} as "createdAt",
           ${instantText(sql`kept.revision_updated_at`)} as "updatedAt",
           ${instantText(sql`kept.latest_event_at`)} as "latestEventAt",
           ${instantText(sql`kept.object_last_modified`)} as "objectLastModified",
           encode(kept.content_sha256, 'hex') as "contentSha256",
           ${instantText(sql`kept.first_seen_at`)} as "firstSeenAt"
    from known join warehouse.session_collision as kept
      using (source, channel, session_id, session_created_at, content_sha256)
    order by kept.session_created_at, kept.content_sha256
  `.execute(db)
  return answer.rows.map(({ updatedAt, latestEventAt, objectLastModified, contentSha256, ...row }) => ({
    ...row,
    revision: { updatedAt, latestEventAt, objectLastModified, contentSha256 },
  }))
}

/** Among rows without a uuid, any will do. */
const matchesMax = 10

const ofSecond = sql`warehouse.session_collision as kept
  where (kept.source, kept.channel, kept.session_id) = (met.source, met.channel, met.session_id)
    and kept.session_created_at >= met.second and kept.session_created_at < met.second + interval '1 second'`
