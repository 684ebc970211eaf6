import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startPostgres } from '@aftercall/embedded/postgres'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { testPostgres } from '@aftercall/testkit/test-postgres'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../src/connection/database.ts'
import { settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let folder: string
let server: EmbeddedPostgres
let database: TestDatabase

/**
 * A server of its own: row versions that another session's snapshot may see cannot make room for others, also if that
 * session only connects to another database. Autovacuum would take snapshots, and analyze what has to stay young.
 */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercall-test-'))
  // Root's Postgres runs as another user, who has to get into the folder.
  await chmod(folder, 0o711)
  const dataDir = join(folder, 'postgres')
  await cp(inject('cluster'), dataDir, { recursive: true })
  server = await startPostgres({ ...testPostgres(), dataDir, settings: { fsync: 'off', autovacuum: 'off' } })
  database = await createTestDatabase(server.url)
})
afterAll(async () => {
  await database.drop()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const sessions = 300
const revisions = 5

type Updates = { table: string; inserted: number; updated: number; hot: number }

/** Summed over partitions, without their months. */
async function readUpdates(): Promise<Map<string, Updates>> {
  const { rows } = await sql<Updates>`
    select regexp_replace(relname, '_([0-9]{4}_[0-9]{2}|default)$', '') as table, sum(n_tup_ins)::int as inserted,
           sum(n_tup_upd)::int as updated, sum(n_tup_hot_upd)::int as hot
    from pg_stat_user_tables where schemaname in ('ingest', 'warehouse') group by 1`.execute(database.db)
  return new Map(rows.map((row) => [row.table, row]))
}

test('updates of heads and ledger rows write no index entry, and rows of revisions are never updated', async () => {
  // A connection reports what it did when it ends.
  const own = openDatabase({
    ...{ url: database.url, poolMax: 2, applicationName: 'test', statementTimeoutSeconds: 60 },
    onIdleError() {},
  })
  const loader = openLoader(own.db, { raw: 'latest', batchesMax: 1, batchSize: 100 })
  for (let revision = 0; revision < revisions; revision += 1) {
    const updatedAt = `2026-03-23T20:1${revision}:00Z`
    const settled = Array.from({ length: sessions }, (_, id) =>
      loader.commit(
        settlementOf({ id: id + 1, updatedAt, rating: revision, key: `acme/2026/03/23/call-${id + 1}.json` }),
      ),
    )
    await Promise.all(settled)
  }
  await own.close()
  const ofTables = await vi.waitUntil(
    async () => {
      const found = await readUpdates()
      return found.get('session_revision')?.inserted === sessions * revisions && found
    },
    { timeout: 60_000, interval: 20 },
  )
  for (const table of ['session_head', 'object']) {
    const { updated = 0, hot = 0 } = ofTables.get(table) ?? {}
    expect(updated, table).toBe(sessions * (revisions - 1))
    expect(hot / updated, table).toBeGreaterThanOrEqual(0.95)
  }
  for (const table of ['session_revision', 'session_document', 'session', 'call_participant'])
    expect(ofTables.get(table)?.updated, table).toBe(0)
})

test('a batch reads its own rows of a month that was never analyzed, and not all of them', async () => {
  const young = await createTestDatabase(server.url)
  onTestFinished(() => young.drop())
  const load = async (ids: number[], updatedAt: string) => {
    const own = openDatabase({
      ...{ url: young.url, poolMax: 1, applicationName: 'test', statementTimeoutSeconds: 60 },
      onIdleError() {},
    })
    const loader = openLoader(own.db, { raw: 'latest', batchesMax: 1, batchSize: 100 })
    await Promise.all(ids.map((id) => loader.commit(settlementOf({ id, updatedAt, participants: [id] }))))
    await own.close()
  }
  const ids = Array.from({ length: 1_000 }, (_, id) => id + 1)
  await load(ids, '2026-03-23T20:10:00Z')
  await load(ids.slice(0, 200), '2026-03-23T20:20:00Z')
  const read = async () => {
    const { rows } = await sql<{ documents: number; revisions: number }>`
      select sum(idx_tup_read) filter (where relname like 'session_document%')::int as documents,
             sum(idx_tup_read) filter (where relname like 'session_revision%')::int as revisions
      from pg_stat_user_indexes`.execute(young.db)
    return rows[0]
  }
  const seen = await vi.waitUntil(
    async () => {
      const found = await read()
      return (found?.documents ?? 0) >= 200 && found
    },
    { timeout: 60_000, interval: 20 },
  )
  expect(seen.documents).toBeLessThan(600)
  expect(seen.revisions).toBeLessThan(600)
})
