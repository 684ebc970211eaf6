import { sql } from 'kysely'
import type { Database } from './database.ts'

/** As `server_version_num`: 180004 is 18.4. */
export async function readServerVersion(db: Database): Promise<number> {
  const answer = await sql<{ number: string }>`
    select current_setting('server_version_num') as number
  `.execute(db)
  return Number(answer.rows[0]?.number ?? 0)
}
