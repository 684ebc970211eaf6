import type { Board, Panel, Unit, Variable } from './board.ts'
import { variableQueries } from './variable-queries.ts'

/** As compose/grafana/provisioning/datasources/analytics.yml names it. */
export const datasource = { type: 'grafana-postgresql-datasource', uid: 'aftercall-analytics' }

const grafanaUnits: Record<Unit, { unit: string; decimals: number }> = {
  share: { unit: 'percentunit', decimals: 1 },
  seconds: { unit: 's', decimals: 0 },
  rating: { unit: 'none', decimals: 2 },
}

/** A dashboard as Grafana reads it from a file (schema 39, which newer versions migrate when they load it). */
export function formatGrafana(board: Board): string {
  const dashboard = {
    uid: `aftercall-${board.name}`,
    title: `Aftercall: ${board.title}`,
    description: board.about,
    tags: ['aftercall', 'analytics'],
    schemaVersion: 39,
    editable: true,
    // Times are those of the tenant's clock. The browser must not move them.
    timezone: 'utc',
    refresh: '1m',
    // Clocks east of UTC are up to 14 hours ahead of Grafana's now.
    time: { from: board.from, to: 'now+14h' },
    annotations: { list: [] },
    templating: { list: board.variables.map(variableOf) },
    panels: placed(board.panels).map(([panel, gridPos], at) => panelOf(panel, gridPos, at + 1)),
  }
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

function variableOf(name: Variable) {
  const { label, query } = variableQueries[name]
  const all = { text: ['All'], value: ['$__all'] }
  return {
    ...{ name, label, type: 'query', datasource, query, definition: query },
    ...{ multi: true, includeAll: true, current: all, refresh: 2, sort: 1, hide: 0 },
  }
}

type Place = { x: number; y: number; w: number; h: number }

/** From left to right; a panel that does not fit begins a new line. */
function placed(panels: readonly Panel[]): [Panel, Place][] {
  let [x, y, lineHeight] = [0, 0, 0]
  return panels.map((panel) => {
    if (x + panel.width > 24) [x, y, lineHeight] = [0, y + lineHeight, 0]
    const place = { x, y, w: panel.width, h: panel.height }
    x += panel.width
    lineHeight = Math.max(lineHeight, panel.height)
    return [panel, place]
  })
}

function panelOf(panel: Panel, gridPos: Place, id: number) {
  const format = panel.type === 'timeseries' ? 'time_series' : 'table'
  return {
    ...{ id, title: panel.title, description: panel.about, type: panel.type, datasource, gridPos },
    fieldConfig: {
      defaults: { min: 0, noValue: '–', custom: customOf(panel) },
      overrides: Object.entries(panel.units).map(([column, unit]) => overrideOf(column, unit)),
    },
    options: optionsOf(panel),
    targets: [{ refId: 'A', datasource, editorMode: 'code', rawQuery: true, format, rawSql: panel.query }],
  }
}

function overrideOf(column: string, unit: Unit) {
  const properties = Object.entries(grafanaUnits[unit]).map(([id, value]) => ({ id, value }))
  return { matcher: { id: 'byName', options: column }, properties }
}

function customOf({ type, draw }: Panel) {
  if (type !== 'timeseries') return {}
  if (draw !== 'stacked-bars') return { drawStyle: 'line', lineWidth: 2, showPoints: 'auto' }
  return { drawStyle: 'bars', fillOpacity: 80, stacking: { mode: 'normal', group: 'A' } }
}

function optionsOf({ type }: Panel) {
  switch (type) {
    case 'stat':
      return {
        reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '/.*/' },
        ...{ textMode: 'value_and_name', graphMode: 'none', colorMode: 'none' },
      }
    case 'timeseries':
      return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } }
    case 'barchart':
      return { orientation: 'auto', legend: { displayMode: 'list', placement: 'bottom' } }
    case 'table':
      return { showHeader: true }
  }
}
