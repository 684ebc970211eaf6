import { mappingVersion } from '@aftercall/metadata/map/map-session'
import type { TableName } from '@aftercall/metadata/tables/table-spec'
import type { Revision } from '@aftercall/metadata/times/revision'
import { type RawBuilder, sql } from 'kysely'
import type { SessionIdentity } from '../collisions/session-identity.ts'
import type { Database } from '../connection/database.ts'
import { comparedGroups, digestBytes } from '../copy/encode-session.ts'
import type { SessionToStore } from './session-to-store.ts'
import { instantText } from './table-statements.ts'

/** The revision of another session that a head had before. */
export type ReplacedRevision = SessionIdentity & { revision: Revision }

/** What the head returned, under its row lock, about an accepted revision. */
export type AcceptedHead = {
  /** Set if the previous revision was of another session. */
  replaced: ReplacedRevision | null
  /** Whether the rows must be written: other content, other mapping rules or settings, or another time zone. */
  rowsChanged: boolean
  /** Where the rows of the previous revision are, in microseconds UTC. Null for a session's first revision. */
  previousCreatedAt: string | null
  /** When the stored content was first accepted, in microseconds UTC. */
  loadedAt: string
  /** Tables whose rows may differ from those of the previous revision. All of them for a first revision. */
  changedTables: readonly TableName[]
}

/**
 * The order guard. Inserts or advances each head that these revisions are newer than, and returns those, by key. A head
 * that is newer already is locked but neither changed nor returned. The very same content is accepted again when it is
 * mapped by newer rules or with other settings, or read with another time zone. `previous_created_at` and `content_changed` come from the row
 * under the lock, so they are right even if another worker committed a moment ago. Sessions come in key order: see
 * `storeSessions`.
 */
export async function advanceHeads(
  db: Database,
  sessions: readonly SessionToStore[],
): Promise<Map<string, AcceptedHead>> {
  if (sessions.length === 0) return new Map()
  const answer = await sql<AcceptedRow>`
    insert into ingest.session_head as head
      (source, channel, session_id, created_at, revision_updated_at, latest_event_at, object_last_modified,
       content_sha256, mapping_version, mapping_settings, row_digests, uuid)
    select source, channel, session_id, created_at, revision_updated_at, latest_event_at, object_last_modified,
           decode(content_sha256, 'hex'), ${mappingVersion}::integer, mapping_settings, decode(row_digests, 'hex'), uuid
    from json_to_recordset(${JSON.stringify(sessions.map(headOf))}::json) as incoming
      (source text, channel text, session_id bigint, created_at timestamptz, revision_updated_at timestamptz,
       latest_event_at timestamptz, object_last_modified timestamptz, content_sha256 text, mapping_settings integer,
       row_digests text, uuid text)
    on conflict (source, channel, session_id) do update set
      created_at           = excluded.created_at,
      previous_created_at  = head.created_at,
      revision_updated_at  = excluded.revision_updated_at,
      latest_event_at      = excluded.latest_event_at,
      object_last_modified = case when (head.content_sha256, head.revision_updated_at, head.latest_event_at)
                                     = (excluded.content_sha256, excluded.revision_updated_at, excluded.latest_event_at)
                                  then greatest(head.object_last_modified, excluded.object_last_modified)
                                  else excluded.object_last_modified end,
      content_changed      = (head.content_sha256, head.created_at, head.revision_updated_at, head.latest_event_at,
                              head.mapping_version, head.mapping_settings)
               is distinct from (excluded.content_sha256, excluded.created_at, excluded.revision_updated_at,
                              excluded.latest_event_at, excluded.mapping_version, excluded.mapping_settings),
      changed_tables       = ${changedTables},
      replaced             = ${replacedSession},
      uuid                 = excluded.uuid,
      row_digests          = excluded.row_digests,
      revision_count       = head.revision_count + (head.content_sha256 <> excluded.content_sha256)::integer,
      loaded_at            = case when head.content_sha256 <> excluded.content_sha256
                                  then excluded.loaded_at else head.loaded_at end,
      content_sha256       = excluded.content_sha256,
      mapping_version      = excluded.mapping_version,
      mapping_settings     = excluded.mapping_settings
    where (head.revision_updated_at, head.latest_event_at, head.object_last_modified, head.content_sha256)
        < (excluded.revision_updated_at, excluded.latest_event_at, excluded.object_last_modified, excluded.content_sha256)
       or (head.content_sha256 = excluded.content_sha256
           and (head.mapping_version < excluded.mapping_version or head.created_at <> excluded.created_at
                or (head.mapping_version = excluded.mapping_version
                    and head.mapping_settings is distinct from excluded.mapping_settings)))
    returning source, channel, session_id, content_changed as rows_changed, changed_tables, replaced,
      ${instantText(sql`previous_created_at`)} as previous_created_at, ${instantText(sql`loaded_at`)} as loaded_at
  `.execute(db)
  return new Map(
    answer.rows.map((row) => [
      `${row.source}/${row.channel}/${row.session_id}`,
      {
        rowsChanged: row.rows_changed,
        replaced: row.replaced,
        previousCreatedAt: row.previous_created_at,
        loadedAt: row.loaded_at,
        changedTables: comparedGroups.flatMap((group, bit) =>
          (row.changed_tables & (1 << bit)) === 0 ? [] : group,
        ),
      },
    ]),
  )
}

