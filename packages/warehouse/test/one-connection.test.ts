import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { openDatabase } from '../src/connection/database.ts'
import { onOneConnection } from '../src/connection/one-connection.ts'

let database: TestDatabase
let pool: ReturnType<typeof openDatabase>

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await sql`create table warehouse.probe (place integer)`.execute(database.db)
  pool = openDatabase({
    ...{ url: database.url, poolMax: 1, applicationName: 'test', statementTimeoutSeconds: 10 },
    onIdleError: () => {},
  })
})
afterAll(async () => {
  await pool.close()
  await database.drop()
})
beforeEach(() => sql`truncate warehouse.probe`.execute(database.db))

const begin = CompiledQuery.raw('begin')
const insert = (place: number) => CompiledQuery.raw(`insert into warehouse.probe values (${place})`)
const broken = CompiledQuery.raw('select 1 / 0')

async function places(): Promise<number[]> {
  const { rows } = await sql<{ place: number }>`select place from warehouse.probe order by place`.execute(
    pool.db,
  )
  return rows.map(({ place }) => place)
}

test('queries that do not wait for each other are answered in the order in which they are made', async () => {
  const answers = await onOneConnection(pool.db, async ({ db, end }) => {
    const made = Array.from({ length: 50 }, (_, number) => CompiledQuery.raw(`select ${number} as number`))
    const [, ...rest] = await Promise.all([begin, ...made].map((query) => db.executeQuery(query)))
    await Promise.all([db.executeQuery(insert(1)), end('commit')])
    return rest.flatMap(({ rows }) => rows)
  })
  expect(answers).toEqual(Array.from({ length: 50 }, (_, number) => ({ number })))
  expect(await places()).toEqual([1])
})

test('I1 a commit that is sent behind a failing query commits nothing, and the failure is reported', async () => {
  const work = onOneConnection(pool.db, async ({ db, end }) => {
    await db.executeQuery(begin)
    await db.executeQuery(insert(1))
    try {
      await Promise.all([db.executeQuery(broken), end('commit')])
    } catch (error) {
      await end('rollback')
      throw error
    }
  })
  await expect(work).rejects.toMatchObject({ code: '22012' })
  // The pool's only connection is free, and in no transaction.
  expect(await places()).toEqual([])
})

test('I1 a query after the end is refused, not committed on its own', async () => {
  const work = onOneConnection(pool.db, async ({ db, end }) => {
    await db.executeQuery(begin)
    await db.executeQuery(insert(1))
    await end('rollback')
    await db.executeQuery(insert(2))
  })
  await expect(work).rejects.toThrow('after the end')
  expect(await places()).toEqual([])
})

test('every statement of a failed transaction fails with the cause, also those behind a copy', async () => {
  const failures = await onOneConnection(pool.db, async ({ db, copyIn, end }) => {
    await db.executeQuery(begin)
    const copy = copyIn('copy warehouse.missing from stdin', [[]])
    const ofCopy = await Promise.allSettled([db.executeQuery(insert(1)), copy, db.executeQuery(insert(2))])
    await end('rollback')
    return ofCopy
  })
  expect(failures).toMatchObject(Array(3).fill({ status: 'rejected', reason: { code: '42P01' } }))
  const again = await onOneConnection(pool.db, async ({ db, end }) => {
    await db.executeQuery(begin)
    const sent = await Promise.allSettled(
      [broken, insert(1), insert(2)].map((query) => db.executeQuery(query)),
    )
    await end('rollback')
    return sent
  })
  expect(again).toMatchObject(Array(3).fill({ status: 'rejected', reason: { code: '22012' } }))
})
