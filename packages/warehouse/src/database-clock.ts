import { sql } from 'kysely'
import type { Database } from './database.ts'

/** How far the clock of Postgres is ahead of ours, in milliseconds. */
export async function readDatabaseClock(db: Database): Promise<number> {
  // The first query of a connection waits for it.
  await sql`select 1`.execute(db)
  const askedAtMs = Date.now()
  const answer = await sql<{ ms: number }>`
    select extract(epoch from clock_timestamp())::float8 * 1000 as ms`.execute(db)
  return (answer.rows[0]?.ms ?? askedAtMs) - (askedAtMs + Date.now()) / 2
}
