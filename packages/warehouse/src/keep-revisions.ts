import type { SessionKey } from '@aftercall/metadata/map-session'
import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { SessionToStore } from './session-to-store.ts'
import { byMonth } from './table-statements.ts'

/** Which raw documents are kept: of the stored revision, of every revision, or none (configuration, `raw`). */
export type RawKept = 'latest' | 'all' | 'none'

type Kept = {
  accepted: readonly SessionToStore[]
  /** The revisions before, by the partition their rows were in. */
  replaced: readonly (SessionKey & { createdAt: string })[]
  raw: RawKept
}

/** Writes down each accepted revision, and drops the documents of earlier ones where only the latest is kept. */
export async function keepRevisions(db: Database, { accepted, replaced, raw }: Kept): Promise<void> {
  if (raw === 'latest') await dropEarlierDocuments(db, replaced)
  if (accepted.length === 0) return
  // The document is put into the batch's text as it stands: it is JSON already, and quoting it would double the work.
  const rows = accepted.map((one) => {
    const row = JSON.stringify(revisionRow(one))
    return raw === 'none' ? row : `${row.slice(0, -1)},"document":${one.session.text}}`
  })
  await sql`
    insert into warehouse.session_revision
      (source, channel, session_id, session_created_at, content_sha256, revision_updated_at, latest_event_at,
       object_last_modified, bucket, object_key, document, original_content)
    select source, channel, session_id, session_created_at, decode(content_sha256, 'hex'), revision_updated_at,
           latest_event_at, object_last_modified, bucket, object_key, document, decode(original_content, 'base64')
    from json_to_recordset(${`[${rows.join(',')}]`}::json) as revision
      (source text, channel text, session_id bigint, session_created_at timestamptz, content_sha256 text,
       revision_updated_at timestamptz, latest_event_at timestamptz, object_last_modified timestamptz,
       bucket text, object_key text, document json, original_content text)
    on conflict (source, channel, session_id, session_created_at, content_sha256) do update set
      document = coalesce(excluded.document, session_revision.document),
      original_content = coalesce(excluded.original_content, session_revision.original_content),
      object_last_modified = greatest(excluded.object_last_modified, session_revision.object_last_modified)
  `.execute(db)
}

async function dropEarlierDocuments(db: Database, replaced: Kept['replaced']): Promise<void> {
  for (const { from, to, ofMonth } of byMonth(replaced)) {
    const keys = ofMonth.map(({ source, channel, sessionId }) => ({ source, channel, session_id: sessionId }))
    await sql`
      update warehouse.session_revision as revision set document = null, original_content = null
      from json_to_recordset(${JSON.stringify(keys)}::json) as earlier
        (source text, channel text, session_id bigint)
      where revision.session_created_at >= ${from}::timestamptz and revision.session_created_at < ${to}::timestamptz
        and (revision.source, revision.channel, revision.session_id)
          = (earlier.source, earlier.channel, earlier.session_id)
        and (revision.document is not null or revision.original_content is not null)
    `.execute(db)
  }
}

function revisionRow({ session, bucket, objectKey, originalContent }: SessionToStore): object {
  const { key, revision, createdAt } = session
  return {
    source: key.source,
    channel: key.channel,
    session_id: key.sessionId,
    session_created_at: createdAt,
    content_sha256: revision.contentSha256,
    revision_updated_at: revision.updatedAt,
    latest_event_at: revision.latestEventAt,
    object_last_modified: revision.objectLastModified,
    bucket,
    object_key: objectKey,
    original_content: originalContent === null ? null : Buffer.from(originalContent).toString('base64'),
  }
}
