import { readFileSync } from 'node:fs'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { parse } from 'yaml'
import { metricSql } from '../../metrics/generate/metric-sql.ts'
import { readCatalogue } from '../../metrics/generate/read-catalogue.ts'
import { evaluateMetric, plain, quotient } from './evaluate-metric.ts'
import { below } from './expected.ts'
import { loadFixture } from './load-fixture.ts'

const chapters = await readCatalogue()
const metrics = chapters.flatMap((chapter) => chapter.metrics).filter((metric) => !('function' in metric))
const byName = new Map(metrics.map((metric) => [metric.name, metric]))

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await loadFixture(database.db)
})
afterAll(() => database.drop())

test('expected.md has every metric of the catalogue', () => {
  expect(below('## Metrics').map(({ metric }) => metric)).toEqual(metrics.map(({ name }) => name))
})

const groups = [
  ['known calls', "source = 'known' and channel = 'call'"],
  ['known chats', "source = 'known' and channel = 'chat'"],
  ['made calls', "source = 'made' and channel = 'call'"],
  ['made chats', "source = 'made' and channel = 'chat'"],
] as const

test.each(groups)('every metric of %s is as calculated', async (group, where) => {
  const expected = below('## Metrics').map((row) => `${row.metric} ${row[group]}`)
  const found: string[] = []
  for (const metric of metrics) {
    const { above, below: under } = await evaluateMetric(database.db, byName, metric, where)
    const sides = [above === null ? 'none' : plain(above), ...(under === null ? [] : [plain(under)])]
    found.push(`${metric.name} ${sides.join('/')}`)
  }
  expect(found).toEqual(expected)
})

test('the query of each metric gives its numerator divided by its denominator', async () => {
  for (const metric of metrics) {
    const { above, below: under } = await evaluateMetric(database.db, byName, metric, 'true')
    const answer = await sql
      .raw<Record<string, string | null>>(metricSql(metric, byName).query)
      .execute(database.db)
    const [found = null] = Object.values(answer.rows[0] ?? {})
    expect([metric.name, found === null ? null : plain(String(found))]).toEqual([
      metric.name,
      quotient(above, under),
    ])
  }
})

test.each(groups)("MetricFlow's form of each metric gives the same numbers of %s", async (_, where) => {
  const { models } = parse(
    readFileSync(new URL('../../dbt/models/models.yml', import.meta.url), 'utf8'),
  ) as DbtModels
  const simple = models.flatMap(({ semantic_model: semantics, metrics: own = [] }) =>
    own.filter(({ type }) => type === 'simple').map((metric) => ({ ...metric, view: semantics?.name ?? '' })),
  )
  expect(simple.length).toBeGreaterThan(70)
  for (const { name, view, agg, expr, percentile } of simple) {
    const call =
      agg === 'percentile'
        ? `percentile_cont(${percentile}) within group (order by ${expr})`
        : `${agg === 'average' ? 'avg' : agg}(${expr})`
    const answer = await sql<{ value: string | null }>`
      select (${sql.raw(call)})::text as value from analytics.${sql.raw(view)} where ${sql.raw(where)}
    `.execute(database.db)
    const metric = byName.get(name)
    const { above, below: under } =
      metric === undefined
        ? { above: 'no metric', below: null }
        : await evaluateMetric(database.db, byName, metric, where)
    const expected = quotient(above, under)
    // MetricFlow gives 0 for sums of no rows (fill_nulls_with).
    const found = answer.rows[0]?.value ?? (agg === 'sum' ? '0' : null)
    expect([name, found === null ? null : plain(found)], call).toEqual([name, expected])
  }
})

type DbtModels = {
  models: {
    semantic_model?: { name: string }
    metrics?: { name: string; type: string; agg: string; expr: string; percentile?: number }[]
  }[]
}

test('every function gives what was calculated', async () => {
  const rows = below('## Functions')
  const found = await Promise.all(
    rows.map(async ({ call, of, value }) => {
      const answer = await sql<{ is: string | null }>`
        select sum(${sql.raw(value ?? '')})::text as is from analytics.${sql.raw(call ?? '')} own
        where source = 'made' and ${sql.raw(of ?? '')}
      `.execute(database.db)
      return { call, of, value, is: String(Number(answer.rows[0]?.is)) }
    }),
  )
  expect(found).toEqual(rows)
})
