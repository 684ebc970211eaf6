import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import type { SupersetChart, SupersetModel } from './superset-model.ts'

const version = '1.0.0'
const folder = 'boards/superset'
const databaseName = 'Aftercall'
const dayColumn = 'local_day'
const timeRange = 'Last 30 days'

/**
 * The assets that Superset imports (its format 1.0.0), by their paths. Equal names give equal uuids, so a second import
 * replaces what the first one made.
 */
export function supersetFiles({ datasets, boards }: SupersetModel): Map<string, string> {
  const files = new Map<string, unknown>([
    ['metadata.yaml', { version, type: 'Dashboard', timestamp: '2026-01-01T00:00:00+00:00' }],
    [`databases/${databaseName}.yaml`, database()],
  ])
  for (const [view, dataset] of Object.entries(datasets)) {
    files.set(`datasets/${databaseName}/${view}.yaml`, datasetOf(view, dataset))
  }
  for (const { title, charts } of boards) {
    for (const chart of charts) files.set(`charts/${fileName(chart.title)}.yaml`, chartOf(chart))
    files.set(`dashboards/${fileName(title)}.yaml`, dashboardOf(title, charts))
  }
  return new Map(
    [...files].map(([path, content]) => [`${folder}/${path}`, stringify(content, { lineWidth: 0 })]),
  )
}

function database() {
  return {
    database_name: databaseName,
    // The import asks for the password.
    sqlalchemy_uri: 'postgresql+psycopg2://aftercall_boards:XXXXXXXXXX@postgres:5432/aftercall',
    cache_timeout: 60,
    expose_in_sqllab: true,
    ...{
      allow_run_async: false,
      allow_ctas: false,
      allow_cvas: false,
      allow_dml: false,
      allow_csv_upload: false,
    },
    extra: {},
    uuid: uuidOf('database'),
    version,
  }
}

function datasetOf(view: string, { dimensions, metrics }: SupersetModel['datasets'][string]) {
  const column = (name: string) => ({
    column_name: name,
    ...(name === dayColumn ? { type: 'DATE' } : {}),
    is_dttm: name === dayColumn,
    is_active: true,
    groupby: true,
    filterable: true,
  })
  return {
    table_name: view,
    main_dttm_col: dayColumn,
    schema: 'analytics',
    offset: 0,
    filter_select_enabled: true,
    columns: [dayColumn, ...dimensions].map(column),
    metrics: Object.entries(metrics).map(([name, expression]) => ({ metric_name: name, expression })),
    uuid: uuidOf(`dataset ${view}`),
    database_uuid: uuidOf('database'),
    version,
  }
}

const vizTypes = { line: 'echarts_timeseries_line', bar: 'echarts_timeseries_bar', table: 'table' } as const

function chartOf({ title, dataset, draw, metrics, by }: SupersetChart) {
  const span = {
    ...{ expressionType: 'SIMPLE', clause: 'WHERE', subject: dayColumn },
    ...{ operator: 'TEMPORAL_RANGE', comparator: timeRange },
  }
  const ofTime = { x_axis: dayColumn, time_grain_sqla: 'P1D', ...(draw === 'bar' ? { stack: 'Stack' } : {}) }
  return {
    slice_name: title,
    viz_type: vizTypes[draw],
    params: {
      viz_type: vizTypes[draw],
      ...{ metrics, groupby: by, adhoc_filters: [span], row_limit: 10_000 },
      ...(draw === 'table' ? { query_mode: 'aggregate' } : ofTime),
    },
    uuid: uuidOf(`chart ${title}`),
    dataset_uuid: uuidOf(`dataset ${dataset}`),
    version,
  }
}

/** Two charts in a row. */
function dashboardOf(title: string, charts: readonly SupersetChart[]) {
  const rows = Array.from({ length: Math.ceil(charts.length / 2) }, (_, at) =>
    charts.slice(at * 2, at * 2 + 2),
  )
  const position: Record<string, unknown> = {
    DASHBOARD_VERSION_KEY: 'v2',
    ROOT_ID: { id: 'ROOT_ID', type: 'ROOT', children: ['GRID_ID'] },
    GRID_ID: {
      id: 'GRID_ID',
      type: 'GRID',
      children: rows.map((_, at) => `ROW-${at}`),
      parents: ['ROOT_ID'],
    },
    HEADER_ID: { id: 'HEADER_ID', type: 'HEADER', meta: { text: title } },
  }
  rows.forEach((row, at) => {
    const id = `ROW-${at}`
    const children = row.map((chart) => `CHART-${fileName(chart.title)}`)
    const meta = { background: 'BACKGROUND_TRANSPARENT' }
    position[id] = { id, type: 'ROW', children, meta, parents: ['ROOT_ID', 'GRID_ID'] }
    for (const chart of row) {
      const own = `CHART-${fileName(chart.title)}`
      const place = {
        width: 12 / row.length,
        height: 50,
        sliceName: chart.title,
        uuid: uuidOf(`chart ${chart.title}`),
      }
      position[own] = {
        id: own,
        type: 'CHART',
        children: [],
        meta: place,
        parents: ['ROOT_ID', 'GRID_ID', id],
      }
    }
  })
  return {
    dashboard_title: `Aftercall: ${title}`,
    slug: `aftercall-${fileName(title)}`,
    position,
    metadata: {},
    uuid: uuidOf(`dashboard ${title}`),
    version,
  }
}

function fileName(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
}

/** A uuid of version 8 from the hash of a name. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`aftercall superset ${name}`).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
