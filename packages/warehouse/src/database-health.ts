import { sql } from 'kysely'
import type { Database } from './database.ts'

export type DatabaseHealth = {
  /** As `server_version_num`: 180004 is 18.4. */
  versionNumber: number
  /** Partitioned tables whose default partition holds rows. */
  tablesWithDefaultRows: string[]
  openRejections: number
}

export async function readDatabaseHealth(db: Database): Promise<DatabaseHealth> {
  const version = await sql<{
    number: string
  }>`select current_setting('server_version_num') as number`.execute(db)
  return {
    versionNumber: Number(version.rows[0]?.number ?? 0),
    tablesWithDefaultRows: await findDefaultRows(db),
    openRejections: await countOpenRejections(db),
  }
}

async function findDefaultRows(db: Database): Promise<string[]> {
  const partitions = await sql<{ parent: string; partition: string }>`
    select parent.relname as parent, child.relname as partition
    from pg_partitioned_table p
    join pg_class parent on parent.oid = p.partrelid
    join pg_class child on child.oid = p.partdefid
    join pg_namespace n on n.oid = parent.relnamespace
    where n.nspname = 'warehouse' order by 1
  `.execute(db)
  const tables: string[] = []
  for (const { parent, partition } of partitions.rows) {
    const table = sql.table(`warehouse.${partition}`)
    const found = await sql<{ there: boolean }>`select exists (select from ${table}) as there`.execute(db)
    if (found.rows[0]?.there === true) tables.push(parent)
  }
  return tables
}

async function countOpenRejections(db: Database): Promise<number> {
  const there = await sql<{ there: boolean }>`
    select to_regclass('ingest.rejection') is not null as there`.execute(db)
  if (there.rows[0]?.there !== true) return 0
  const answer = await sql<{ open: string }>`
    select count(*) as open from ingest.rejection where state = 'open'`.execute(db)
  return Number(answer.rows[0]?.open ?? 0)
}
