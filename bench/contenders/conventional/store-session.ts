import type { MappedSession } from '@aftercall/metadata/map/map-session'
import { nameRows } from '@aftercall/metadata/map/name-rows'
import { tables } from '@aftercall/metadata/tables'
import type { TableSpec } from '@aftercall/metadata/tables/table-spec'
import { type Kysely, sql, type Transaction } from 'kysely'
import { advanceHead } from './advance-head.ts'
import type { FetchedSession, Tables } from './fetched-session.ts'
import type { S3Record } from './s3-event-schema.ts'
import { writeLedgerRow } from './write-ledger-row.ts'

type Row = Record<string, unknown>

/** One transaction per session: the guard, its rows, its revision, the ledger. */
export async function storeSession(db: Kysely<Tables>, fetched: FetchedSession): Promise<void> {
  const { session, record } = fetched
  await db.transaction().execute(async (transaction) => {
    const head = await advanceHead(transaction, fetched)
    if (head !== undefined) {
      const named = nameRows(session)
      const isUpdate = head.previous_created_at !== null
      for (const table of tables) {
        const rows = named[table.name].map((row) => storableRow(table, row))
        if (table.name === 'session') {
          await upsertSession(transaction, table, rows, record)
        } else {
          if (isUpdate) await deleteChildren(transaction, table, session)
          if (rows.length > 0) await insertChildren(transaction, table, rows)
        }
      }
      if (isUpdate) await dropEarlierDocuments(transaction, session)
      await insertRevision(transaction, fetched)
      await insertDocument(transaction, fetched)
    }
    await writeLedgerRow(transaction, fetched, head === undefined ? 'superseded' : 'stored')
  })
}

/** The driver would send an array as a Postgres array, but the column is JSON. */
function storableRow(table: TableSpec, row: object): Row {
  const values: Row = { ...row }
  for (const { name, kind } of table.columns) {
    const value = values[name] ?? null
    if (kind === 'json' && value !== null) values[name] = JSON.stringify(value)
  }
  return values
}

/** Sets every column, so that a value that is missing from the newer revision becomes null. */
async function upsertSession(
  db: Transaction<Tables>,
  table: TableSpec,
  [row = {}]: readonly Row[],
  record: S3Record,
): Promise<void> {
  const full: Row = Object.fromEntries(table.columns.map(({ name }) => [name, row[name] ?? null]))
  const place = { bucket: record.s3.bucket.name, object_key: record.s3.object.key }
  const keys = ['source', 'channel', 'session_id', 'created_at']
  const others = Object.keys({ ...full, ...place }).filter((name) => !keys.includes(name))
  await db
    .insertInto(`warehouse.${table.name}`)
    .values({ ...full, ...place })
    .onConflict((conflict) =>
      conflict
        .columns(keys)
        .doUpdateSet(Object.fromEntries(others.map((name) => [name, sql.ref(`excluded.${name}`)]))),
    )
    .execute()
}

/** Deletes the children and inserts them again, which is cheaper than an upsert and a delete of missing ones. */
async function deleteChildren(
  db: Transaction<Tables>,
  table: TableSpec,
  { key, createdAt }: MappedSession,
): Promise<void> {
  await db
    .deleteFrom(`warehouse.${table.name}`)
    .where('source', '=', key.source)
    .where('channel', '=', key.channel)
    .where('session_id', '=', key.sessionId)
    .where('session_created_at', '=', createdAt)
    .execute()
}

async function insertChildren(
  db: Transaction<Tables>,
  table: TableSpec,
  rows: readonly Row[],
): Promise<void> {
  await db
    .insertInto(`warehouse.${table.name}`)
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function dropEarlierDocuments(
  db: Transaction<Tables>,
  { key, createdAt }: MappedSession,
): Promise<void> {
  await db
    .deleteFrom('warehouse.session_document')
    .where('source', '=', key.source)
    .where('channel', '=', key.channel)
    .where('session_id', '=', key.sessionId)
    .where('session_created_at', '=', createdAt)
    .execute()
}

async function insertRevision(db: Transaction<Tables>, fetched: FetchedSession): Promise<void> {
  const { session, record, lastModified, contentSha256 } = fetched
  const { key, createdAt, revision } = session
  await db
    .insertInto('warehouse.session_revision')
    .values({
      source: key.source,
      channel: key.channel,
      session_id: key.sessionId,
      session_created_at: createdAt,
      content_sha256: Buffer.from(contentSha256, 'hex'),
      revision_updated_at: revision.updatedAt,
      latest_event_at: revision.latestEventAt,
      object_last_modified: lastModified,
      bucket: record.s3.bucket.name,
      object_key: record.s3.object.key,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function insertDocument(db: Transaction<Tables>, fetched: FetchedSession): Promise<void> {
  const { session, contentSha256 } = fetched
  const { key, createdAt, text } = session
  await db
    .insertInto('warehouse.session_document')
    .values({
      source: key.source,
      channel: key.channel,
      session_id: key.sessionId,
      session_created_at: createdAt,
      content_sha256: Buffer.from(contentSha256, 'hex'),
      document: typeof text === 'string' ? text : Buffer.from(text).toString(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
