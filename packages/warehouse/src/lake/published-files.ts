import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** The file of a day of a view at a place. */
export type FileAddress = { place: string; view: string; source: string; localDay: string }

/** `sha256` is null of a day without rows, and of one whose file was being written when a publisher died. */
export type PublishedFile = { rows: number; sha256: string | null }

type FileRow = PublishedFile & { view: string }

/** What was published of a day, by view. */
export async function readPublishedFiles(
  db: Database,
  { place, source, localDay }: Omit<FileAddress, 'view'>,
): Promise<Map<string, PublishedFile>> {
  const { rows } = await sql<FileRow>`
    select view_name as view, row_count::float8 as rows, sha256 from lake.file
    where place = ${place} and source = ${source} and local_day = ${localDay}::date
  `.execute(db)
  return new Map(rows.map(({ view, rows: count, sha256 }) => [view, { rows: count, sha256 }]))
}

/**
 * Says what is at the place. Called with no hash before a file is written, and with its hash once it is there: after a kill
 * between the two it is not known which one is there, so it is written again.
 */
export async function recordFile(
  db: Database,
  { place, view, source, localDay }: FileAddress,
  { rows, sha256 }: PublishedFile,
): Promise<void> {
  await sql`
    insert into lake.file (place, view_name, source, local_day, row_count, sha256)
    values (${place}, ${view}, ${source}, ${localDay}::date, ${rows}::bigint, ${sha256})
    on conflict (place, source, local_day, view_name)
    do update set row_count = excluded.row_count, sha256 = excluded.sha256
  `.execute(db)
}
