import { createHash } from 'node:crypto'
import { cutText } from '@aftercall/runtime/text/cut-text'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { type ContentSealing, keepContents, rejectedContentBytesMax } from './keep-contents.ts'
import { otherEventCode, removedCode } from './ledger.ts'

/**
 * An object or message that cannot be used, even if it is tried again. `detail` names the place (a JSON path, a limit),
 * never the content.
 */
export type Rejection = {
  source: string | null
  bucket: string | null
  objectKey: string | null
  versionId: string | null
  messageId: string | null
  code: string
  detail: string
  content: Uint8Array | null
}

/** The database refuses a longer one (`rejection_detail_is_bounded`). */
export const detailLengthMax = 500
/** S3's version ids have up to 1,024 bytes, SQS's message ids up to 100 characters. */
const idLengthMax = 1_024

/**
 * The same problem seen again is the same row, counted. An ignored one opens again only when a person asks for it. Locks
 * contents by hash, then rejections by fingerprint.
 */
export async function writeRejections(
  db: Database,
  rejections: readonly Rejection[],
  sealing?: ContentSealing,
): Promise<void> {
  if (rejections.length === 0) return
  const bounded = rejections.map(withBounds)
  const contents = new Map(
    bounded.flatMap((one) => (one.content === null ? [] : [[one.content, one.source] as const])),
  )
  const keptHashes = await keepContents(db, contents, sealing)
  const hashes = new Map<Uint8Array, Buffer>()
  const byFingerprint = new Map(bounded.map((one) => [fingerprintOf(one, hashes), one]))
  for (const fingerprint of [...byFingerprint.keys()].sort()) {
    const one = byFingerprint.get(fingerprint)
    if (one === undefined) continue
    const keptHash = one.content === null ? null : (keptHashes.get(one.content) ?? null)
    await writeRejection(db, Buffer.from(fingerprint, 'hex'), one, keptHash)
  }
}

/** Keeps as much of each text from outside as identifies it, and nothing that Postgres cannot store. */
function withBounds(one: Rejection): Rejection {
  return {
    ...one,
    versionId: one.versionId === null ? null : bound(one.versionId, idLengthMax),
    messageId: one.messageId === null ? null : bound(one.messageId, idLengthMax),
    detail: bound(one.detail, detailLengthMax),
  }
}

function bound(text: string, lengthMax: number): string {
  return cutText(text.toWellFormed().replaceAll('\0', '\uFFFD'), lengthMax)
}

async function writeRejection(
  db: Database,
  fingerprint: Buffer,
  one: Rejection,
  contentSha256: Buffer | null,
): Promise<void> {
  await db
    .insertInto('ingest.rejection')
    .values({
      fingerprint,
      source: one.source,
      bucket: one.bucket,
      object_key: one.objectKey,
      version_id: one.versionId,
      message_id: one.messageId,
      code: one.code,
      detail: one.detail,
      content_sha256: contentSha256,
      content_bytes: one.content === null ? null : String(one.content.byteLength),
      content_is_cut: one.content !== null && one.content.byteLength > rejectedContentBytesMax,
    })
    .onConflict((conflict) =>
      conflict.column('fingerprint').doUpdateSet({
        last_seen_at: sql<Date>`now()`,
        seen_count: sql<number>`rejection.seen_count + 1`,
        // Retention may have deleted them since.
        content_sha256: sql<Buffer | null>`coalesce(excluded.content_sha256, rejection.content_sha256)`,
        state: sql<string>`case when rejection.state = 'ignored' then 'ignored' else 'open' end`,
      }),
    )
    .execute()
}

/**
 * Ends the open rejections of objects for which the ledger, as this transaction leaves it, says something else: a newer
 * upload or a replay was used, or was rejected for another reason. An object that is missing, or that belongs to no
 * source, ended without a look at its content, so its rejections stay open. Rejections of an object change only under the
 * lock of its ledger row, which the caller holds, so their order does not matter.
 */
export async function endRejections(
  db: Database,
  objects: readonly { bucket: string; key: string }[],
): Promise<void> {
  if (objects.length === 0) return
  const places = objects.map(({ bucket, key }) => ({ bucket, key }))
  await sql`
    update ingest.rejection as rejection set state = 'replayed'
    from json_to_recordset(${JSON.stringify(places)}::json) as settled (bucket text, key text),
      ingest.object as ledger
    where rejection.bucket = settled.bucket and rejection.object_key = settled.key and rejection.state = 'open'
      and ledger.bucket = rejection.bucket and ledger.object_key = rejection.object_key
      and (ledger.outcome in ('stored', 'superseded', 'duplicate')
        or (ledger.outcome = 'ignored' and ledger.code not in ('no_source', ${removedCode}, ${otherEventCode}))
        or (ledger.outcome = 'rejected' and ledger.settled_at > rejection.last_seen_at))
  `.execute(db)
}

/** By place, code, and content: a redelivered message is the same problem. Each content is hashed once. */
function fingerprintOf(one: Rejection, hashes: Map<Uint8Array, Buffer>): string {
  const hash = createHash('sha256').update(JSON.stringify([one.bucket, one.objectKey, one.code, one.detail]))
  if (one.content !== null) {
    const known = hashes.get(one.content) ?? createHash('sha256').update(one.content).digest()
    hashes.set(one.content, known)
    hash.update(known)
  }
  return hash.digest('hex')
}
