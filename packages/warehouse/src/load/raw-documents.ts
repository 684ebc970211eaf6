import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { nameOfDocument } from '../sealing/content-names.ts'
import type { Opener } from '../sealing/create-opener.ts'
import { DocumentKeyError } from '../sealing/document-key-error.ts'

/** The kept document of a stored revision, with everything that determines its place in the order. */
export type RawDocument = {
  source: string
  channel: 'call' | 'chat'
  sessionId: string
  bucket: string
  objectKey: string
  objectLastModified: Date
  /** In lower-case hex; of the object, not of this text. */
  contentSha256: string
  text: string
}

export type ReadOptions = {
  /** Reads documents that are sealed. Without it they are left out, as those that it cannot open. */
  opener?: Opener
  /** Called for each document that cannot be read because of its key. */
  onUnreadable?: (error: DocumentKeyError) => void
  pageSize?: number
  bytesMax?: number
}

export type RawFilter = {
  /** Only sessions that were mapped by older rules than these, or with other settings. */
  mapping: { version: number; settingsVersion: number }
  session?: { source: string; channel: string; sessionId: string } | undefined
  /** Only sessions that were stored since then. */
  since?: Date | undefined
}

/** How many stored revisions the filter selects, and how many of them have their document. */
export async function countRawDocuments(
  db: Database,
  filter: RawFilter,
): Promise<{ sessions: number; kept: number }> {
  const answer = await sql<{ sessions: string; kept: string }>`
    select count(*) as sessions, count(*) filter (where ${isKept}) as kept
    from ingest.session_head as head left join warehouse.session_document as kept on ${ofStored}
    where ${matches(filter)}
  `.execute(db)
  const row = answer.rows[0]
  return { sessions: Number(row?.sessions ?? 0), kept: Number(row?.kept ?? 0) }
}

/** The most bytes of a page, as text; the first document always fits. */
const pageBytesMax = 33_554_432

/** The documents in key order, a page at a time, so that memory stays constant for any number and size of documents. */
export async function* readRawDocuments(
  db: Database,
  filter: RawFilter,
  { opener, onUnreadable = () => {}, pageSize = 200, bytesMax = pageBytesMax }: ReadOptions = {},
): AsyncGenerator<RawDocument[]> {
  let after = { source: '', channel: '', sessionId: '-9223372036854775808' }
  for (;;) {
    const answer = await sql<Omit<RawDocument, 'text'> & { text: string | null; sealed: Buffer | null }>`
      with page as materialized (
        select head.source, head.channel, head.session_id, session.bucket, session.object_key, head.object_last_modified,
               head.content_sha256, kept.document::text as text, kept.sealed_document as sealed
        from ingest.session_head as head join warehouse.session_document as kept on ${ofStored}
        join warehouse.session on (session.source, session.channel, session.session_id, session.created_at)
          = (head.source, head.channel, head.session_id, head.created_at)
        where ${matches(filter)} and ${isKept}
          and (head.source, head.channel, head.session_id) > (${after.source}, ${after.channel}, ${after.sessionId}::bigint)
        order by head.source, head.channel, head.session_id
        limit ${pageSize}
      ), summed as (
        select *, sum(coalesce(octet_length(text), ${sealedFactor} * octet_length(sealed))) over (order by source, channel, session_id
                                                rows between unbounded preceding and 1 preceding) as bytes_before
        from page
      )
      select source, channel, session_id::text as "sessionId", bucket, object_key as "objectKey",
             object_last_modified as "objectLastModified", encode(content_sha256, 'hex') as "contentSha256", text, sealed
      from summed where coalesce(bytes_before, 0) < ${bytesMax}
      order by summed.source, summed.channel, summed.session_id
    `.execute(db)
    const last = answer.rows.at(-1)
    if (last === undefined) return
    const documents: RawDocument[] = []
    for (const { sealed, text, ...one } of answer.rows) {
      const read = text ?? (await openDocument({ ...one, sealed }, { opener, onUnreadable }))
      if (read !== undefined) documents.push({ ...one, text: read })
    }
    yield documents
    after = last
  }
}

type Sealed = Omit<RawDocument, 'text'> & { sealed: Buffer | null }

/** Undefined if it cannot be read because of its key. */
async function openDocument(
  { sealed, ...one }: Sealed,
  { opener, onUnreadable }: { opener: Opener | undefined; onUnreadable(error: DocumentKeyError): void },
): Promise<string | undefined> {
  if (sealed === null || opener === undefined) return undefined
  try {
    return (await opener.open(sealed, nameOfDocument(one))).toString()
  } catch (error) {
    if (!(error instanceof DocumentKeyError)) throw error
    onUnreadable(error)
    return undefined
  }
}

/** How much larger a sealed document is once it is opened, at most, as a page is bounded. */
const sealedFactor = sql.lit(10)

const isKept = sql`(kept.document is not null or kept.sealed_document is not null)`

const ofStored = sql`
  (kept.source, kept.channel, kept.session_id, kept.session_created_at, kept.content_sha256)
  = (head.source, head.channel, head.session_id, head.created_at, head.content_sha256)`

function matches({ mapping, session, since }: RawFilter) {
  const ofSession =
    session === undefined
      ? sql`true`
      : sql`(head.source = ${session.source} and head.channel = ${session.channel}
             and head.session_id = ${session.sessionId}::bigint)`
  const isRecent = since === undefined ? sql`true` : sql`head.loaded_at >= ${since}`
  const isOutdated = sql`
    (head.mapping_version < ${mapping.version} or head.mapping_version = ${mapping.version}
       and head.mapping_settings is distinct from ${mapping.settingsVersion}::integer)`
  return sql`${isOutdated} and ${ofSession} and ${isRecent}`
}
