import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from './database.ts'

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
        state: sql<string>`case when rejection.state = 'ignored' then 'ignored' else 'open' end`,
      }),
    )
    .execute()
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
