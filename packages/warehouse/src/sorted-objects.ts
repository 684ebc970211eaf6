import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Of a listing, as far as it is known. */
export type SortableObject = {
  key: string
  etag?: string | undefined
  lastModified?: Date | undefined
  sizeBytes?: number | undefined
}

/** Objects in the order of their keys, however many and in whatever order they came: Postgres keeps and sorts them. */
export type SortedObjects = {
  /** A key that came before keeps what came first. */
  add(objects: readonly SortableObject[]): Promise<void>
  /** In the order of a listing (UTF-8 bytes). */
  pages(pageSize?: number): AsyncGenerator<SortableObject[]>
}

/**
 * Kept in a temporary table, which is seen by this connection alone and goes with it: `connection` has to be one that is
 * pinned (`db.connection()`), and a name serves once at a time. The primary key sorts while rows come in; sorting at the
 * end would be one statement that no time-out fits.
 */
export async function openSortedObjects(connection: Database, name: string): Promise<SortedObjects> {
  const table = sql.table(`pg_temp.${name}`)
  // The pool may have given us a connection that was used for this before.
  await sql`drop table if exists ${table}`.execute(connection)
  await sql`
    create temporary table ${sql.table(name)} (
      object_key    text collate "C" primary key,
      etag          text,
      last_modified timestamptz,
      size_bytes    bigint)
  `.execute(connection)

  async function add(objects: readonly SortableObject[]): Promise<void> {
    if (objects.length === 0) return
    const rows = objects.map(({ key, etag, lastModified, sizeBytes }) => ({
      object_key: key,
      etag,
      last_modified: lastModified,
      size_bytes: sizeBytes,
    }))
    await sql`
      insert into ${table}
      select * from json_to_recordset(${JSON.stringify(rows)}::json)
        as listed (object_key text, etag text, last_modified timestamptz, size_bytes bigint)
      on conflict (object_key) do nothing
    `.execute(connection)
  }

  async function* pages(pageSize = 1_000): AsyncGenerator<SortableObject[]> {
    for (let after: string | null = null; ; ) {
      const page: SortableObject[] = await readPage(after, pageSize)
      if (page.length > 0) yield page
      after = page.at(-1)?.key ?? null
      if (page.length < pageSize) return
    }
  }

  async function readPage(after: string | null, pageSize: number): Promise<SortableObject[]> {
    const answer = await sql<Row>`
      select object_key as key, etag, last_modified as "lastModified", size_bytes::float8 as "sizeBytes"
      from ${table}
      where ${after}::text is null or object_key > ${after}
      order by object_key
      limit ${pageSize}
    `.execute(connection)
    return answer.rows.map(({ key, etag, lastModified, sizeBytes }) => ({
      key,
      etag: etag ?? undefined,
      lastModified: lastModified ?? undefined,
      sizeBytes: sizeBytes ?? undefined,
    }))
  }

  return { add, pages }
}

type Row = { key: string; etag: string | null; lastModified: Date | null; sizeBytes: number | null }
