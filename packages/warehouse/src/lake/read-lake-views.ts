import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** A view of `analytics` that has the columns `source` and `local_day`, with all its columns in their order. */
export type DatedView = { name: string; columns: { name: string; type: string }[] }

type ColumnRow = { view: string; name: string; type: string }

/** In the order of their names. From the catalogue: needs no right on the views themselves. */
export async function readDatedViews(db: Database): Promise<DatedView[]> {
  const answer = await sql<ColumnRow>`
    select c.relname::text as view, a.attname::text as name, format_type(a.atttypid, null) as type
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'analytics'::regnamespace and c.relkind in ('v', 'm')
      and exists (select from pg_attribute own where own.attrelid = c.oid and own.attname = 'source'
                  and own.atttypid = 'text'::regtype)
      and exists (select from pg_attribute own where own.attrelid = c.oid and own.attname = 'local_day'
                  and own.atttypid = 'date'::regtype)
    order by c.relname, a.attnum
  `.execute(db)
  const views: DatedView[] = []
  for (const { view, name, type } of answer.rows) {
    let last = views.at(-1)
    if (last?.name !== view) {
      last = { name: view, columns: [] }
      views.push(last)
    }
    last.columns.push({ name, type })
  }
  return views
}

/** The names of all sources that were ever configured. */
export async function readLakeSources(db: Database): Promise<string[]> {
  const { rows } = await sql<{ source: string }>`select source from analytics.source order by source`.execute(
    db,
  )
  return rows.map(({ source }) => source)
}
