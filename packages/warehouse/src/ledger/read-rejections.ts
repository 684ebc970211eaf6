import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { nameOfRejected } from '../sealing/content-names.ts'
import { createOpener, type Opener } from '../sealing/create-opener.ts'
import { rejectedContentBytesMax } from './keep-contents.ts'
import type { LedgerOutcome } from './ledger.ts'

export type RejectionState = 'open' | 'replayed' | 'ignored'

export type RejectionFilter = {
  id?: string | undefined
  ids?: readonly string[] | undefined
  state?: RejectionState | undefined
  code?: string | undefined
  source?: string | undefined
  /** Last seen at or after `since`, and before `until`. */
  since?: Date | undefined
  until?: Date | undefined
}

/** All rejections with one code. */
export type RejectionGroup = {
  code: string
  rejections: number
  /** How often they were seen, in total. */
  seen: number
  newestAt: Date
  /** The newest of them. */
  example: { id: string; detail: string }
}

/** One rejection without its content. Either an object or a message. */
export type RejectionRow = {
  id: string
  code: string
  detail: string
  state: RejectionState
  source: string | null
  bucket: string | null
  objectKey: string | null
  messageId: string | null
  firstSeenAt: Date
  lastSeenAt: Date
  seenCount: number
}

export type RejectionHistory = RejectionRow & {
  versionId: string | null
  /** The original size; fewer bytes may be kept. */
  contentBytes: number | null
  keptBytes: number | null
  ledger: {
    outcome: LedgerOutcome
    code: string | null
    settledAt: Date
    settleCount: number
    etag: string | null
    lastModified: Date | null
    removedAt: Date | null
  } | null
}

/** By code, the most frequent first. */
export async function groupRejections(db: Database, filter: RejectionFilter): Promise<RejectionGroup[]> {
  const answer = await sql<RejectionGroup>`
    select code, count(*)::float8 as rejections, sum(seen_count)::float8 as seen, max(last_seen_at) as "newestAt",
      (array_agg(json_build_object('id', rejection_id::text, 'detail', detail) order by last_seen_at desc, rejection_id desc))[1]
        as example
    from ingest.rejection where ${matchesRejection(filter)}
    group by code order by rejections desc, code
  `.execute(db)
  return answer.rows
}

/** For `kept.content`, the bytes of a rejection. */
export const joinKept = sql`
  left join ingest.rejected_content as kept on kept.content_sha256 = rejection.content_sha256`
/** Does not read the bytes. */
export const isContentKept = sql`rejection.content_sha256 is not null`

/** The columns of `ingest.rejection` that a `RejectionRow` has. */
export const rejectionColumns = sql`
  rejection_id::text as id, code, detail, state, source, bucket, object_key as "objectKey",
  message_id as "messageId", rejection.first_seen_at as "firstSeenAt",
  rejection.last_seen_at as "lastSeenAt", seen_count as "seenCount"`

/** Those seen last come first. */
export async function listRejections(
  db: Database,
  filter: RejectionFilter,
  limit: number,
): Promise<RejectionRow[]> {
  const answer = await sql<RejectionRow>`
    select ${rejectionColumns} from ingest.rejection where ${matchesRejection(filter)}
    order by last_seen_at desc, rejection_id desc limit ${limit}
  `.execute(db)
  return answer.rows
}

/** One rejection in full, with what the ledger says about its object now. */
export async function readRejection(db: Database, id: string): Promise<RejectionHistory | undefined> {
  const answer = await sql<Omit<RejectionHistory, 'ledger'>>`
    select ${rejectionColumns}, version_id as "versionId", content_bytes::float8 as "contentBytes",
      (case when kept.sealed_content is null then octet_length(kept.content)
            else least(content_bytes, ${rejectedContentBytesMax}) end)::float8 as "keptBytes"
    from ingest.rejection ${joinKept} where rejection_id = ${id}::bigint
  `.execute(db)
  const [found] = answer.rows
  return found === undefined ? undefined : { ...found, ledger: await readLedgerRow(db, found) }
}

/** What the ledger says about the rejection's object now; null for a message. */
export async function readLedgerRow(
  db: Database,
  { bucket, objectKey }: Pick<RejectionRow, 'bucket' | 'objectKey'>,
): Promise<RejectionHistory['ledger']> {
  const answer = await sql<NonNullable<RejectionHistory['ledger']>>`
    select outcome, code, settled_at as "settledAt", settle_count as "settleCount", etag,
      last_modified as "lastModified", removed_at as "removedAt"
    from ingest.object where bucket = ${bucket} and object_key = ${objectKey}
  `.execute(db)
  return answer.rows[0] ?? null
}

/**
 * The original bytes, as far as they are kept: personal data.
 * @throws DocumentKeyError for sealed bytes whose key is not there
 */
export async function readRejectionContent(
  db: Database,
  id: string,
  opener = createOpener(db, undefined),
): Promise<Buffer | null> {
  const answer = await sql<KeptContent>`
    select ${keptContent} from ingest.rejection ${joinKept} where rejection_id = ${id}::bigint
  `.execute(db)
  const [row] = answer.rows
  return row === undefined ? null : openKept(row, opener)
}

/** Kept bytes, plain or sealed, with their hash. */
export type KeptContent = { content: Buffer | null; sealed: Buffer | null; sha256: string | null }

/** The columns of a `KeptContent`. */
export const keptContent = sql`
  kept.content as content, kept.sealed_content as sealed, encode(kept.content_sha256, 'hex') as sha256`

/** @throws DocumentKeyError */
export async function openKept(
  { content, sealed, sha256 }: KeptContent,
  opener: Opener,
): Promise<Buffer | null> {
  if (sealed === null || sha256 === null) return content
  return opener.open(sealed, nameOfRejected(sha256))
}

/** A condition on `ingest.rejection`. */
export function matchesRejection({ id, ids, state, code, source, since, until }: RejectionFilter) {
  const conditions = [
    ...(id === undefined ? [] : [sql`rejection.rejection_id = ${id}::bigint`]),
    ...(ids === undefined ? [] : [sql`rejection.rejection_id = any(${ids}::bigint[])`]),
    ...(state === undefined ? [] : [sql`rejection.state = ${state}`]),
    ...(code === undefined ? [] : [sql`rejection.code = ${code}`]),
    ...(source === undefined ? [] : [sql`rejection.source = ${source}`]),
    ...(since === undefined ? [] : [sql`rejection.last_seen_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`rejection.last_seen_at < ${until}`]),
  ]
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}
