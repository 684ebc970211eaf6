import type { Database } from '../connection/database.ts'
import { copyRows } from '../copy/copy-rows.ts'
import type { RawKept } from './keep-revisions.ts'
import type { Settlement } from './settlement.ts'
import { storeSessions } from './store-sessions.ts'

class MeasuredError extends Error {
  override readonly name = 'MeasuredError'
}

/**
 * How many milliseconds this database takes for these documents, with all their rows, in a transaction that is rolled
 * back: nothing of them stays, and nobody else sees them. No month is made for it; the default partition stands in.
 */
export async function measureBatch(
  db: Database,
  batch: readonly Settlement[],
  raw: RawKept,
): Promise<{ documents: number; durationMs: number }> {
  const sessions = batch.flatMap(({ object, sessions: mapped }) =>
    object === null
      ? []
      : mapped.map((session) => ({
          session,
          bucket: object.bucket,
          objectKey: object.key,
          originalContent: null,
        })),
  )
  const startedAt = performance.now()
  await db
    .transaction()
    .execute(async (transaction) => {
      const { slices } = await storeSessions(transaction, sessions, raw)
      for (const slice of slices) await copyRows(transaction, slice)
      throw new MeasuredError()
    })
    .catch((error: unknown) => {
      if (!(error instanceof MeasuredError)) throw error
    })
  return { documents: sessions.length, durationMs: performance.now() - startedAt }
}
