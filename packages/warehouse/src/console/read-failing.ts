import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { BoundedCount } from './overview-types.ts'

const countedMax = 10_000

/**
 * Objects that failed and are not stored yet, by source: they will be tried again, or their message is a dead letter. Counted by
 * the index `object_by_trouble` up to the bound, each time from the start, because an object may have been stored since.
 */
export async function readFailing(db: Database): Promise<Map<string, BoundedCount>> {
  const answer = await sql<{ source: string; objects: number }>`
    select source, count(*)::float8 as objects
    from (select source from ingest.object where outcome = 'failed' limit ${countedMax}) as failing
    where source is not null
    group by source
  `.execute(db)
  const about = answer.rows.reduce((sum, one) => sum + one.objects, 0) >= countedMax
  return new Map(answer.rows.map(({ source, objects }) => [source, { count: objects, about }]))
}
