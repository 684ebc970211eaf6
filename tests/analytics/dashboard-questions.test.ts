import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { questionOfSessions, questionsOfADay } from '../../bench/analytics/day-questions.ts'
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

const ofADay = questionsOfADay('2026-10-07')

test.each(ofADay.filter(({ byRows }) => byRows !== undefined))(
  'the benchmark asks what was counted of a day and its rows the same: $title',
  async ({ asked, byRows = '' }) => {
    const answer = await ask(asked)
    expect(answer.length).toBeGreaterThan(0)
    expect(answer).toEqual(await ask(byRows))
  },
)

test('questions of a day that are asked one way have an answer', async () => {
  const one = ofADay.filter(({ byRows }) => byRows === undefined).map(({ asked }) => asked)
  for (const text of [...one, questionOfSessions('2026-10-07')])
    expect((await ask(text)).length).toBeGreaterThan(0)
})
