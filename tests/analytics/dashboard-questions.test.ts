import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { dashboardQuestions, monthOfCompleteness } from '../../bench/analytics/rollup-questions.ts'
import { loadFixture } from './load-fixture.ts'

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await loadFixture(database.db)
  await refreshAllRollups(database.db, { quietMs: 0, patienceMs: 0 })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('set search_path = analytics')
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

/** As arrays, because several columns have the same name. */
async function ask(text: string): Promise<string[][]> {
  const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' })
  return rows.map((row) => row.map(String))
}

test.each(dashboardQuestions)(
  'the benchmark asks the counts and the facts the same: $title',
  async ({ counted, facts }) => {
    const everDay = (question: string) =>
      question.replaceAll(/local_day between '\S+' and '\S+'/g, 'local_day is not null')
    const answer = await ask(everDay(counted))
    expect(answer.length).toBeGreaterThan(0)
    expect(answer).toEqual(await ask(everDay(facts)))
  },
)

test('the month of completeness can be asked', async () => {
  expect(await ask(monthOfCompleteness)).toBeInstanceOf(Array)
})
