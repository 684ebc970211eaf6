import { sql } from 'kysely'
import type { Database } from '../../connection/database.ts'
import { deleteUnusedContents } from '../../ledger/keep-contents.ts'
import { type DatedKind, datedKinds, daysOf, type RetentionSettings } from './retention-kinds.ts'

/** How many rows were removed, by kind. */
export type RemovedRows = Partial<Record<DatedKind, number>>

const batchSizeDefault = 1_000

/**
 * Removes what has been kept long enough, one batch per transaction: if it ends at any point, the next run continues from
 * there. Bytes that no rejection refers to any more are deleted.
 */
export async function dropOldRows(
  db: Database,
  settings: RetentionSettings,
  batchSize = batchSizeDefault,
): Promise<RemovedRows> {
  const removed: RemovedRows = {}
  for (const kind of datedKinds) {
    const days = daysOf(kind, settings)
    if (days === null) continue
    const rows = await dropOfKind(db, kind, { days, batchSize })
    if (rows > 0) removed[kind] = rows
  }
  await deleteUnusedContents(db)
  return removed
}

async function dropOfKind(
  db: Database,
  kind: DatedKind,
  { days, batchSize }: { days: number; batchSize: number },
): Promise<number> {
  let removed = 0
  let resumeAt: string | null = null
  do {
    const answer: { rows: Batch[] } = await sql<Batch>`
      select removed::float8, resume_at::text as "resumeAt"
      from ingest.tidy(${kind}, ${days}::integer, ${batchSize}::integer, ${resumeAt}::timestamptz)
    `.execute(db)
    const [batch] = answer.rows
    removed += batch?.removed ?? 0
    resumeAt = batch?.resumeAt ?? null
  } while (resumeAt !== null)
  return removed
}

type Batch = { removed: number; resumeAt: string | null }
