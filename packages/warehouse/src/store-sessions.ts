import type { MappedSession } from '@aftercall/metadata/map-session'
import { mappingVersion } from '@aftercall/metadata/map-session'
import { compareRevisions } from '@aftercall/metadata/revision'
import { tables } from '@aftercall/metadata/tables'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from './database.ts'
import { deleteRows, insertRows } from './table-statements.ts'

/** A session with the object it was read from. */
export type SessionToStore = { session: MappedSession; bucket: string; objectKey: string }

/** What became of one document. `superseded`: a newer revision is stored already. `duplicate`: this very content is. */
export type Decision = 'stored' | 'superseded' | 'duplicate'

export type StoreAnswer = {
  /** By position of the sessions given. */
  decisions: Decision[]
  rowsByTable: Map<string, number>
}

/**
 * Brings the tables to the newest revision of each session (I2) with exactly its children (I3), inside the caller's
 * transaction. The heads come first and in key order: whoever holds a head's row lock owns the session's rows in
 * every table until commit, and two batches that share sessions cannot wait for each other in a circle.
 */
export async function storeSessions(db: Database, sessions: readonly SessionToStore[]): Promise<StoreAnswer> {
  const newest = newestOfEach(sessions)
  const candidates = [...newest.values()].sort(byKey)
  const accepted = await advanceHeads(db, candidates)
  const changed = candidates.filter((one) => accepted.get(keyOf(one))?.contentChanged === true)
  const moved = candidates.filter((one) => accepted.get(keyOf(one))?.contentChanged === false)
  const refused = candidates.filter((one) => !accepted.has(keyOf(one)))

  const replaced = changed.flatMap((one) => {
    const createdAt = accepted.get(keyOf(one))?.previousCreatedAt ?? null
    return createdAt === null ? [] : [{ ...one.session.key, createdAt }]
  })
  const rowsByTable = new Map<string, number>()
  for (const table of tables) {
    await deleteRows(db, table, replaced)
    const rows = changed.flatMap((one) =>
      one.session.rows[table.name].map((row) => withLineage(table.name, row, one)),
    )
    await insertRows(db, table, rows)
    rowsByTable.set(table.name, rows.length)
  }
  await moveLineage(db, moved)

  const stored = await storedHashes(db, refused)
  const decisionOf = (one: SessionToStore): Decision => {
    const winner = newest.get(keyOf(one))
    if (winner === one && accepted.has(keyOf(one))) {
      return accepted.get(keyOf(one))?.contentChanged === true ? 'stored' : 'duplicate'
    }
    const hash = winner !== one && accepted.has(keyOf(one)) ? hashOf(winner) : stored.get(keyOf(one))
    return hash === hashOf(one) ? 'duplicate' : 'superseded'
  }
  return { decisions: sessions.map(decisionOf), rowsByTable }
}

function newestOfEach(sessions: readonly SessionToStore[]): Map<string, SessionToStore> {
  const newest = new Map<string, SessionToStore>()
  for (const one of sessions) {
    const other = newest.get(keyOf(one))
    if (other === undefined || compareRevisions(one.session.revision, other.session.revision) > 0) {
      newest.set(keyOf(one), one)
    }
  }
  return newest
}

function keyOf({ session }: SessionToStore): string {
  return `${session.key.source}/${session.key.channel}/${session.key.sessionId}`
}

function hashOf(one: SessionToStore | undefined): string | undefined {
  return one?.session.revision.contentSha256
}

function byKey(one: SessionToStore, other: SessionToStore): number {
  return keyOf(one) < keyOf(other) ? -1 : 1
}

function withLineage(table: string, row: object, one: SessionToStore): object {
  return table === 'session' ? { ...row, bucket: one.bucket, object_key: one.objectKey } : row
}

type AcceptedHead = { contentChanged: boolean; previousCreatedAt: string | null }

/**
 * The order guard. Inserts or advances each head that these revisions are newer than and returns those; a head that
 * is newer already is locked but not changed, and not returned. `previous_created_at` and `content_changed` are taken
 * from the row as it is under the lock, so they are right even when another worker committed a moment ago.
 */
