import { sql } from 'kysely'
import type { Database } from './database.ts'

/** 0 before the first migration. */
export async function countOpenRejections(db: Database): Promise<number> {
  const there = await sql<{ there: boolean }>`
    select to_regclass('ingest.rejection') is not null as there`.execute(db)
  if (there.rows[0]?.there !== true) return 0
  const answer = await sql<{ open: string }>`
    select count(*) as open from ingest.rejection where state = 'open'`.execute(db)
  return Number(answer.rows[0]?.open ?? 0)
}
