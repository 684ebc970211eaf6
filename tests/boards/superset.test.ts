import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { supersetFiles } from '../../boards/generate/format-superset.ts'
import { readSupersetModel } from '../../boards/generate/superset-model.ts'

const model = await readSupersetModel()
const files = new Map(
  [...supersetFiles(model)].map(([path, text]) => [
    path.replace('boards/superset/', ''),
    parse(text) as unknown,
  ]),
)
const version = z.literal('1.0.0')
const uuid = z.uuid()

/** The fields that Superset's importer knows and requires: its schemas ImportV1…Schema refuse all others. */
const schemas = {
  'metadata.yaml': z.strictObject({ version, type: z.literal('Dashboard'), timestamp: z.string() }),
  databases: z.strictObject({
    database_name: z.string(),
    sqlalchemy_uri: z.string().regex(/^postgresql\+psycopg2:\/\/\w+:X{10}@/),
    cache_timeout: z.int(),
    expose_in_sqllab: z.boolean(),
    allow_run_async: z.boolean(),
    allow_ctas: z.literal(false),
    allow_cvas: z.literal(false),
    allow_dml: z.literal(false),
    allow_csv_upload: z.literal(false),
    extra: z.strictObject({}),
    uuid,
    version,
  }),
  datasets: z.strictObject({
    table_name: z.string(),
    main_dttm_col: z.literal('local_day'),
    schema: z.literal('analytics'),
    offset: z.literal(0),
    filter_select_enabled: z.boolean(),
    columns: z.array(
      z.strictObject({
        column_name: z.string(),
        type: z.literal('DATE').optional(),
        is_dttm: z.boolean(),
        is_active: z.boolean(),
        groupby: z.boolean(),
        filterable: z.boolean(),
      }),
    ),
    metrics: z.array(z.strictObject({ metric_name: z.string(), expression: z.string() })),
    uuid,
    database_uuid: uuid,
    version,
  }),
  charts: z.strictObject({
    slice_name: z.string(),
    viz_type: z.enum(['echarts_timeseries_line', 'echarts_timeseries_bar', 'table']),
    params: z.looseObject({ metrics: z.array(z.string()), groupby: z.array(z.string()) }),
    uuid,
    dataset_uuid: uuid,
    version,
  }),
  dashboards: z.strictObject({
    dashboard_title: z.string(),
    slug: z.string(),
    position: z.record(z.string(), z.unknown()),
    metadata: z.strictObject({}),
    uuid,
    version,
  }),
} as const

function inFolder<Shape>(folder: string, schema: z.ZodType<Shape>): Shape[] {
  return [...files].flatMap(([path, content]) =>
    path.startsWith(`${folder}/`) ? [schema.parse(content)] : [],
  )
}

test('every file has the fields that Superset imports, and no others', () => {
  for (const [path, content] of files) {
    const kind = path.split('/')[0] as keyof typeof schemas
    expect(schemas[kind].safeParse(content).error, path).toBeUndefined()
  }
  expect(inFolder('dashboards', schemas.dashboards)).toHaveLength(5)
})

test('each uuid is that of one file, and each reference leads to one', () => {
  const databases = inFolder('databases', schemas.databases).map((one) => one.uuid)
  const datasets = inFolder('datasets', schemas.datasets)
  const charts = inFolder('charts', schemas.charts)
  const dashboards = inFolder('dashboards', schemas.dashboards)
  const all = [...databases, ...[...datasets, ...charts, ...dashboards].map((one) => one.uuid)]
  expect(new Set(all).size).toBe(all.length)
  expect(datasets.filter((one) => !databases.includes(one.database_uuid))).toEqual([])
  expect(charts.filter((one) => !datasets.some((other) => other.uuid === one.dataset_uuid))).toEqual([])
  const placed = dashboards.flatMap(({ position }) =>
    [...JSON.stringify(position).matchAll(/"uuid":"([^"]+)"/g)].map(([, id]) => id),
  )
  expect(placed.sort()).toEqual(charts.map((one) => one.uuid).sort())
})
