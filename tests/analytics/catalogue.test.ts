import { readFileSync } from 'node:fs'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { formatMigration, migrationName } from '../../metrics/generate/format-migration.ts'
import { formatPage } from '../../metrics/generate/format-page.ts'
import type { Metric } from '../../metrics/generate/metric.ts'
import { checkNames, readCatalogue } from '../../metrics/generate/read-catalogue.ts'

const root = new URL('../../', import.meta.url)
const chapters = await readCatalogue()
const metrics = chapters.flatMap((chapter) => chapter.metrics)

let database: TestDatabase
let analyst: TestLogin

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  analyst = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_analyst'] })
})
afterAll(async () => {
  await database.drop()
  await analyst.drop()
})

test.each([
  [`migrations/${migrationName}`, formatMigration],
  ['docs/metrics.md', formatPage],
] as const)('%s is what the catalogue says (if not: npm run metrics)', (path, format) => {
  const isCurrent = readFileSync(new URL(path, root), 'utf8') === format(chapters)
  expect(isCurrent, `${path} is out of date: run npm run metrics and commit what it wrote`).toBe(true)
})

test('a reader finds every metric in analytics.metric, and can run its query', async () => {
  const client = new pg.Client({ connectionString: analyst.urlOf(database.url) })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; query: string }>(
      'select name, query from analytics.metric',
    )
    expect(rows.map(({ name }) => name)).toEqual(metrics.map(({ name }) => name))
    for (const { name, query } of rows) {
      const answer = await client
        .query(query)
        .catch((error: unknown) => ({ rows: [], error: `${name}: ${error}` }))
      expect(answer).not.toHaveProperty('error')
      expect(answer.rows.length, name).toBe(1)
    }
  } finally {
    await client.end()
  }
})

test('each function of a metric exists', async () => {
  const { rows } = await sql<{ name: string }>`
    select proname as name from pg_proc where pronamespace = 'analytics'::regnamespace
  `.execute(database.db)
  const wanted = metrics.flatMap((metric) => ('function' in metric ? [metric.function] : []))
  expect(wanted.filter((name) => !rows.some((row) => row.name === name))).toEqual([])
})

/** The names of metrics in the table of the contract's section e, and the keys of its sources. */
const contract = readFileSync(new URL('docs/data-contract.md', root), 'utf8')
const sectionE = contract.slice(contract.indexOf('\n## e. '), contract.indexOf('\n## f. '))
const vendorMetrics = [...sectionE.matchAll(/^\| ([^|]+?) \|/gm)].map(([, name]) => name)
const sourceKeys = [...contract.matchAll(/^\| ([GC]\d+(?:[–, ]+[GC]\d+)*) \|/gm)].flatMap(([, keys = '']) =>
  keysOf(keys),
)

function keysOf(cell: string): string[] {
  const [first = '', last = first] = cell.split('–')
  if (!cell.includes('–')) return cell.split(', ')
  const from = Number(first.slice(1))
  return Array.from({ length: Number(last.slice(1)) - from + 1 }, (_, at) => `${first[0]}${from + at}`)
}

test("each metric names its source: a section of the contract, there the vendor's metric, and pages by their keys", () => {
  const wrong = metrics.filter(({ source }) => {
    const named = [...source.matchAll(/section e \(([^)]*)\)/g)].flatMap(([, names = '']) =>
      names.split('; '),
    )
    const keys = [...source.matchAll(/\b[GC]\d+\b/g)].map(([key]) => key)
    return (
      !/^(Ours|Inferred|Contract, section [a-h])/.test(source) ||
      named.some((name) => !vendorMetrics.some((metric) => sameName(metric ?? '', name))) ||
      keys.some((key) => !sourceKeys.includes(key))
    )
  })
  expect(wrong.map(({ name, source }) => `${name}: ${source}`)).toEqual([])
})

function sameName(one: string, other: string): boolean {
  const plain = (name: string): string => name.toLowerCase().replace(/[(),]/g, '').trim()
  return plain(one) === plain(other)
}

const metric = { label: 'X', unit: 'entries', definition: 'X.', source: 'Ours' } as const
const count = { ...metric, name: 'a', view: 'session', count: true } as const

test.each<[string, Metric[]]>([
  ['two metrics are named a', [count, { ...count, where: 'true' }]],
  ['a and b are the same number', [count, { ...count, name: 'b', label: 'Y' }]],
  [
    'b divides c, which is no count and no sum',
    [count, { ...metric, name: 'b', numerator: 'a', denominator: 'c' }],
  ],
  ['a differs from b, which is no metric', [{ ...count, differs_from: { b: 'how' } }]],
])('a catalogue is refused when %s', (message, wrong) => {
  expect(() => checkNames(wrong)).toThrow(message)
})
