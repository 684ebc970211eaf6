import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

test('I1 a connection that is killed in the middle of a transaction fails that transaction, and nothing else', async () => {
  const uncaught: unknown[] = []
  const listen = (error: unknown) => uncaught.push(error)
  process.on('uncaughtException', listen)
  try {
    const killed = database.db.transaction().execute(async (transaction) => {
      const own = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction)
      await sql`select pg_terminate_backend(${own.rows[0]?.pid})`.execute(database.db)
      await sql`select 1`.execute(transaction)
    })
    await expect(killed).rejects.toThrow()
    const answer = await sql<{ one: number }>`select 1 as one`.execute(database.db)
    expect(answer.rows).toEqual([{ one: 1 }])
    expect(uncaught).toEqual([])
  } finally {
    process.off('uncaughtException', listen)
  }
})
