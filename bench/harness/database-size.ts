import { sql } from 'kysely'
import { openBenchDatabase } from './bench-postgres.ts'

export type DatabaseSize = { sessions: number; tableKbPerSession: number; indexKbPerSession: number }

/** The size of a session with its head, ledger rows and raw document, after all its revisions. */
export async function readDatabaseSize(databaseUrl: string): Promise<DatabaseSize> {
  const { db, close } = openBenchDatabase(databaseUrl)
  const { rows } = await sql<{ sessions: string; tables: string; indexes: string }>`
    select (select count(*) from ingest.session_head) as sessions,
           sum(pg_table_size(c.oid)) as tables, sum(pg_indexes_size(c.oid)) as indexes
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('ingest', 'warehouse') and c.relkind = 'r'`.execute(db)
  await close()
  const sessions = Number(rows[0]?.sessions)
  const perSession = (bytes: string | undefined): number => Number(bytes) / sessions / 1_000
  return {
    sessions,
    tableKbPerSession: perSession(rows[0]?.tables),
    indexKbPerSession: perSession(rows[0]?.indexes),
  }
}
