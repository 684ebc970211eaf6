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

/** The largest first. Sizes are as the trials have left them, without a vacuum. */
export async function readTableUsage(databaseUrl: string): Promise<TableUsage[]> {
  const { db, close } = openBenchDatabase(databaseUrl)
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
    having sum(pg_total_relation_size(relation.oid)) > 100 * sessions
    order by sum(pg_total_relation_size(relation.oid)) desc`.execute(db)
  await close()
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
