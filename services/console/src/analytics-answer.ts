import type {
  Chart,
  ChartFilter,
  HandleSplit,
  HourVolume,
  QueueLevel,
  TransferFlow,
  WeekHour,
} from '@aftercall/warehouse/console/analytics-charts'
import type { CsvTable } from './csv.ts'

export type AnalyticsCharts = {
  volume: Chart<HourVolume>
  levels: Chart<QueueLevel>
  week: Chart<WeekHour>
  transfers: Chart<TransferFlow>
  handling: Chart<HandleSplit>
}

export const chartNames = ['volume', 'levels', 'week', 'transfers', 'handling'] as const
export type ChartName = (typeof chartNames)[number]

export type AnalyticsAnswer = { filter: ChartFilter; sources: string[]; charts: AnalyticsCharts }

/** One chart as a table; its columns are those of its query. */
export function tableOfChart({ charts }: AnalyticsAnswer, name: ChartName): CsvTable {
  const rows: readonly Record<string, string | number | null>[] = charts[name].rows
  const columns = columnsOf[name]
  return { columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) }
}

const columnsOf: Record<ChartName, readonly string[]> = {
  volume: ['hour', 'entries', 'abandoned'],
  levels: ['queue', 'entries', 'serviceLevel'],
  week: ['weekday', 'hour', 'sessions'],
  transfers: ['from', 'to', 'transfers'],
  handling: ['queue', 'talk', 'hold', 'wrapUp', 'beforeCall'],
}
