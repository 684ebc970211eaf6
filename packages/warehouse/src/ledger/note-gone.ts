import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { removedCode } from './ledger.ts'

export type GoneObjects = {
  bucket: string
  keys: readonly string[]
  /** A row that was written later is about something newer, and stays. */
  settledBefore: Date
}

/**
 * Records in the ledger that objects are no longer in their bucket, and returns how many. Their outcome and their rows
 * stay. Locks in key order, like the loaders, so that they cannot deadlock.
 */
export async function recordGone(
  db: Database,
  { bucket, keys, settledBefore }: GoneObjects,
): Promise<number> {
  if (keys.length === 0) return 0
  const answer = await sql`
    with gone as (
      select object_key from ingest.object
      where bucket = ${bucket} and object_key = any(${keys}::text[])
        and removed_at is null and settled_at < ${settledBefore}
        and outcome <> 'missing' and code is distinct from ${removedCode}
      order by object_key
      for update)
    update ingest.object as ledger set removed_at = now()
    from gone
    where ledger.bucket = ${bucket} and ledger.object_key = gone.object_key
  `.execute(db)
  return Number(answer.numAffectedRows ?? 0)
}
