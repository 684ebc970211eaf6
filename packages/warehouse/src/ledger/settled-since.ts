import { type RawBuilder, sql } from 'kysely'

/**
 * Rows of `ingest.object` that were settled at or after a time. The index `object_by_time`, which has times up to an hour
 * later, finds their pages in a ledger of any size.
 */
export function settledSince(time: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`settled_by >= ${time} and settled_at >= ${time}`
}
