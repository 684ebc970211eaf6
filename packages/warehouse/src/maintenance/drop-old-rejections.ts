import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { deleteUnusedContents } from '../ledger/keep-contents.ts'

export type RejectionRetention = {
  /** After this many days without being seen, a rejection's bytes are deleted in any state: they are personal data. */
  contentDays: number
  /** After this many days without being seen, a replayed or ignored rejection is deleted. */
  rowDays: number
}

const batchSize = 1_000

/**
 * Deletes what has been kept long enough, one batch per transaction. Rows that a loader has locked are left for the next
 * time, so that neither waits for the other. An open rejection stays, without its bytes. Bytes that no rejection refers
 * to are deleted; `contents` counts the rejections that lost theirs.
 */
export async function dropOldRejections(
  db: Database,
  { contentDays, rowDays }: RejectionRetention,
): Promise<{ contents: number; rows: number }> {
  const rows = await repeat(() => dropRows(db, rowDays))
  const contents = await repeat(() => dropContents(db, contentDays))
  await deleteUnusedContents(db)
  return { contents, rows }
}

async function dropRows(db: Database, days: number): Promise<number> {
  const answer = await sql`
    delete from ingest.rejection where rejection_id in (
      select rejection_id from ingest.rejection
      where state in ('replayed', 'ignored') and last_seen_at < now() - make_interval(days => ${days})
      limit ${batchSize} for update skip locked)
  `.execute(db)
  return Number(answer.numAffectedRows ?? 0)
}

async function dropContents(db: Database, days: number): Promise<number> {
  const answer = await sql`
    update ingest.rejection set content_sha256 = null where rejection_id in (
      select rejection_id from ingest.rejection
      where content_sha256 is not null and last_seen_at < now() - make_interval(days => ${days})
      limit ${batchSize} for update skip locked)
  `.execute(db)
  return Number(answer.numAffectedRows ?? 0)
}

async function repeat(dropBatch: () => Promise<number>): Promise<number> {
  let dropped = 0
  for (;;) {
    const batch = await dropBatch()
    dropped += batch
    if (batch < batchSize) return dropped
  }
}
