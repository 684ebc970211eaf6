import type { Database } from '@aftercall/warehouse/connection/database'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { sql } from 'kysely'

/**
 * Every figure that anybody may have looked at: each metric of the catalogue by local day, consumers and repeat contacts by day,
 * and what the rollups say by day, agents without their keys. Rollups are made again first, and compared with the facts.
 */
export async function readFigures(db: Database): Promise<Record<string, unknown>> {
  await refreshAllRollups(db, { quietMs: 0, patienceMs: 0 })
  const figures: Record<string, unknown> = {}
  const metrics = await sql<{
    name: string
    query: string
    views: (string | null)[]
    terms: (string | null)[]
  }>`
    select name, query, array[view_name, denominator_view] as views, array[numerator, denominator] as terms from analytics.metric
  `.execute(db)
  for (const { name, query, views, terms } of metrics.rows) {
    if (views[0]?.includes(',')) figures[name] = await rowsOf(db, sql.raw(query))
    for (const [at, term] of terms.entries()) {
      const view = views[at] ?? views[0]
      if (term === null || view === null || view === undefined || view.includes(',')) continue
      const { rows } = await sql`
        select local_day::text, (${sql.raw(term)})::text as value from ${sql.table(`analytics.${view}`)} group by 1 order by 1
      `.execute(db)
      figures[`${name}/${at}`] = rows
    }
  }
  figures.customers = await rowsOf(
    db,
    sql`select own.day, c.* from (select distinct local_day as day from analytics.session) own
        cross join lateral analytics.customers(own.day, own.day) c`,
  )
  for (const by of ['customer', 'contact']) {
    figures[`repeat ${by}`] = await rowsOf(
      db,
      sql`select r.* from (select min(local_day) as first, max(local_day) as last from analytics.session) own
          cross join lateral analytics.repeat_contacts(own.first, own.last, '30 days', false, ${by}) r`,
    )
  }
  for (const kind of ['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition']) {
    figures[`rollup ${kind}`] = await rowsOf(
      db,
      sql`select to_jsonb(own) - 'agent_key' as figures from ${sql.table(`analytics.${kind}_daily`)} own`,
    )
  }
  figures.agents = await rowsOf(db, sql`select count(distinct agent_key) from analytics.handled_interaction`)
  figures.objects = await rowsOf(db, sql`select * from analytics.object_outcome_daily`)
  return figures
}

async function rowsOf(db: Database, query: ReturnType<typeof sql>): Promise<string[]> {
  const { rows } = await query.execute(db)
  return rows.map((row) => JSON.stringify(row)).sort()
}
