import type { Database } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'
import { openBenchDatabase } from './bench-postgres.ts'

/** What a stored session takes in one table and all its partitions, and how its updates were done. */
export type TableUsage = {
  table: string
  heapBytesPerSession: number
  /** Out of line: documents and other long values. */
  toastBytesPerSession: number
  indexBytesPerSession: number
  /** Share of updates that stayed on their page and wrote no index entry (HOT). Null without updates. */
  hotShare: number | null
}

/** The largest first, as the trials have left them: with dead rows, and with indexes as full as they are. */
export async function readTableUsage(databaseUrl: string): Promise<TableUsage[]> {
  const { db, close } = openBenchDatabase(databaseUrl)
  const rows = await readUsage(db)
  await close()
  return rows
}

export type StoredSize = { sessions: number; bytesPerSession: number; documentBytesPerSession: number }

/**
 * What a session takes once it is stored: heaps without dead rows (they are rewritten for this), indexes as the trials have
 * left them. Its document is apart, as it lies in its table.
 */
export async function readStoredSize(databaseUrl: string, usage: readonly TableUsage[]): Promise<StoredSize> {
  const { db, close } = openBenchDatabase(databaseUrl)
  await sql`vacuum (full)`.execute(db)
  const rewritten = await readUsage(db)
  const { rows } = await sql<{ table: string }>`
    select c.oid::regclass::text as "table" from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'warehouse'::regnamespace and c.relkind = 'p' and a.attname = 'document'`.execute(
    db,
  )
  let documentBytes = 0
  for (const { table } of rows) {
    const sum = await sql<{ bytes: number }>`
      select coalesce(sum(pg_column_size(document)), 0)::float8 as bytes from ${sql.table(table)}`.execute(db)
    documentBytes += sum.rows[0]?.bytes ?? 0
  }
  const heads = await sql<{ sessions: number }>`
    select greatest(count(*), 1)::float8 as sessions from ingest.session_head`.execute(db)
  await close()
  const sessions = heads.rows[0]?.sessions ?? 1
  const documentBytesPerSession = documentBytes / sessions
  const heaps = sum(rewritten.map((table) => table.heapBytesPerSession + table.toastBytesPerSession))
  const indexes = sum(usage.map(({ indexBytesPerSession }) => indexBytesPerSession))
  return { sessions, documentBytesPerSession, bytesPerSession: heaps + indexes - documentBytesPerSession }
}

const bookkeeping = ['warehouse.session', 'warehouse.session_revision', 'warehouse.session_document']

/** Bytes of the indexes of the tables that hold a session's children. */
export function childIndexBytesOf(usage: readonly TableUsage[]): number {
  const children = usage.filter(({ table }) => table.startsWith('warehouse.') && !bookkeeping.includes(table))
  return sum(children.map(({ indexBytesPerSession }) => indexBytesPerSession))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

async function readUsage(db: Database): Promise<TableUsage[]> {
  const { rows } = await sql<TableUsage>`
    with relation as (
      select c.oid, n.nspname || '.' || coalesce(parent.relname, c.relname) as "table"
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_inherits i on i.inhrelid = c.oid
      left join pg_class parent on parent.oid = i.inhparent
      where n.nspname in ('ingest', 'warehouse') and c.relkind = 'r'
    )
    select "table",
      sum(pg_relation_size(relation.oid))::float8 / sessions as "heapBytesPerSession",
      sum(pg_table_size(relation.oid) - pg_relation_size(relation.oid))::float8 / sessions as "toastBytesPerSession",
      sum(pg_indexes_size(relation.oid))::float8 / sessions as "indexBytesPerSession",
      (sum(n_tup_hot_upd) / nullif(sum(n_tup_upd), 0))::float8 as "hotShare"
    from relation
    join pg_stat_all_tables stat on stat.relid = relation.oid
    cross join (select greatest(count(*), 1) as sessions from ingest.session_head) head
    group by "table", sessions
    having sum(pg_total_relation_size(relation.oid)) > 50 * sessions
    order by sum(pg_total_relation_size(relation.oid)) desc`.execute(db)
  return rows
}

export function printTableUsage(usage: readonly TableUsage[], print: (line: string) => void): void {
  for (const row of usage) {
    const hot = row.hotShare === null ? '' : `, HOT ${(row.hotShare * 100).toFixed(0)} %`
    print(
      `  ${row.table.padEnd(40)} heap ${row.heapBytesPerSession.toFixed(0).padStart(6)}` +
        `  out of line ${row.toastBytesPerSession.toFixed(0).padStart(6)}` +
        `  indexes ${row.indexBytesPerSession.toFixed(0).padStart(5)}${hot}`,
    )
  }
}
