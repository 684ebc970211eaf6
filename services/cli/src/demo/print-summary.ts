import { tables } from '@aftercall/metadata/tables'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatCount } from '@aftercall/operator/format/plural'
import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import type { ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { formatTable } from '../terminal/format-table.ts'
import type { StartedDemo } from './start-demo.ts'
import { starterQueries } from './starter-queries.ts'

export type Summary = {
  /** What the backfill loaded before. */
  history: { days: number; sessions: number; files: number; seconds: number }
  /** That ended while the demo played. */
  sessions: number
  /** Files of these that landed, including rewrites and copies. */
  landed: number
  seconds: number
  /** Empty when every count is as expected. */
  problems: string[]
  /** Files that had to be rejected. */
  brokenOnPurpose: number
  /** By outcome. An object that landed twice was delivered twice. */
  deliveries: { outcome: string; code: string; deliveries: number }[]
  objects: { outcome: string; code: string; objects: number }[]
  rows: { table: string; rows: number }[]
  lagMs: { p50: number; p99: number } | null
  databaseUrl: string
  /** Null if it could not be written. */
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
  from ingest.object where outcome = 'stored' and event_name <> 'Backfill'`
const example = `
  select 's3://' || s.bucket || '/' || s.object_key, s.source || '/' || s.channel || '/' || s.session_id
  from ingest.session_head h
  join warehouse.session s
    on s.created_at = h.created_at and (s.source, s.channel, s.session_id) = (h.source, h.channel, h.session_id)
  order by h.revision_count desc, h.session_id limit 1`

type Facts = Pick<Summary, 'history' | 'sessions' | 'landed' | 'seconds' | 'problems' | 'brokenOnPurpose'>

export async function readSummary(
  demo: StartedDemo,
  database: ReadOnlySession,
  facts: Facts,
): Promise<Summary> {
  const rowsOf = async (query: string) => (await database.query(query))[0]?.rows ?? []
  const [lagRow, exampleRow] = [await rowsOf(lag), await rowsOf(example)]
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

export function formatSummary(summary: Summary, program: ProgramName, { stops }: { stops: boolean }): string {
  const { history, sessions, landed, seconds, problems, lagMs } = summary
  const deliveries = summary.deliveries.toSorted((left, right) => right.deliveries - left.deliveries)
  return `
${history.files === 0 ? '' : `Loaded ${formatCount(history.days, 'day')} of history by backfill: ${formatCount(history.sessions, 'session')} in ${formatDuration(history.seconds * 1_000)}.\n`}Loaded ${landed} files of ${sessions} sessions in ${formatDuration(seconds * 1_000)}: ${problems.length === 0 ? 'everything is as expected.' : 'NOT as expected:'}
${problems.map((problem) => `  - ${problem}\n`).join('')}${summary.brokenOnPurpose} files were broken on purpose, and one session has an unknown field and an unknown word.

Deliveries by outcome (a rewritten file is delivered again, and some messages arrive twice)
${indent(formatTable({ columns: ['outcome', 'code', 'deliveries'], rows: deliveries.map(({ outcome, code, deliveries: number }) => [outcome, code, String(number)]), right: [false, false, true] }))}

Objects by outcome (the ledger, ingest.object)
${indent(formatTable({ columns: ['outcome', 'code', 'objects'], rows: summary.objects.map(({ outcome, code, objects }) => [outcome, code, String(objects)]), right: [false, false, true] }))}

Rows by table
${indent(formatTable({ columns: ['table', 'rows'], rows: summary.rows.map(({ table, rows }) => [table, String(rows)]), right: [false, true] }))}

Lag (announced to committed)         ${lagMs === null ? 'unknown' : `p50 ${formatDuration(lagMs.p50)}, p99 ${formatDuration(lagMs.p99)}`}

${stops ? 'To look around, run it without --exit.\n' : formatNext(summary, program)}`
}

function formatNext(summary: Summary, program: ProgramName): string {
  return `Try next
  ${summary.consoleUrl}  (the console)
${starterQueries.map((query) => `  ${program} sql "${query}"`).join('\n')}
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
Without a configuration, every ${program} command uses this demo. To start your own aftercall.yaml, copy:
  ${configPath}
`
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
