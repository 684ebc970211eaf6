import { mappingVersion } from '@aftercall/metadata/map/map-session'
import { sql, type Transaction } from 'kysely'
import type { FetchedSession, Tables } from './fetched-session.ts'

/** The order guard for one session. Undefined if this revision or a newer one is already stored. */
export async function advanceHead(
  db: Transaction<Tables>,
  { session, contentSha256, lastModified }: FetchedSession,
): Promise<{ previous_created_at: Date | null } | undefined> {
  const { key, createdAt, revision } = session
  const answer = await sql<{ previous_created_at: Date | null }>`
    insert into ingest.session_head as head
      (source, channel, session_id, created_at, revision_updated_at, latest_event_at, object_last_modified,
       content_sha256, mapping_version)
    values (${key.source}, ${key.channel}, ${key.sessionId}, ${createdAt}, ${revision.updatedAt},
            ${revision.latestEventAt}, ${lastModified}, ${Buffer.from(contentSha256, 'hex')},
            ${mappingVersion})
    on conflict (source, channel, session_id) do update set
      created_at           = excluded.created_at,
      previous_created_at  = head.created_at,
      revision_updated_at  = excluded.revision_updated_at,
      latest_event_at      = excluded.latest_event_at,
      object_last_modified = excluded.object_last_modified,
      content_changed      = true,
      revision_count       = head.revision_count + 1,
      loaded_at            = excluded.loaded_at,
      content_sha256       = excluded.content_sha256,
      mapping_version      = excluded.mapping_version
    where (head.revision_updated_at, head.latest_event_at, head.object_last_modified, head.content_sha256)
        < (excluded.revision_updated_at, excluded.latest_event_at, excluded.object_last_modified, excluded.content_sha256)
    returning previous_created_at
  `.execute(db)
  return answer.rows[0]
}
