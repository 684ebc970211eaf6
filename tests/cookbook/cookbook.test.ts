import { readFileSync } from 'node:fs'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { openReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { starterQueries } from '../../services/cli/src/demo/starter-queries.ts'
import { answerRecipes } from './answer-recipes.ts'
import { metricColumns } from './catalogue-numbers.ts'
import { loadSample } from './load-sample.ts'
import { readCookbook } from './read-cookbook.ts'

const page = readFileSync(new URL('../../docs/cookbook.md', import.meta.url), 'utf8')
const recipes = readCookbook(page)

let database: TestDatabase
let analyst: TestLogin

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  analyst = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_analyst'] })
  await loadSample(database.db)
})
afterAll(async () => {
  await database.drop()
  await analyst.drop()
})

test('the cookbook answers fifty questions, numbered, each with its trap and in at most six lines', () => {
  expect(recipes.map(({ title }) => Number.parseInt(title, 10))).toEqual(
    Array.from({ length: 50 }, (_, at) => at + 1),
  )
  expect(page.match(/^### /gm)).toHaveLength(50)
  expect(recipes.filter(({ sql }) => sql.split('\n').length > 6).map(({ title }) => title)).toEqual([])
  expect(recipes.filter(({ trap }) => trap.length < 40).map(({ title }) => title)).toEqual([])
})

test('each query reads analytics alone, and is bound to days', () => {
  const relations = recipes.flatMap(({ sql }) => [...sql.matchAll(/\b(?:from|join) (?!\()([a-z_]+\.)/g)])
  expect(relations.map(([, schema]) => schema).filter((schema) => schema !== 'analytics.')).toEqual([])
  const unbound = recipes.filter(({ sql }) => !/day\b.*'2026-|analytics\.\w+\('2026-/s.test(sql))
  expect(unbound.map(({ title }) => title)).toEqual([])
})

test('every query runs as an analyst and has the printed answer (if not: npm run cookbook)', async () => {
  const answers = await answerRecipes({ url: analyst.urlOf(database.url) }, recipes)
  const printed = recipes.map(({ title, answer }) => [title, answer])
  expect([...answers]).toEqual(printed)
})

test('no answer is empty', () => {
  expect(
    recipes
      .filter(({ answer = '' }) => answer.includes('(0 rows)') || answer === '')
      .map(({ title }) => title),
  ).toEqual([])
})

test('what the cookbook calls by the name of a metric is that metric', async () => {
  const session = await openReadOnlySession({ url: analyst.urlOf(database.url) })
  try {
    for (const { question, by, key, metrics } of metricColumns) {
      const asked = recipes[question - 1]?.sql ?? ''
      const [, view, where] = /from analytics\.(\w+)\s+where (.*?)\s+group by/s.exec(asked) ?? []
      const [answer] = await session.query(asked)
      for (const [column, metric] of Object.entries(metrics)) {
        const [expected] = await session.query(
          `select ${by}, ${await catalogueSql(metric)} from analytics.${view} where ${where} group by 1`,
        )
        const numbers = new Map(expected?.rows.map(([name, number]) => [name, number]))
        const columns = answer?.columns.map(({ name }) => name) ?? []
        const [keyAt, at] = [columns.indexOf(key), columns.indexOf(column)]
        const found = answer?.rows.map((row) => [row[keyAt], row[at]]) ?? []
        expect(found.length).toBeGreaterThan(0)
        expect(found, `question ${question}, ${column}`).toEqual(
          found.map(([name, printed]) => [name, roundedAs(printed, numbers.get(name ?? null))]),
        )
      }
    }
  } finally {
    await session.close()
  }
})

/** A number with as many digits as the printed one. */
function roundedAs(
  printed: string | null | undefined,
  number: string | null | undefined,
): string | null | undefined {
  if (number === null || number === undefined) return number
  return Number(number).toFixed(printed?.split('.')[1]?.length ?? 0)
}

test('README.md proposes what the demo proposes', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replace(/\s+/g, ' ')
  expect(starterQueries.filter((query) => !readme.includes(`npx aftercall sql "${query}"`))).toEqual([])
})

test('what the demo proposes runs as an analyst, and gives the numbers of the catalogue', async () => {
  const until = (query: string) => query.replace('current_date', "date '2026-04-12'")
  const asked = [
    ...starterQueries.map((query, at) => ({ title: String(at), sql: until(query) })),
    {
      title: 'aht',
      sql: until(
        `select (${await catalogueSql('aht')}) from analytics.handled_interaction where channel = 'call' and local_day > current_date - 30`,
      ),
    },
    {
      title: 'service level',
      sql: until(
        `select (${await catalogueSql('service_level')}) from analytics.queue_entry where source = 'harborline' and local_day > current_date - 30`,
      ),
    },
  ]
  const answers = await answerRecipes({ url: analyst.urlOf(database.url) }, asked)
  expect(answers.get('0')).toMatch(/^channel {2}outcome/)
  const level = Number(onlyValue(answers.get('service level'))).toFixed(3)
  expect(answers.get('1')).toMatch(new RegExp(`harborline +${level}\\n`))
  expect(answers.get('2')).toMatch(
    new RegExp(`call +\\d+ +${Math.round(Number(onlyValue(answers.get('aht'))))}\\n`),
  )
})

/** The catalogue's division, as `analytics.metric` has it. */
async function catalogueSql(name: string): Promise<string> {
  const answer = await sql<{ division: string }>`
    select numerator || coalesce('::numeric / nullif(' || denominator || ', 0)', '') as division
    from analytics.metric where name = ${name}
  `.execute(database.db)
  return answer.rows[0]?.division ?? ''
}

/** The single value of an answer. */
function onlyValue(answer: string | undefined): string {
  return answer?.split('\n')[2]?.trim() ?? ''
}
