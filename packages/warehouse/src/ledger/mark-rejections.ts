import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { matchesRejection, type RejectionFilter } from './read-rejections.ts'

/**
 * Ignores rejections, or opens them again, when a person asks for it. Returns the ids that changed; rejections in another
 * state stay as they are. Locks the rows in the same order as loaders.
 */
export async function markRejections(
  db: Database,
  which: RejectionFilter,
  { from, to }: { from: 'open' | 'ignored'; to: 'open' | 'ignored' },
): Promise<string[]> {
  const answer = await sql<{ id: string }>`
    with chosen as (
      select rejection_id from ingest.rejection
      where ${matchesRejection({ ...which, state: from })}
      order by fingerprint for update
    )
    update ingest.rejection set state = ${to} where rejection_id in (select rejection_id from chosen)
    returning rejection_id::text as id
  `.execute(db)
  return answer.rows.map(({ id }) => id)
}

/** The given ids that exist, with their state. */
export async function findRejections(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await db
    .selectFrom('ingest.rejection')
    .select(['rejection_id', 'state'])
    .where('rejection_id', '=', sql<string>`any(${ids}::bigint[])`)
    .execute()
  return new Map(found.map(({ rejection_id: id, state }) => [id, state]))
}

/**
 * Ends the rejection of a replayed message, unless it was rejected once more meanwhile: then its count has grown.
 * Rejections of objects end with their ledger row.
 */
export async function endMessageRejection(
  db: Database,
  { id, seenCount }: { id: string; seenCount: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('ingest.rejection')
    .set({ state: 'replayed' })
    .where('rejection_id', '=', id)
    .where('seen_count', '=', seenCount)
    .where('bucket', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
