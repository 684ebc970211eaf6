import type { Database } from '@aftercall/warehouse/connection/database'

export type SourcePlace = { name: string; bucket: string; prefix: string }

const sourcesMax = 1_000

/** Every source that was ever configured, by name. */
export async function readPlaces(db: Database): Promise<SourcePlace[]> {
  return db
    .selectFrom('ingest.source')
    .select(['name', 'bucket', 'prefix'])
    .orderBy('name')
    .limit(sourcesMax)
    .execute()
}