type AcceptedRow = {
  source: string
  channel: string
  session_id: string
  rows_changed: boolean
  changed_tables: number
  replaced: ReplacedRevision | null
  previous_created_at: string | null
  loaded_at: string
}

/**
 * A bit for each compared group of tables whose digest differs from the stored one. All bits if the stored digest does not describe
 * the head's own revision, if other rules made the rows, or if the rows move to another partition.
 */
const changedTables = sql`
        case when head.created_at = excluded.created_at and head.mapping_version = excluded.mapping_version
              and substring(head.row_digests from 1 for ${sql.lit(digestBytes)})
                = substring(head.content_sha256 from 1 for ${sql.lit(digestBytes)})
             then ${sql.join(comparedGroups.map(bitOfGroup), sql` | `)}
             else -1 end`

function bitOfGroup(_group: unknown, bit: number): RawBuilder<unknown> {
  const place = sql`from ${sql.lit((bit + 1) * digestBytes + 1)} for ${sql.lit(digestBytes)}`
  const same = sql`substring(head.row_digests ${place}) = substring(excluded.row_digests ${place})`
  return sql`case when ${same} then 0 else ${sql.lit(1 << bit)} end`
}

/** As `isSameSession` compares them. */
const sameSecond = sql`date_trunc('second', head.created_at) = date_trunc('second', excluded.created_at)`

const replacedSession = sql`
        case when head.content_sha256 <> excluded.content_sha256
              and (not ${sameSecond} or head.uuid <> excluded.uuid)
             then jsonb_build_object(
               'createdAt', ${instantText(sql`head.created_at`)}, 'uuid', head.uuid,
               'revision', jsonb_build_object(
                 'updatedAt', ${instantText(sql`head.revision_updated_at`)},
                 'latestEventAt', ${instantText(sql`head.latest_event_at`)},
                 'objectLastModified', ${instantText(sql`head.object_last_modified`)},
                 'contentSha256', encode(head.content_sha256, 'hex'))) end`

/** The stored revision of a session, newer than the one of this batch. */
export type StoredHead = SessionIdentity & {
  contentSha256: string
  objectLastModified: string
  /** Its object is in the session's own row. */
  place: null
  replaced: null
}

/** The heads of sessions that were not accepted, by key. */
export async function storedHeads(
  db: Database,
  sessions: readonly SessionToStore[],
): Promise<Map<string, StoredHead>> {
  if (sessions.length === 0) return new Map()
  const keys = JSON.stringify(sessions.map(({ session: { key } }) => ({ ...key, session_id: key.sessionId })))
  const answer = await sql<
    Omit<StoredHead, 'place' | 'replaced'> & { source: string; channel: string; session_id: string }
  >`
    select source, channel, session_id, encode(head.content_sha256, 'hex') as "contentSha256", head.uuid,
           ${instantText(sql`head.created_at`)} as "createdAt",
           ${instantText(sql`head.object_last_modified`)} as "objectLastModified"
    from ingest.session_head as head
    join json_to_recordset(${keys}::json) as refused (source text, channel text, session_id bigint)
      using (source, channel, session_id)
  `.execute(db)
  return new Map(
    answer.rows.map((row) => [
      `${row.source}/${row.channel}/${row.session_id}`,
      { ...row, place: null, replaced: null },
    ]),
  )
}

function headOf({ session }: SessionToStore): object {
  const { key, revision, createdAt, rows, uuid, settingsVersion } = session
  return {
    source: key.source,
    channel: key.channel,
    session_id: key.sessionId,
    created_at: createdAt,
    revision_updated_at: revision.updatedAt,
    latest_event_at: revision.latestEventAt,
    object_last_modified: revision.objectLastModified,
    content_sha256: revision.contentSha256,
    mapping_settings: settingsVersion,
    row_digests: rows.digest,
    uuid,
  }
}
