import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { BoundedCount } from './overview-types.ts'

const countedMax = 10_000

/**
 * Objects that have not ended yet, by source: they are tried again, or their message is a dead letter. From the index
 * `object_by_trouble` up to the bound, and never from what was counted before: an object that is stored at last fails no more.
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
