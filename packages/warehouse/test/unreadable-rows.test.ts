import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { settlementOf, withSessions } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

test('I5 rows that Postgres cannot read are rejected, not sent again without end, and another document of the batch is stored', async () => {
  const loader = openLoader(database.db)
  const bad = settlementOf({ id: 1, participants: [] })
  const broken = bad.sessions.map((one) => {
    const bytes = Buffer.from(one.rows.bytes)
    // The first field's length is more than what follows.
    bytes.writeInt32BE(bytes.length * 2, 2)
    return { ...one, rows: { ...one.rows, bytes } }
  })
  const [refused, stored] = await Promise.all([
    loader.commit(withSessions(bad, broken)),
    loader.commit(settlementOf({ id: 2 })),
  ])
  expect(refused).toMatchObject({ kind: 'rejected', code: 'database_refused' })
  expect(stored).toMatchObject({ kind: 'stored' })
})
