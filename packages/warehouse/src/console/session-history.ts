import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { SessionId } from '../ledger/history.ts'

/** An accepted revision, without its raw document. */
export type StoredRevision = {
  contentSha256: string
  revisionUpdatedAt: Date
  latestEventAt: Date
  loadedAt: Date
  bucket: string
  objectKey: string
}

export type RecentSession = {
  source: string
  channel: string
  sessionId: string
  createdAt: Date
  loadedAt: Date
  revisionCount: number
}

const revisionsShown = 100

/** The newest revisions in their order; the last one is stored. One look-up in each partition, by primary key. */
export async function readRevisions(db: Database, session: SessionId): Promise<StoredRevision[]> {
  const answer = await sql<StoredRevision>`
    select encode(content_sha256, 'hex') as "contentSha256", revision_updated_at as "revisionUpdatedAt",
           latest_event_at as "latestEventAt", loaded_at as "loadedAt", bucket, object_key as "objectKey"
    from warehouse.session_revision
    where source = ${session.source} and channel = ${session.channel} and session_id = ${session.sessionId}::bigint
    order by revision_updated_at desc, latest_event_at desc, object_last_modified desc, content_sha256 desc
    limit ${revisionsShown}
  `.execute(db)
  return answer.rows.reverse()
}

const recentOfChannel = 5

/** The sessions with the highest ids of each source and channel, from the end of the primary key's index. */
export async function readRecentSessions(db: Database): Promise<RecentSession[]> {
  const answer = await sql<RecentSession>`
    select newest.*
    from ingest.source
    cross join (values ('call'), ('chat')) as channel (channel)
    cross join lateral (
      select head.source, head.channel, head.session_id::text as "sessionId", head.created_at as "createdAt",
             head.loaded_at as "loadedAt", head.revision_count as "revisionCount"
      from ingest.session_head as head
      where head.source = source.name and head.channel = channel.channel
      order by head.session_id desc limit ${recentOfChannel}
    ) as newest
    order by newest."loadedAt" desc
    limit 20
  `.execute(db)
  return answer.rows
}