async function advanceHeads(db: Database, sessions: SessionToStore[]): Promise<Map<string, AcceptedHead>> {
  const heads = sessions.map(({ session, bucket, objectKey }) => ({
    source: session.key.source,
    channel: session.key.channel,
    session_id: session.key.sessionId,
    created_at: session.createdAt,
    revision_updated_at: session.revision.updatedAt,
    latest_event_at: session.revision.latestEventAt,
    object_last_modified: session.revision.objectLastModified,
    content_sha256: session.revision.contentSha256,
    bucket,
    object_key: objectKey,
  }))
  if (heads.length === 0) return new Map()
  const answer = await sql<AcceptedRow>`
    insert into ingest.session_head as head
      (source, channel, session_id, created_at, revision_updated_at, latest_event_at, object_last_modified,
       content_sha256, bucket, object_key, mapping_version)
    select source, channel, session_id, created_at, revision_updated_at, latest_event_at, object_last_modified,
           decode(content_sha256, 'hex'), bucket, object_key, ${mappingVersion}::integer
    from json_to_recordset(${JSON.stringify(heads)}::json) as incoming
      (source text, channel text, session_id bigint, created_at timestamptz, revision_updated_at timestamptz,
       latest_event_at timestamptz, object_last_modified timestamptz, content_sha256 text, bucket text, object_key text)
    on conflict (source, channel, session_id) do update set
      created_at           = excluded.created_at,
      previous_created_at  = head.created_at,
      revision_updated_at  = excluded.revision_updated_at,
      latest_event_at      = excluded.latest_event_at,
      object_last_modified = excluded.object_last_modified,
      content_changed      = head.content_sha256 <> excluded.content_sha256,
      revision_count       = head.revision_count + (head.content_sha256 <> excluded.content_sha256)::integer,
      loaded_at            = case when head.content_sha256 <> excluded.content_sha256
                                  then excluded.loaded_at else head.loaded_at end,
      content_sha256       = excluded.content_sha256,
      bucket               = excluded.bucket,
      object_key           = excluded.object_key,
      mapping_version      = excluded.mapping_version
    where (head.revision_updated_at, head.latest_event_at, head.object_last_modified, head.content_sha256)
        < (excluded.revision_updated_at, excluded.latest_event_at, excluded.object_last_modified, excluded.content_sha256)
    returning source, channel, session_id, content_changed, previous_created_at::text as previous_created_at
  `.execute(db)
  return new Map(
    answer.rows.map((row) => [
      `${row.source}/${row.channel}/${row.session_id}`,
      { contentChanged: row.content_changed, previousCreatedAt: row.previous_created_at },
    ]),
  )
}

type AcceptedRow = {
  source: string
  channel: string
  session_id: string
  content_changed: boolean
  previous_created_at: string | null
}

/** The same content seen in a newer object: the facts stay, only where they were last read from moves. */
async function moveLineage(db: Database, sessions: SessionToStore[]): Promise<void> {
  if (sessions.length === 0) return
  await sql`
    update warehouse.session as row set bucket = moved.bucket, object_key = moved.object_key
    from json_to_recordset(${JSON.stringify(sessions.map(lineageOf))}::json) as moved
      (source text, channel text, session_id bigint, created_at timestamptz, bucket text, object_key text)
    where row.created_at = any(${sessions.map((one) => one.session.createdAt)}::timestamptz[])
      and (row.source, row.channel, row.session_id, row.created_at)
        = (moved.source, moved.channel, moved.session_id, moved.created_at)
      and (row.bucket, row.object_key) is distinct from (moved.bucket, moved.object_key)
  `.execute(db)
}

function lineageOf({ session, bucket, objectKey }: SessionToStore): object {
  return { ...keyColumns(session), created_at: session.createdAt, bucket, object_key: objectKey }
}

function keyColumns(session: MappedSession): object {
  return { source: session.key.source, channel: session.key.channel, session_id: session.key.sessionId }
}

async function storedHashes(db: Database, sessions: SessionToStore[]): Promise<Map<string, string>> {
  if (sessions.length === 0) return new Map()
  const keys: RawBuilder<unknown> = sql`${JSON.stringify(sessions.map((one) => keyColumns(one.session)))}::json`
  const answer = await sql<{ key: string; hash: string }>`
    select concat_ws('/', source, channel, session_id) as key, encode(content_sha256, 'hex') as hash
    from ingest.session_head
    join json_to_recordset(${keys}) as refused (source text, channel text, session_id bigint)
      using (source, channel, session_id)
  `.execute(db)
  return new Map(answer.rows.map((row) => [row.key, row.hash]))
}
