import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { openTransactionPooler } from '@aftercall/testkit/transaction-pooler'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { createStatementNames } from '../src/connection/statement-names.ts'
import { settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate ingest.session_head, ingest.object, warehouse.session, warehouse.call_participant,
    warehouse.session_revision, warehouse.session_document`.execute(database.db)
})

function open(url: string, poolMax: number): DatabaseHandle {
  const handle = openDatabase({
    ...{ url, poolMax, applicationName: 'test', statementTimeoutSeconds: 30 },
    onIdleError() {},
  })
  onTestFinished(handle.close)
  return handle
}

/** Loads revisions of the same sessions in several batches. */
async function load(handle: DatabaseHandle): Promise<void> {
  const loader = openLoader(handle.db, { batchSize: 5, batchesMax: 3, raw: 'latest' })
  for (let revision = 0; revision < 4; revision += 1) {
    const settled = Array.from({ length: 30 }, (_, id) =>
      loader.commit(
        settlementOf({ id: id + 1, updatedAt: `2026-03-23T20:1${revision}:00Z`, participants: [revision] }),
      ),
    )
    expect(new Set((await Promise.all(settled)).map(({ kind }) => kind))).toEqual(new Set(['stored']))
  }
  expect(await database.dump('warehouse.session')).toHaveLength(30)
  expect(await database.dump('warehouse.call_participant')).toHaveLength(30)
}

type Kept = { name: string; uses: number }

/** Of one session; a pooler gives each transaction another. */
const keptIn = async ({ db }: DatabaseHandle) => {
  const { rows } = await sql<Kept>`
    select name, (generic_plans + custom_plans)::int as uses from pg_prepared_statements`.execute(db)
  return rows
}

test('on a connection of its own, a loader has the upserts of heads and ledger rows planned once and not for each batch', async () => {
  const handle = open(database.url, 1)
  await load(handle)
  const kept = await keptIn(handle)
  expect(kept).toHaveLength(2)
  for (const { uses } of kept) expect(uses).toBeGreaterThan(10)
})

test('behind a pooler that gives each transaction another session, a loader names no statement of another session', async () => {
  const pooler = await openTransactionPooler(database.url)
  onTestFinished(pooler.close)
  const handle = open(pooler.through(database.url), 3)
  await Promise.all([1, 2, 3].map(() => sql`select pg_sleep(0.05)`.execute(handle.db)))
  await load(handle)
})

test('a statement that a session has lost fails once, and the next connection has it again', async () => {
  const handle = open(database.url, 1)
  const loader = openLoader(handle.db, { batchSize: 1, batchesMax: 1 })
  const retried: unknown[] = []
  const losing = openLoader(handle.db, {
    ...{ batchSize: 1, batchesMax: 1 },
    events: {
      batchCommitted() {},
      batchRetried: ({ error }) => retried.push(error),
      batchSplit() {},
      noticed() {},
    },
  })
  for (let id = 1; id <= 3; id += 1) await loader.commit(settlementOf({ id }))
  await sql`deallocate all`.execute(handle.db)
  expect(await losing.commit(settlementOf({ id: 4 }))).toEqual({ kind: 'stored' })
  expect(retried).toMatchObject([{ code: '26000' }])
})

test('I8 the statements that a session keeps are bounded, and the texts that are remembered, too', () => {
  const { nameOf } = createStatementNames()
  const texts = Array.from({ length: 1_000 }, (_, at) => `select ${at}`)
  for (const text of texts) expect(nameOf(text)).toBeUndefined()
  const names = texts.map(nameOf).filter((name) => name !== undefined)
  expect(names).toHaveLength(32)
  expect(new Set(names).size).toBe(32)
  expect(texts.map(nameOf).filter((name) => name !== undefined)).toEqual(names)
})
