import { tables } from '@aftercall/metadata/tables'
import { formatDuration } from '@aftercall/operator/format/duration'
import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import type { ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { printTable } from '../terminal/print-table.ts'
import type { StartedDemo } from './start-demo.ts'

export type Summary = {
  sessions: number
  /** Files that landed, rewrites and copies included. */
  landed: number
  seconds: number
  /** Empty when every count is as expected. */
  problems: string[]
  /** Files that were meant to be rejected. */
  brokenOnPurpose: number
  /** Deliveries by outcome: an object that landed twice ended twice. */
  deliveries: { outcome: string; code: string; deliveries: number }[]
  objects: { outcome: string; code: string; objects: number }[]
  rows: { table: string; rows: number }[]
  lagMs: { p50: number; p99: number } | null
  freshnessSeconds: { p50: number; p99: number } | null
  databaseUrl: string
  /** Of the whole demo; null where it could not be written. */
  configPath: string | null
  httpUrl: string
  consoleUrl: string
  exampleObject: string | null
  exampleSession: string | null
}

const objectsByOutcome = `
  select outcome, coalesce(code, ''), count(*) from ingest.object group by 1, 2 order by 3 desc, 1, 2`
const rowsByTable = tables
  .map(({ name }) => `select '${name}', count(*) from warehouse.${name}`)
  .join(' union all ')
const lag = `
  select round(percentile_cont(0.5) within group (order by lag_ms)), round(percentile_cont(0.99) within group (order by lag_ms))
  from ingest.object where outcome = 'stored'`
const freshness = `
  select round(percentile_cont(0.5) within group (order by seconds)), round(percentile_cont(0.99) within group (order by seconds))
  from (select extract(epoch from loaded_at - ended_at) as seconds from warehouse.session where ended_at is not null) s`
const example = `
  select 's3://' || bucket || '/' || object_key, source || '/' || channel || '/' || session_id
  from ingest.session_head order by revision_count desc, session_id limit 1`

type Facts = Pick<Summary, 'sessions' | 'landed' | 'seconds' | 'problems' | 'brokenOnPurpose'>

export async function readSummary(
  demo: StartedDemo,
  database: ReadOnlySession,
  facts: Facts,
): Promise<Summary> {
  const rowsOf = async (query: string) => (await database.query(query))[0]?.rows ?? []
  const [lagRow, freshnessRow, exampleRow] = [
    await rowsOf(lag),
    await rowsOf(freshness),
    await rowsOf(example),
  ]
  const { values } = await demo.metrics.objects.get()
  return {
    ...facts,
    deliveries: values.map(({ labels, value }) => ({
      outcome: String(labels.outcome),
      code: String(labels.code),
      deliveries: value,
    })),
    objects: (await rowsOf(objectsByOutcome)).map(([outcome, code, objects]) => ({
      outcome: outcome ?? '',
      code: code ?? '',
      objects: Number(objects),
    })),
    rows: (await rowsOf(rowsByTable)).map(([table, rows]) => ({ table: table ?? '', rows: Number(rows) })),
    lagMs: quantiles(lagRow),
    freshnessSeconds: quantiles(freshnessRow),
    databaseUrl: demo.databaseUrl,
    configPath: demo.configPath ?? null,
    httpUrl: `http://127.0.0.1:${demo.httpPort}`,
    consoleUrl: demo.consoleUrl,
    exampleObject: exampleRow[0]?.[0] ?? null,
    exampleSession: exampleRow[0]?.[1] ?? null,
  }
}

function quantiles(rows: (string | null)[][]): { p50: number; p99: number } | null {
  const [p50, p99] = rows[0] ?? []
  return p50 == null || p99 == null ? null : { p50: Number(p50), p99: Number(p99) }
}

export function formatSummary(summary: Summary, program: ProgramName): string {
  const { sessions, landed, seconds, problems, lagMs, freshnessSeconds } = summary
  const deliveries = summary.deliveries.toSorted((one, other) => other.deliveries - one.deliveries)
  return `
${landed} files of ${sessions} sessions landed and were settled in ${formatDuration(seconds * 1_000)}: ${problems.length === 0 ? 'everything is as expected.' : 'NOT as expected:'}
${problems.map((problem) => `  - ${problem}\n`).join('')}${summary.brokenOnPurpose} of the files were broken on purpose, and one session has a field that no release knows.
Deliveries by outcome (a rewritten file is delivered again, and some events come twice)
${indent(printTable({ columns: ['outcome', 'code', 'deliveries'], rows: deliveries.map((one) => [one.outcome, one.code, String(one.deliveries)]), right: [false, false, true] }))}

Objects by outcome (ingest.object, the ledger)
${indent(printTable({ columns: ['outcome', 'code', 'objects'], rows: summary.objects.map((one) => [one.outcome, one.code, String(one.objects)]), right: [false, false, true] }))}

Rows by table
${indent(printTable({ columns: ['table', 'rows'], rows: summary.rows.map((one) => [one.table, String(one.rows)]), right: [false, true] }))}

Lag (announced to committed)      ${lagMs === null ? 'unknown' : `p50 ${formatDuration(lagMs.p50)}, p99 ${formatDuration(lagMs.p99)}`}
Freshness (session end to stored) ${freshnessSeconds === null ? 'unknown' : `p50 ${formatDuration(freshnessSeconds.p50 * 1_000)}, p99 ${formatDuration(freshnessSeconds.p99 * 1_000)}`}

Look at it
  ${summary.consoleUrl}  (the console)
  ${program} sql "select status, count(*), avg(handle_seconds)::int as aht_seconds from session group by 1 order by 2 desc"
  ${program} explain ${summary.exampleSession ?? ''}
  ${program} explain '${summary.exampleObject ?? ''}'
  psql '${summary.databaseUrl}'
  ${program} doctor
  curl ${summary.httpUrl}/metrics
${formatConfig(summary, program)}`
}

function formatConfig({ configPath }: Summary, program: ProgramName): string {
  if (configPath === null) return ''
  return `
Where nothing else is configured, every ${program} command uses this demo. Its configuration, a first aftercall.yaml:
  ${configPath}
`
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
