import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { nameOfRejected } from '../sealing/content-names.ts'
import type { Sealer } from '../sealing/create-sealing.ts'
import { placeOfRejection } from '../sealing/key-places.ts'

/** The most bytes of a rejected object or message that are kept. */
export const rejectedContentBytesMax = 1_048_576

/**
 * Keeps the beginning of each content once, and returns the hash of each content. `contents`: each with its source. A
 * content that is kept already is locked and marked as seen, so that maintenance, which deletes contents without a rejection, leaves it alone until this
 * transaction has committed its reference. Locks in the order of the hashes.
 */
export async function keepContents(
  db: Database,
  contents: ReadonlyMap<Uint8Array, string | null>,
  sealing?: ContentSealing,
): Promise<ReadonlyMap<Uint8Array, Buffer>> {
  const hashes = new Map<Uint8Array, Buffer>()
  const byHash = new Map<string, Content>()
  for (const [content, source] of contents) {
    const bytes = content.subarray(0, rejectedContentBytesMax)
    const hash = createHash('sha256').update(bytes).digest()
    hashes.set(content, hash)
    byHash.set(hash.toString('hex'), { hash, bytes, source })
  }
  for (const hex of [...byHash.keys()].sort()) {
    const one = byHash.get(hex)
    if (one !== undefined) await keepContent(db, one, sealing)
  }
  return hashes
}

type Content = { hash: Buffer; bytes: Uint8Array; source: string | null }

/** Encrypts contents as those of this month. */
export type ContentSealing = { sealer: Sealer; month: string }

async function keepContent(
  db: Database,
  { hash, bytes, source }: Content,
  sealing: ContentSealing | undefined,
): Promise<void> {
  const kept =
    sealing === undefined
      ? { content: Buffer.from(bytes) }
      : { sealed_content: sealContent(sealing, { hash, bytes, source }) }
  await db
    .insertInto('ingest.rejected_content')
    .values({ content_sha256: hash, ...kept })
    .onConflict((conflict) =>
      conflict.column('content_sha256').doUpdateSet({ last_seen_at: sql<Date>`now()` }),
    )
    .execute()
}

function sealContent({ sealer, month }: ContentSealing, { hash, bytes, source }: Content): Buffer {
  return sealer.seal(placeOfRejection({ source }, month), nameOfRejected(hash.toString('hex')), bytes)
}

const deletedAtOnce = 1_000

/**
 * Deletes the contents that no rejection refers to, and returns how many. A content that was seen within the last hour
 * stays: a loader may be about to refer to it. The hour is longer than any loader's transaction.
 */
export async function deleteUnusedContents(db: Database): Promise<number> {
  for (let deleted = 0; ; ) {
    const answer = await sql`
      delete from ingest.rejected_content where content_sha256 in (
        select content_sha256 from ingest.rejected_content as kept
        where last_seen_at < now() - interval '1 hour'
          and not exists (select from ingest.rejection where rejection.content_sha256 = kept.content_sha256)
        limit ${deletedAtOnce} for update skip locked)
    `.execute(db)
    const batch = Number(answer.numAffectedRows ?? 0)
    deleted += batch
    if (batch < deletedAtOnce) return deleted
  }
}
