import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { notedCode, removedCode } from './ledger.ts'

/** Bytes of a rejected object or message that are kept, at the most. */
export const rejectedContentBytesMax = 1_048_576

/** Something that retrying cannot help. `detail` names the place (a JSON path, a limit), never the content. */
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

/** The same trouble seen again is the same row, counted; one that was put aside opens again only by a person's word. */
export async function writeRejections(db: Database, rejections: readonly Rejection[]): Promise<void> {
  const hashes = new Map<Uint8Array, Buffer>()
  const byFingerprint = new Map(rejections.map((one) => [fingerprintOf(one, hashes), one]))
  for (const fingerprint of [...byFingerprint.keys()].sort()) {
    const one = byFingerprint.get(fingerprint)
    if (one !== undefined) await writeRejection(db, Buffer.from(fingerprint, 'hex'), one)
  }
}

async function writeRejection(db: Database, fingerprint: Buffer, one: Rejection): Promise<void> {
  const content = one.content === null ? null : Buffer.from(one.content.subarray(0, rejectedContentBytesMax))
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
      content,
      content_bytes: one.content === null ? null : String(one.content.byteLength),
      content_is_cut: one.content !== null && one.content.byteLength > rejectedContentBytesMax,
    })
    .onConflict((conflict) =>
      conflict.column('fingerprint').doUpdateSet({
        last_seen_at: sql<Date>`now()`,
        seen_count: sql<number>`rejection.seen_count + 1`,
        // Retention may have dropped them since.
        content: sql<Buffer | null>`coalesce(rejection.content, excluded.content)`,
        state: sql<string>`case when rejection.state = 'ignored' then 'ignored' else 'open' end`,
      }),
    )
    .execute()
}

/**
 * Ends the open rejections of objects of which the ledger, as the transaction leaves it, says something else: a newer
 * upload or a replay was used, or was rejected for another reason. An object that is missing, or that no source owns,
 * ended without a look at its content, so what was wrong with it stays open. Rejections of an object are only ever
 * changed below its ledger row's lock, which the caller holds, so the order among them does not matter.
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
        or (ledger.outcome = 'ignored' and ledger.code not in ('no_source', ${removedCode}, ${notedCode}))
        or (ledger.outcome = 'rejected' and ledger.settled_at > rejection.last_seen_at))
  `.execute(db)
}

/** By place, code and content: a redelivered message is the same trouble. Each content is hashed once. */
function fingerprintOf(one: Rejection, hashes: Map<Uint8Array, Buffer>): string {
  const hash = createHash('sha256').update(JSON.stringify([one.bucket, one.objectKey, one.code, one.detail]))
  if (one.content !== null) {
    const known = hashes.get(one.content) ?? createHash('sha256').update(one.content).digest()
    hashes.set(one.content, known)
    hash.update(known)
  }
  return hash.digest('hex')
}
