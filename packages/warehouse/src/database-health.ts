import { sql } from 'kysely'
import type { Database } from './database.ts'

export type DatabaseHealth = {
  /** As `server_version_num`: 180004 is 18.4. */
  versionNumber: number
  openRejections: number
}

export async function readDatabaseHealth(db: Database): Promise<DatabaseHealth> {
  const version = await sql<{
    number: string
  }>`select current_setting('server_version_num') as number`.execute(db)
  return {
    versionNumber: Number(version.rows[0]?.number ?? 0),
    openRejections: await countOpenRejections(db),
  }
}

async function countOpenRejections(db: Database): Promise<number> {
  const there = await sql<{ there: boolean }>`
    select to_regclass('ingest.rejection') is not null as there`.execute(db)
  if (there.rows[0]?.there !== true) return 0
  const answer = await sql<{ open: string }>`
    select count(*) as open from ingest.rejection where state = 'open'`.execute(db)
  return Number(answer.rows[0]?.open ?? 0)
}
