import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { openDatabase } from '../src/connection/database.ts'
import { settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

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
