import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { nameOfDocument } from './content-names.ts'
import { createOpener } from './create-opener.ts'
import type { DocumentKeys } from './document-keys.ts'

export type KeptDocument = { contentSha256: string; loadedAt: Date; isEncrypted: boolean; text: string }

type Wanted = {
  source: string
  channel: string
  sessionId: string
  /** The beginning of its hash, in lower-case hex; empty for the newest revision that is kept. */
  revision: string
}

/**
 * A kept document of a session, for people who may read raw documents. Undefined if none is kept.
 * @throws DocumentKeyError
 */
export async function readDocument(
  db: Database,
  { source, channel, sessionId, revision }: Wanted,
  keys: DocumentKeys | undefined,
): Promise<KeptDocument | undefined> {
  const answer = await sql<{
    contentSha256: string
    loadedAt: Date
    text: string | null
    sealed: Buffer | null
  }>`
    select encode(kept.content_sha256, 'hex') as "contentSha256", own.loaded_at as "loadedAt",
           kept.document::text as text, kept.sealed_document as sealed
    from warehouse.session_revision own
    join warehouse.session_document kept using (source, channel, session_id, session_created_at, content_sha256)
    where own.source = ${source} and own.channel = ${channel} and own.session_id = ${sessionId}::bigint
      and starts_with(encode(own.content_sha256, 'hex'), ${revision})
      and (kept.document is not null or kept.sealed_document is not null)
    order by own.revision_updated_at desc, own.latest_event_at desc, own.object_last_modified desc, own.content_sha256 desc
    limit 1
  `.execute(db)
  const [row] = answer.rows
  if (row === undefined) return undefined
  const { contentSha256, loadedAt, text, sealed } = row
  if (sealed === null)
    return text === null ? undefined : { contentSha256, loadedAt, isEncrypted: false, text }
  const name = nameOfDocument({ source, channel, sessionId, contentSha256 })
  const opened = await createOpener(db, keys).open(sealed, name)
  return { contentSha256, loadedAt, isEncrypted: true, text: opened.toString() }
}
