import { CompiledQuery } from 'kysely'
import type { Database } from '../connection/database.ts'
import { onOneConnection } from '../connection/one-connection.ts'
import { copyRows } from '../copy/copy-rows.ts'
import type { RawKept } from './raw-kept.ts'
import { sessionsToStore } from './session-to-store.ts'
import type { Settlement } from './settlement.ts'
import { storeSessions } from './store-sessions.ts'

/**
 * How many milliseconds this database takes for these documents, with all their rows, in a transaction that is rolled
 * back: nothing of them stays, and no one else sees them. No month is made for them; they go to the default partition.
 */
export async function measureBatch(
  pool: Database,
  batch: readonly Settlement[],
  raw: RawKept,
): Promise<{ documents: number; durationMs: number }> {
  const sessions = batch.flatMap(sessionsToStore).map((one) => ({ ...one, originalContent: null }))
  const startedAt = performance.now()
  await onOneConnection(pool, async (connection) => {
    const { db, end } = connection
    try {
      await db.executeQuery(CompiledQuery.raw('begin'))
      const { slices } = await storeSessions(db, sessions, { raw })
      for (const slice of slices) await copyRows(connection, slice)
    } finally {
      await end('rollback')
    }
  })
  return { documents: sessions.length, durationMs: performance.now() - startedAt }
}
