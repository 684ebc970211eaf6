import { readFileSync } from 'node:fs'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { answerRecipes } from './answer-recipes.ts'
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
