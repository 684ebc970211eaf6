import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { boardFiles } from '../../boards/generate/board-files.ts'
import { readBoards } from '../../boards/generate/read-boards.ts'
import { readSupersetModel } from '../../boards/generate/superset-model.ts'
import { readComposeFile } from '../compose/compose-file.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const boards = await readBoards()
const files = boardFiles(boards, await readSupersetModel())
const dashboards = [...files].filter(([path]) => path.startsWith('compose/grafana/dashboards/'))

test.each([...files])('%s is what boards/ gives (if not: npm run boards)', (path, text) => {
  expect(existsSync(new URL(path, root)) && read(path) === text, 'run npm run boards, and commit').toBe(true)
})

test('no dashboard and no card is left of a board or panel that is gone', () => {
  const made = ['compose/grafana/dashboards/', 'boards/metabase/', 'boards/superset/'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.includes('.'))
      .map((file) => `${folder}${file}`),
  )
  // The dashboard of our own processes is written by hand.
  expect(made.filter((path) => !files.has(path))).toEqual(['compose/grafana/dashboards/aftercall.json'])
})

const dataSource = z.strictObject({
  type: z.literal('grafana-postgresql-datasource'),
  uid: z.literal('aftercall-analytics'),
})
const target = z.strictObject({
  refId: z.literal('A'),
  datasource: dataSource,
  editorMode: z.literal('code'),
  rawQuery: z.literal(true),
  format: z.enum(['table', 'time_series']),
  rawSql: z.string().regex(/^select /),
})
const property = z.strictObject({
  id: z.enum(['unit', 'decimals']),
  value: z.union([z.string(), z.number()]),
})
const panel = z.strictObject({
  id: z.int(),
  title: z.string(),
  description: z.string(),
  // Panels that Grafana 13 comes with: https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/
  type: z.enum(['stat', 'timeseries', 'barchart', 'table']),
  datasource: dataSource,
  gridPos: z.strictObject({ x: z.int().min(0), y: z.int().min(0), w: z.int(), h: z.int() }),
  fieldConfig: z.strictObject({
    defaults: z.strictObject({ min: z.literal(0), noValue: z.string(), custom: z.looseObject({}) }),
    overrides: z.array(
      z.strictObject({
        matcher: z.strictObject({ id: z.literal('byName'), options: z.string() }),
        properties: z.array(property),
      }),
    ),
  }),
  options: z.looseObject({}),
  targets: z.tuple([target]),
})
const variable = z.strictObject({
  name: z.enum(['source', 'channel', 'queue']),
  label: z.string(),
  type: z.literal('query'),
  datasource: dataSource,
  query: z.string(),
  definition: z.string(),
  multi: z.literal(true),
  includeAll: z.literal(true),
  current: z.strictObject({ text: z.tuple([z.literal('All')]), value: z.tuple([z.literal('$__all')]) }),
  refresh: z.literal(2),
  sort: z.literal(1),
  hide: z.literal(0),
})
const dashboard = z.strictObject({
  uid: z.string().max(40),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  schemaVersion: z.literal(39),
  editable: z.literal(true),
  timezone: z.literal('utc'),
  refresh: z.literal('1m'),
  time: z.strictObject({ from: z.string(), to: z.literal('now+14h') }),
  annotations: z.strictObject({ list: z.tuple([]) }),
  templating: z.strictObject({ list: z.array(variable).min(1) }),
  panels: z.array(panel).min(4),
})

test.each(dashboards)(
  '%s has the shape of a dashboard, with panels that lie beside each other',
  (_path, text) => {
    const { panels, templating } = dashboard.parse(JSON.parse(text))
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const names = templating.list.map(({ name }) => name)
    for (const { targets } of panels) {
      const used = [...targets[0].rawSql.matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
      expect(used.filter((name) => !names.some((other) => other === name))).toEqual([])
    }
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24)
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`)
    })
    expect(new Set(cells).size).toBe(cells.length)
  },
)

test('there are five boards, each of its own name', () => {
  expect(dashboards).toHaveLength(5)
  const ids = dashboards.map(([, text]) => dashboard.parse(JSON.parse(text)).uid)
  expect(new Set([...ids, 'aftercall']).size).toBe(6)
})

test('Grafana is given the data source of the boards, with a login that is an analyst and no more', () => {
  const source = z.object({
    datasources: z.tuple([
      z.strictObject({
        name: z.string(),
        uid: z.literal('aftercall-analytics'),
        type: z.literal('grafana-postgresql-datasource'),
        url: z.literal('postgres:5432'),
        user: z.string(),
        jsonData: z.strictObject({
          database: z.literal('aftercall'),
          sslmode: z.literal('disable'),
          maxOpenConns: z.int(),
          maxIdleConns: z.int(),
        }),
        secureJsonData: z.strictObject({ password: z.literal('dev') }),
      }),
    ]),
  })
  const [{ user }] = source.parse(
    parse(read('compose/grafana/provisioning/datasources/analytics.yml')),
  ).datasources
  const logins = read('compose/postgres/make-logins.sql')
  expect(logins).toContain(`create role ${user} login password 'dev' in role aftercall_analyst;`)
  expect(readComposeFile().services.grafana?.depends_on).toMatchObject({
    postgres: { condition: 'service_healthy' },
  })
})
