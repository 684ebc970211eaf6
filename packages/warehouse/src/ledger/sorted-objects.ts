import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** An object of a listing, as far as it is known. */
export type SortableObject = {
  key: string
  etag?: string | undefined
  lastModified?: Date | undefined
  sizeBytes?: number | undefined
}

/** Any number of objects, added in any order, in the order of their keys: Postgres keeps and sorts them. */
export type SortedObjects = {
  /** A key that was added before keeps its first values. */
  add(objects: readonly SortableObject[]): Promise<void>
  /** In the order of a listing (UTF-8 bytes). */
  pages(pageSize?: number): AsyncGenerator<SortableObject[]>
  close(): Promise<void>
}

export type SortedObjectsOptions = { purpose: 'inventory_object' | 'gone_object'; host: string }

/** The list is incomplete, so it allows no conclusions. */
export class ListLostError extends Error {
  override readonly name = 'ListLostError'
  readonly code = 'object_list_lost'
  readonly retryable = true
  constructor() {
    super('Postgres restarted or failed over and lost a list of keys that it kept for this run; run it again')
  }
}

/** Rows that one statement deletes, so that it does not time out. */
const deletedAtOnce = 10_000

/**
 * Kept in unlogged tables of `ingest`, not in a temporary table: that would need a right that no login has, and would not
 * work behind a pooler. The primary key sorts rows as they come in; sorting at the end would be one statement, for which
 * no timeout is right.
 */
export async function openSortedObjects(
  db: Database,
  { purpose, host }: SortedObjectsOptions,
): Promise<SortedObjects> {
  await deleteAbandoned(db)
  const { listId } = await db
    .insertInto('ingest.object_list')
    .values({ purpose, host })
    .returning('list_id as listId')
    .executeTakeFirstOrThrow()

  async function add(objects: readonly SortableObject[]): Promise<void> {
    if (objects.length === 0) return
    const rows = objects.map(({ key, etag, lastModified, sizeBytes }) => ({
      object_key: key,
      etag,
      last_modified: lastModified,
      size_bytes: sizeBytes,
    }))
    await requireList(db, listId)
    await sql`
      insert into ingest.listed_object (list_id, object_key, etag, last_modified, size_bytes)
      select ${listId}::bigint, listed.* from json_to_recordset(${JSON.stringify(rows)}::json)
        as listed (object_key text, etag text, last_modified timestamptz, size_bytes bigint)
      on conflict (list_id, object_key) do nothing
    `.execute(db)
  }

  async function* pages(pageSize = 1_000): AsyncGenerator<SortableObject[]> {
    for (let after: string | null = null; ; ) {
      const page: SortableObject[] = await readPage(after, pageSize)
      // Checked after the page: a list that was lost before must not look like one that ends here.
      await requireList(db, listId)
      if (page.length > 0) yield page
      after = page.at(-1)?.key ?? null
      if (page.length < pageSize) return
    }
  }

  async function readPage(after: string | null, pageSize: number): Promise<SortableObject[]> {
    const answer = await sql<Row>`
      select object_key as key, etag, last_modified as "lastModified", size_bytes::float8 as "sizeBytes"
      from ingest.listed_object
      where list_id = ${listId}::bigint and object_key > ${after ?? ''}
      order by object_key
      limit ${pageSize}
    `.execute(db)
    return answer.rows.map(({ key, etag, lastModified, sizeBytes }) => ({
      key,
      etag: etag ?? undefined,
      lastModified: lastModified ?? undefined,
      sizeBytes: sizeBytes ?? undefined,
    }))
  }

  return { add, pages, close: () => deleteList(db, listId) }
}

type Row = { key: string; etag: string | null; lastModified: Date | null; sizeBytes: number | null }

async function requireList(db: Database, listId: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('ingest.object_list')
    .set({ used_at: sql<Date>`now()` })
    .where('list_id', '=', listId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new ListLostError()
}

/** Lists of dead processes. */
async function deleteAbandoned(db: Database): Promise<void> {
  const found = await sql<{ listId: string }>`
    select list_id::text as "listId" from ingest.object_list where used_at < now() - interval '1 day'
  `.execute(db)
  for (const { listId } of found.rows) await deleteList(db, listId)
}

async function deleteList(db: Database, listId: string): Promise<void> {
  for (let deleted = deletedAtOnce; deleted === deletedAtOnce; ) {
    const answer = await sql`
      delete from ingest.listed_object
      where list_id = ${listId}::bigint and object_key in (
        select object_key from ingest.listed_object where list_id = ${listId}::bigint
        order by object_key limit ${deletedAtOnce})
    `.execute(db)
    deleted = Number(answer.numAffectedRows ?? 0)
  }
  await db.deleteFrom('ingest.object_list').where('list_id', '=', listId).execute()
}
