import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { createOpener, type Opener } from '../sealing/create-opener.ts'
import { DocumentKeyError } from '../sealing/document-key-error.ts'
import {
  isContentKept,
  joinKept,
  type KeptContent,
  keptContent,
  matchesRejection,
  openKept,
  type RejectionFilter,
} from './read-rejections.ts'

/** The kept bytes of a rejected object, with what the ledger knows about it. */
export type RejectedContent = {
  source: string | null
  bucket: string
  key: string
  content: Buffer
  etag: string | null
  versionId: string | null
  sequencer: string | null
  /** When the object was first seen, if its real time is unknown: it cannot be newer. */
  lastModified: Date
  removedAt: Date | null
}

/**
 * Why the bytes of an object cannot be mapped: they are not kept, not kept in full, or the ledger knows other content.
 */
export type UnusableContents = { notKept: number; cut: number; changed: number }

/** One message, with all its selected rejections: there can be several for the same bytes. */
export type RejectedMessage = {
  messageId: string
  content: Buffer
  rejections: { id: string; seenCount: number }[]
}

export type ReadContents = {
  /** Reads bytes that are sealed. Without it, none can be. */
  opener?: Opener
  /** Called for bytes that cannot be read because of their key: they are left out. Throws by default. */
  onUnreadable?: (error: DocumentKeyError) => void
  pageSize?: number
}

function rethrow(error: DocumentKeyError): never {
  throw error
}

async function openAll<Row>(
  rows: readonly (Row & KeptContent)[],
  opener: Opener,
  onUnreadable: (error: DocumentKeyError) => void,
): Promise<(Omit<Row & KeptContent, keyof KeptContent> & { content: Buffer })[]> {
  const opened: (Omit<Row & KeptContent, keyof KeptContent> & { content: Buffer })[] = []
  for (const { content, sealed, sha256, ...rest } of rows) {
    try {
      const bytes = await openKept({ content, sealed, sha256 }, opener)
      if (bytes !== null) opened.push({ ...rest, content: bytes })
    } catch (error) {
      if (!(error instanceof DocumentKeyError)) throw error
      onUnreadable(error)
    }
  }
  return opened
}

/** A content can have a MiB. */
const pageSizeDefault = 20

/**
 * A rejection whose bytes are the known content of its object: the object ended with them, or was gone when it was
 * fetched again. An object that was rejected for several reasons comes once.
 */
const isCurrent = sql`
  (ledger.outcome = 'missing'
    or (ledger.outcome = 'rejected' and ledger.settled_at <= rejection.last_seen_at))`

/** In key order, a page at a time. */
export async function* readRejectedContents(
  db: Database,
  filter: RejectionFilter,
  {
    opener = createOpener(db, undefined),
    onUnreadable = rethrow,
    pageSize = pageSizeDefault,
  }: ReadContents = {},
): AsyncGenerator<RejectedContent[]> {
  let after: Pick<RejectedContent, 'bucket' | 'key'> | undefined
  for (;;) {
    const answer = await sql<Omit<RejectedContent, 'content'> & KeptContent>`
      select distinct on (rejection.bucket, rejection.object_key)
        rejection.source, rejection.bucket, rejection.object_key as key, ${keptContent}, ledger.etag,
        ledger.version_id as "versionId", ledger.sequencer,
        coalesce(ledger.last_modified, rejection.first_seen_at) as "lastModified",
        case when ledger.outcome = 'missing' then ledger.settled_at else ledger.removed_at end as "removedAt"
      from ingest.rejection join ingest.object as ledger using (bucket, object_key) ${joinKept}
      where ${matchesRejection(filter)} and ${isContentKept} and not content_is_cut and ${isCurrent}
        and ${after === undefined ? sql`true` : sql`(bucket, object_key) > (${after.bucket}, ${after.key})`}
      order by rejection.bucket, rejection.object_key, rejection.last_seen_at desc
      limit ${pageSize}
    `.execute(db)
    if (answer.rows.length > 0) yield await openAll(answer.rows, opener, onUnreadable)
    after = answer.rows.at(-1)
    if (answer.rows.length < pageSize) return
  }
}

/** Among the objects that the filter selects. */
export async function countUnusableContents(
  db: Database,
  filter: RejectionFilter,
): Promise<UnusableContents> {
  const answer = await sql<UnusableContents>`
    select count(*) filter (where not ${isContentKept})::float8 as "notKept",
      count(*) filter (where content_is_cut and ${isContentKept})::float8 as cut,
      count(*) filter (where ${isContentKept} and not content_is_cut and not ${isCurrent})::float8 as changed
    from ingest.rejection join ingest.object as ledger using (bucket, object_key)
    where ${matchesRejection(filter)}
  `.execute(db)
  return answer.rows[0] ?? { notKept: 0, cut: 0, changed: 0 }
}

/**
 * Messages that were rejected, or of which a record was, oldest first, a page at a time. All rejections of one content
 * are one message.
 */
export async function* readRejectedMessages(
  db: Database,
  filter: RejectionFilter,
  {
    opener = createOpener(db, undefined),
    onUnreadable = rethrow,
    pageSize = pageSizeDefault,
  }: ReadContents = {},
): AsyncGenerator<RejectedMessage[]> {
  let after = '0'
  for (;;) {
    const answer = await sql<Omit<RejectedMessage, 'content'> & KeptContent & { first: string }>`
      select message.first::text as first, message_id as "messageId", ${keptContent}, message.rejections
      from (
        select min(rejection_id) as first,
          json_agg(json_build_object('id', rejection_id::text, 'seenCount', seen_count)) as rejections
        from ingest.rejection
        where ${matchesRejection(filter)} and bucket is null and message_id is not null
          and ${isContentKept} and not content_is_cut
        group by content_sha256
        having min(rejection_id) > ${after}::bigint
        order by 1 limit ${pageSize}
      ) as message
      join ingest.rejection on rejection_id = message.first ${joinKept}
      order by message.first
    `.execute(db)
    const messages = answer.rows.map(({ first: _, ...message }) => message)
    if (messages.length > 0) yield await openAll(messages, opener, onUnreadable)
    after = answer.rows.at(-1)?.first ?? after
    if (answer.rows.length < pageSize) return
  }
}
