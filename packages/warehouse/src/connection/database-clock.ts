import { sql } from 'kysely'
import type { Database } from './database.ts'

/** How far the clock of Postgres is ahead of ours, in milliseconds. */
export async function readDatabaseClock(db: Database): Promise<number> {
  // The first query also waits for the connection.
  await sql`select 1`.execute(db)
  const askedAtMs = Date.now()
  const databaseMs = (await readDatabaseTime(db)).getTime()
  return databaseMs - (askedAtMs + Date.now()) / 2
}

/** The time by the clock of Postgres. Only this clock decides what is deleted or expires. */
export async function readDatabaseTime(db: Database): Promise<Date> {
  const answer = await sql<{ ms: number }>`
    select extract(epoch from clock_timestamp())::float8 * 1000 as ms`.execute(db)
  const [row] = answer.rows
  if (row === undefined) throw new Error('the database did not report its time')
  return new Date(row.ms)
}

/**
 * If two clocks differ by more, one of them is wrong, and we cannot know which: then nothing is deleted. S3 refuses
 * requests at the same bound.
 */
export const clockDisagreementMsMax = 15 * 60_000
