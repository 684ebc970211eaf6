import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { settledSince } from './settled-since.ts'

export type StrayCount = {
  /** Among the objects that were read, those that belong to no source. */
  strays: number
  /** The objects that were read: at most 20,000 of the last 48 hours. */
  objects: number
}

/**
 * Reads only, and takes no locks. The index `object_by_time` finds the last days in a ledger of any size; the limit
 * bounds how much of them is read.
 */
export async function countStrays(db: Database): Promise<StrayCount> {
  const { rows } = await sql<{ strays: string; objects: string }>`
    select count(*) filter (where outcome = 'ignored' and code = 'no_source') as strays, count(*) as objects
    from (
      select outcome, code from ingest.object where ${settledSince(sql`now() - interval '48 hours'`)} limit 20000
    ) newest`.execute(db)
  const [row] = rows
  return { strays: Number(row?.strays ?? 0), objects: Number(row?.objects ?? 0) }
}
