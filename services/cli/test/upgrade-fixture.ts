import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { documentLimits } from '@aftercall/ingest/mapping/map-fetched'
import { mapSession } from '@aftercall/metadata/map/map-session'
import { type NamedRow, type NamedRows, nameRows } from '@aftercall/metadata/map/name-rows'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import { tables } from '@aftercall/metadata/tables'
import { type Database, type DatabaseHandle, openDatabase } from '@aftercall/warehouse/connection/database'
import { type Migration, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'
import { onTestFinished } from 'vitest'
import { findMigrationsDir } from '../src/migrations-dir.ts'

/** The schema to upgrade from: of the first release that docs/upgrade.md records, and until then the last that had no derived facts. */
const baseline = firstReleased() ?? '0007'
/** The rules by which that release mapped. */
const baselineMapping = 4

function firstReleased(): string | undefined {
  const notes = readFileSync(new URL('../../../docs/upgrade.md', import.meta.url), 'utf8')
  return /^\| nothing \| \d+\.\d+\.\d+ \| (\d{4}) \|/m.exec(notes)?.[1]
}

export async function readReleases(): Promise<{ first: Migration[]; all: Migration[] }> {
  const all = await readMigrations(findMigrationsDir())
  return { first: all.filter(({ name }) => name.slice(0, 4) <= baseline), all }
}

export function openUrl(url: string, poolMax = 6): DatabaseHandle {
  return openDatabase({
    ...{ url, poolMax, applicationName: 'aftercall-test', statementTimeoutSeconds: 60 },
    onIdleError: () => {},
  })
}

/** A database without any migration. */
export async function createEmptyDatabase(serverUrl: string): Promise<string> {
  const name = `aftercall_test_${randomBytes(6).toString('hex')}`
  const server = openUrl(serverUrl, 1)
  await sql`create database ${sql.id(name)} template template0`.execute(server.db)
  onTestFinished(async () => {
    await sql`drop database ${sql.id(name)} with (force)`.execute(server.db)
    await server.close()
  })
  return Object.assign(new URL(serverUrl), { pathname: name }).href
}

export type OldSession = {
  head: object
  revision: { bucket: string; object_key: string; loaded_at: string } & Record<string, unknown>
  rows: NamedRows
}

/** A document as the first release stored it: what it mapped, without the columns that came later. */
export function oldSessionOf(name: string, bytes: Buffer, lastModified: Date): OldSession {
  const reading = readDocuments({ key: name, bytes, bytesMax: 10_000_000 })
  const [document] = reading.kind === 'documents' ? reading.documents : []
  if (document === undefined) throw new Error(`${name} is no session`)
  const mapping = mapSession(document, {
    ...{ source: 'acme', objectLastModified: lastModified, limits: documentLimits },
  })
  if (mapping.kind !== 'session') throw new Error(mapping.detail)
  const { session } = mapping
  const { key, revision, createdAt, uuid } = session
  const order = {
    revision_updated_at: revision.updatedAt,
    latest_event_at: revision.latestEventAt,
    object_last_modified: revision.objectLastModified,
    content_sha256: `\\x${revision.contentSha256}`,
    bucket: 'files',
    object_key: name,
  }
  const identity = { source: key.source, channel: key.channel, session_id: key.sessionId }
  const now = new Date().toISOString()
  return {
    head: {
      ...identity,
      ...order,
      ...{ created_at: createdAt, first_loaded_at: now, loaded_at: now, revision_count: 1, uuid },
      ...{ mapping_version: baselineMapping, content_changed: true, changed_tables: -1 },
    },
    revision: {
      ...identity,
      ...order,
      session_created_at: createdAt,
      loaded_at: now,
      document: JSON.parse(bytes.toString('utf8')),
    },
    rows: nameRows(session),
  }
}

/**
 * Stores the session as a loader of that release did: heads, then facts, in one transaction. Columns that the database does not
 * have yet are left out, and those that it has already stay empty.
 */
export async function storeOld(db: Database, { head, revision, rows }: OldSession): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await populate(transaction, 'ingest.session_head', [head])
    for (const table of tables) {
      const derived = new Set(derivedColumns(table))
      const old = rows[table.name].map((row): NamedRow => {
        const lineage = table.name === 'session' ? lineageOf(revision) : {}
        return {
          ...Object.fromEntries(Object.entries(row).filter(([name]) => !derived.has(name))),
          ...lineage,
        }
      })
      await populate(transaction, `warehouse.${table.name}`, old)
    }
    await populate(transaction, 'warehouse.session_revision', [revision])
    await populate(transaction, 'warehouse.session_document', [revision])
  })
}

function lineageOf({ bucket, object_key, loaded_at }: OldSession['revision']): object {
  return { bucket, object_key, loaded_at }
}

/** Columns that migration 0008 adds: they come after `extra`. */
export function derivedColumns({ columns }: (typeof tables)[number]): string[] {
  const names = columns.map(({ name }) => name)
  return names.slice(names.indexOf('extra') + 1)
}

async function populate(db: Database, table: string, rows: readonly object[]): Promise<void> {
  const exists = await sql<{ there: boolean }>`select to_regclass(${table}) is not null as there`.execute(db)
  if (rows.length === 0 || exists.rows[0]?.there !== true) return
  await sql`
    insert into ${sql.table(table)}
    select * from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)
  `.execute(db)
}
