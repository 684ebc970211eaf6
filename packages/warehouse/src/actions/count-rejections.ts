import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { matchesRejection, type RejectionFilter } from '../ledger/read-rejections.ts'

/** How many rejections there are. By state and code this reads an index. */
export async function countRejections(db: Database, filter: RejectionFilter): Promise<number> {
  const answer = await sql<{ number: number }>`
    select count(*)::float8 as number from ingest.rejection where ${matchesRejection(filter)}
  `.execute(db)
  return answer.rows[0]?.number ?? 0
}
