import { readdirSync, readFileSync } from 'node:fs'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { type Dictionary, readDictionary } from '@aftercall/warehouse/schema/dictionary'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { parse } from 'yaml'
import { formatDbt } from '../../metrics/generate/dbt/format-dbt.ts'
import { readCatalogue } from '../../metrics/generate/read-catalogue.ts'
import { modelsFile, sourcesFile } from './emitted-schema.ts'

const folder = new URL('../../dbt/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8')
const metrics = (await readCatalogue()).flatMap((chapter) => chapter.metrics)
const {
  models,
  metrics: topMetrics,
  saved_queries: savedQueries,
} = parse(read('models/models.yml')) as Models
const { sources } = parse(read('models/sources.yml')) as Sources

type Named = { name: string }
type MetricEntry = Named & {
  type: string
  numerator?: string
  denominator?: string
  input_metrics?: Named[]
}
type Entity = Named & { type: string; expr: string }
type Models = {
  models: (Named & {
    columns: (Named & { dimension?: object; entity?: Named & { type: string } })[]
    metrics?: MetricEntry[]
    semantic_model?: Named
    agg_time_dimension?: string
    derived_semantics?: { entities: Entity[] }
  })[]
  metrics: MetricEntry[]
  saved_queries: (Named & { query_params: { metrics: string[]; group_by: string[] } })[]
}
type Sources = { sources: { tables: (Named & { columns: Named[] })[] }[] }

let database: TestDatabase
let dictionary: Dictionary

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  dictionary = await readDictionary(database.db)
})
afterAll(() => database.drop())

describe('in the form that dbt reads', () => {
  test.each([
    ['models/sources.yml', sourcesFile],
    ['models/models.yml', modelsFile],
  ])('%s has no key but those that dbt knows, each in its place', (path, schema) => {
    const parsed = schema.safeParse(parse(read(path)))
    expect(parsed.error?.issues ?? []).toEqual([])
  })

  test('meta stands below config: dbt rejects it beside, where older files had it', () => {
    const file = parse(read('models/sources.yml'))
    const [column] = file.sources[0].tables[0].columns
    expect(sourcesFile.safeParse(file).success).toBe(true)
    column.meta = column.config.meta
    expect(sourcesFile.safeParse(file).success).toBe(false)
  })
})

test('the package is what the catalogue and the database say (if not: npm run metrics)', () => {
  const files = formatDbt(dictionary, metrics)
  const found = readdirSync(new URL('models/', folder)).map((name) => `models/${name}`)
  expect(found.sort()).toEqual([...files.keys()].sort())
  const outdated = [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path)
  expect(outdated).toEqual([])
})

test('each model reads one source that exists, and nothing else', () => {
  const tables = sources.flatMap((source) => source.tables.map(({ name }) => name))
  expect(models.map(({ name }) => name)).toEqual(tables.map((name) => `aftercall_${name}`))
  for (const table of tables) {
    expect(read(`models/aftercall_${table}.sql`)).toBe(
      `select * from {{ source('aftercall', '${table}') }}\n`,
    )
  }
})

describe('in MetricFlow', () => {
  const defined = [...models.flatMap((model) => model.metrics ?? []), ...topMetrics]
  const ofModels = new Map(
    models.flatMap((model) => (model.metrics ?? []).map((one) => [one.name, model.name])),
  )

  test('every metric without a parameter of the reader is defined once', () => {
    const expected = metrics.filter((metric) => !('function' in metric)).map(({ name }) => name)
    expect(defined.map(({ name }) => name).sort()).toEqual(expected.sort())
  })

  test('a metric that needs several models stands at the top, and each other one below its model', () => {
    const wrong = defined.filter((metric) => {
      const needed = [
        metric.numerator,
        metric.denominator,
        ...(metric.input_metrics ?? []).map(({ name }) => name),
      ]
      const places = new Set(needed.filter((name) => name !== undefined).map((name) => ofModels.get(name)))
      if (metric.type === 'simple') return !ofModels.has(metric.name)
      return (
        places.has(undefined) ||
        (places.size > 1 ? ofModels.has(metric.name) : !places.has(ofModels.get(metric.name)))
      )
    })
    expect(wrong).toEqual([])
  })

  test('each semantic model has one primary entity, a day to count on where it has metrics, and keys of its columns', () => {
    for (const model of models.filter(({ semantic_model: semantics }) => semantics !== undefined)) {
      const columns = model.columns.map(({ name }) => name)
      const derived = model.derived_semantics?.entities ?? []
      const inColumns = model.columns.flatMap(({ entity }) => (entity === undefined ? [] : [entity]))
      const primary = [...derived, ...inColumns].filter(({ type }) => type === 'primary')
      expect(primary.length, model.name).toBe(1)
      if (model.metrics !== undefined) expect(columns, model.name).toContain(model.agg_time_dimension)
      const used = derived.flatMap(({ expr }) => expr.replace(/^concat_ws\('\/', (.*)\)$/, '$1').split(', '))
      expect(used.filter((name) => !columns.includes(name))).toEqual([])
    }
  })

  test('no name is both a metric, an entity and a dimension', () => {
    const dimensions = models.flatMap(({ columns }) =>
      columns.filter(({ dimension }) => dimension !== undefined).map(({ name }) => name),
    )
    const entities = models.flatMap((model) => [
      ...(model.derived_semantics?.entities ?? []).map(({ name }) => name),
      ...model.columns.flatMap(({ entity }) => (entity === undefined ? [] : [entity.name])),
    ])
    const metricNames = defined.map(({ name }) => name)
    expect(dimensions.filter((name) => entities.includes(name) || metricNames.includes(name))).toEqual([])
    expect(entities.filter((name) => metricNames.includes(name))).toEqual([])
  })

  test('saved queries name metrics and dimensions that exist', () => {
    const dimensions = models.flatMap(({ semantic_model: semantics, columns }) =>
      columns
        .filter(({ dimension }) => dimension !== undefined)
        .map(({ name }) => `${semantics?.name}__${name}`),
    )
    for (const { query_params: query } of savedQueries) {
      expect(query.metrics.filter((name) => !defined.some((metric) => metric.name === name))).toEqual([])
      const grouped = query.group_by.map((one) => /^Dimension\('(\w+)'\)$/.exec(one)?.[1] ?? one)
      expect(grouped.filter((name) => !dimensions.includes(name))).toEqual([
        "TimeDimension('metric_time', 'day')",
      ])
    }
  })
})
