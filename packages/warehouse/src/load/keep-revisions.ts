import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { createByteWriter } from '../copy/byte-writer.ts'
import type { RowsToCopy } from '../copy/copy-rows.ts'
import { type FieldKind, type FieldValue, startRow, writeField } from '../copy/write-field.ts'
import { keyOf, type SessionToStore } from './session-to-store.ts'
import { inEachMonth, instantText } from './table-statements.ts'

/** Which raw documents are kept: of the stored revision, of every revision, or none (configuration, `raw`). */
export type RawKept = 'latest' | 'all' | 'none'

/** An accepted revision, with what its head returned under the lock. */
export type AcceptedRevision = {
  one: SessionToStore
  /** When the head accepted it, in microseconds UTC. */
  loadedAt: string
  /** Where the rows of the previous revision are. Null for a session's first revision. */
  previousCreatedAt: string | null
}

/** The rows of accepted revisions. A revision that was known before keeps values from its old row: see `takeOut`. */
export function revisionRows(
  accepted: readonly AcceptedRevision[],
  known: ReadonlyMap<string, Known>,
  raw: RawKept,
): RowsToCopy {
  const out = createByteWriter(accepted.reduce((bytes, { one }) => bytes + bytesOf(one), 0))
  const pieces = accepted.map((revision) => {
    const from = out.at
    startRow(out, fields.length)
    for (const { kind, read } of fields)
      writeField(out, kind, read(revision, known.get(keyOf(revision.one)), raw))
    return out.buffer.subarray(from, out.at)
  })
  return { table: 'session_revision', columns: fields.map((one) => one.name), pieces }
}

/**
 * An object of thousands of documents is kept with the first of them, not with each, so that it takes space in proportion
 * to its bytes.
 */
export function withOriginalsOnce<One extends AcceptedRevision>(accepted: readonly One[]): One[] {
  const seen = new Set<Uint8Array>()
  return accepted.map((revision) => {
    const { originalContent } = revision.one
    if (originalContent === null) return revision
    if (seen.has(originalContent)) return { ...revision, one: { ...revision.one, originalContent: null } }
    seen.add(originalContent)
    return revision
  })
}

/** The values of a row that was taken out. */
export type Known = {
  source: string
  channel: string
  session_id: string
  object_last_modified: string
  loaded_at: string
  document: string | null
  original_content: Buffer | null
}

type Field = {
  name: string
  kind: FieldKind
  read(revision: AcceptedRevision, known: Known | undefined, raw: RawKept): FieldValue
}

/** A revision that was known before keeps its load time, and what is not sent again. */
const fields: readonly Field[] = [
  { name: 'source', kind: 'text', read: ({ one }) => one.session.key.source },
  { name: 'channel', kind: 'text', read: ({ one }) => one.session.key.channel },
  { name: 'session_id', kind: 'id', read: ({ one }) => one.session.key.sessionId },
  { name: 'session_created_at', kind: 'time', read: ({ one }) => one.session.createdAt },
  { name: 'content_sha256', kind: 'bytea', read: ({ one }) => contentHash(one) },
  { name: 'revision_updated_at', kind: 'time', read: ({ one }) => one.session.revision.updatedAt },
  { name: 'latest_event_at', kind: 'time', read: ({ one }) => one.session.revision.latestEventAt },
  {
    name: 'object_last_modified',
    kind: 'time',
    read: ({ one }, known) => later(one.session.revision.objectLastModified, known?.object_last_modified),
  },
  { name: 'bucket', kind: 'text', read: ({ one }) => one.bucket },
  { name: 'object_key', kind: 'text', read: ({ one }) => one.objectKey },
  { name: 'loaded_at', kind: 'time', read: ({ loadedAt }, known) => known?.loaded_at ?? loadedAt },
  {
    name: 'document',
    kind: 'json-text',
    read: ({ one }, known, raw) => (raw === 'none' ? known?.document : one.session.text),
  },
  {
    name: 'original_content',
    kind: 'bytea',
    read: ({ one }, known) => one.originalContent ?? known?.original_content,
  },
]

/** A document's text, and about 400 bytes beside it. */
function bytesOf({ session, originalContent }: SessionToStore): number {
  return session.text.length + (originalContent?.length ?? 0) + 512
}

function contentHash({ session }: SessionToStore): Buffer {
  return Buffer.from(session.revision.contentSha256, 'hex')
}

/** Instants are texts of fixed width, so that text order is time order. */
function later(one: string, other: string | undefined): string {
  return other !== undefined && other > one ? other : one
}

type Place = {
  source: string
  channel: string
  session_id: string
  created_at: string
  content_sha256: string
  /** In the month to search. */
  createdAt: string
}

/** Where a revision is if it was known before, and where the earlier ones are. */
function placesOf({ one: { session }, previousCreatedAt }: AcceptedRevision): Place[] {
  const { key, createdAt, revision } = session
  const place = {
    source: key.source,
    channel: key.channel,
    session_id: key.sessionId,
    created_at: createdAt,
    content_sha256: revision.contentSha256,
  }
  const isMoved = previousCreatedAt !== null && previousCreatedAt.slice(0, 7) !== createdAt.slice(0, 7)
  return [{ ...place, createdAt }, ...(isMoved ? [{ ...place, createdAt: previousCreatedAt }] : [])]
}

/**
 * A revision may come again, when content changes back and forth or is mapped by newer rules. Its row is deleted here and
 * written again with its old values. If only the latest document is kept, those of all other revisions of these sessions
 * are cleared; no row is in both groups. Under the heads' locks no one else changes them.
 */
export async function takeOut(
  db: Database,
  accepted: readonly AcceptedRevision[],
  raw: RawKept,
): Promise<ReadonlyMap<string, Known>> {
  const replacing = accepted.filter((one) => one.previousCreatedAt !== null)
  const known = new Map<string, Known>()
  await inEachMonth(replacing.flatMap(placesOf), async ({ from, to, ofMonth }) => {
    const answer = await sql<Known>`
      with place as materialized (
        select source, channel, session_id, created_at, decode(content_sha256, 'hex') as content_sha256
        from json_to_recordset(${JSON.stringify(ofMonth)}::json) as place
          (source text, channel text, session_id bigint, created_at timestamptz, content_sha256 text)
      ), dropped as (
        update warehouse.session_revision as earlier set document = null, original_content = null
        from place
        where ${sql.lit(raw === 'latest')}
          and earlier.session_created_at >= ${from}::timestamptz and earlier.session_created_at < ${to}::timestamptz
          and (earlier.source, earlier.channel, earlier.session_id) = (place.source, place.channel, place.session_id)
          and (earlier.session_created_at, earlier.content_sha256) <> (place.created_at, place.content_sha256)
          and (earlier.document is not null or earlier.original_content is not null)
      )
      delete from warehouse.session_revision as again
      using place
      where again.session_created_at >= ${from}::timestamptz and again.session_created_at < ${to}::timestamptz
        and (again.source, again.channel, again.session_id, again.session_created_at, again.content_sha256)
          = (place.source, place.channel, place.session_id, place.created_at, place.content_sha256)
      returning again.source, again.channel, again.session_id, again.document::text as document,
        again.original_content, ${instantText(sql`again.object_last_modified`)} as object_last_modified,
        ${instantText(sql`again.loaded_at`)} as loaded_at
    `.execute(db)
    for (const row of answer.rows) known.set(`${row.source}/${row.channel}/${row.session_id}`, row)
  })
  return known
}
