import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

export type SourceEntry = { name: string; bucket: string; prefix: string; timeZone?: string | undefined }

/** Records the configured sources, so that readers of the tables can look them up. */
export async function recordSources(db: Database, sources: readonly SourceEntry[]): Promise<void> {
  for (const source of sources) {
    await db
      .insertInto('ingest.source')
      .values({
        name: source.name,
        bucket: source.bucket,
        prefix: source.prefix,
        time_zone: source.timeZone ?? null,
      })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet({
          bucket: (row) => row.ref('excluded.bucket'),
          prefix: (row) => row.ref('excluded.prefix'),
          time_zone: (row) => row.ref('excluded.time_zone'),
          updated_at: sql<Date>`now()`,
        }),
      )
      .execute()
  }
}

/** In the order of their names. */
export async function readSourceNames(db: Database): Promise<string[]> {
  const sources = await db.selectFrom('ingest.source').select('name').orderBy('name').execute()
  return sources.map(({ name }) => name)
}
