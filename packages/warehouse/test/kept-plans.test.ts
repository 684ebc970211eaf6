import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { openTransactionPooler } from '@aftercall/testkit/transaction-pooler'
import { CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { onOneConnection } from '../src/connection/one-connection.ts'
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

test('on a connection of its own, a loader has the statements of a batch planned once and not for each batch', async () => {
  const handle = open(database.url, 1)
  await load(handle)
  const kept = await keptIn(handle)
  // Heads, what is taken out, the deletes, the ledger, and what ends rejections.
  expect(kept.filter(({ uses }) => uses > 10).length).toBeGreaterThanOrEqual(4)
  expect(kept.length).toBeLessThan(12)
})

test('behind a pooler that gives each transaction another session, a loader names no statement of another session', async () => {
  const pooler = await openTransactionPooler(database.url)
  onTestFinished(pooler.close)
  const handle = open(pooler.through(database.url), 3)
  await Promise.all([1, 2, 3].map(() => sql`select pg_sleep(0.05)`.execute(handle.db)))
  await load(handle)
})

test('a statement that a session has lost fails once, and the next connection has it again', async () => {
  const { db } = open(database.url, 1)
  const one = (value: number) =>
    onOneConnection(db, async (connection) => {
      await connection.db.executeQuery(CompiledQuery.raw('begin'))
      try {
        return (await sql<{ one: number }>`select ${value}::int as one`.execute(connection.db)).rows
      } finally {
        await connection.end('commit')
      }
    })
  for (let time = 0; time < 3; time += 1) expect(await one(time)).toEqual([{ one: time }])
  await sql`deallocate all`.execute(db)
  await expect(one(4)).rejects.toMatchObject({ code: '26000' })
  expect(await one(5)).toEqual([{ one: 5 }])
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
