import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { isPlausibleMonth, type MonthSpan, monthFrom } from './months.ts'
import { type EmptyStep, planEmptyMonths } from './retention/empty-months.ts'
import type { MonthlySettings } from './retention/retention-kinds.ts'

export type SourceRetention = {
  name: string
  /** Whole months to keep beside the current one; null keeps all. */
  retentionMonths: number | null
}

export type PlanOptions = {
  sources: readonly SourceRetention[]
  /** The database's time (`readDatabaseTime`), never this machine's: it decides what is removed. */
  now: Date
  span: MonthSpan
  /** How long documents and revisions are kept; as long as their sessions by default. */
  retention?: MonthlySettings
}

export type TableRows = { table: string; rows: number }

/** Everything that maintenance would do, as plain data. Months are written `2026-03` and are in UTC. */
export type MaintenancePlan = {
  /** The current and coming months that lack partitions. */
  make: string[]
  /** Months whose rows are in the default partitions, because no partition could be made when they were loaded. */
  drain: { month: string; tables: TableRows[] }[]
  /** Rows of months outside the span; they stay in the default partitions until retention removes them. */
  stay: { month: string; tables: TableRows[] }[]
  retain: RetentionStep[]
  /** Months whose documents or revisions go, while their sessions stay. */
  empty: EmptyStep[]
  /** Months with a partition whose bounds differ from the month's. */
  misshapen: string[]
}

/** What is removed from one month. `drop`: no source with rows in it keeps it. `delete`: another source does. */
export type RetentionStep = {
  month: string
  how: 'drop' | 'delete'
  sources: string[]
  tables: TableRows[]
  /** Disk space that is freed at once; deleted rows only make room for others. */
  bytes: number
}

type FactTable = { name: string; relation: string; month_column: string }
type Partition = { table: string; month: string; bytes: number; has_month_bounds: boolean }
type Held = { table: string; month: string; source: string; rows: number }

/** Reads, and changes nothing. The plan may be outdated a moment later: each step looks again under its locks. */
export async function planMaintenance(db: Database, options: PlanOptions): Promise<MaintenancePlan> {
  const { now, span, retention: settings = {} } = options
  const facts = await readFactTables(db)
  const partitions = await readPartitions(db)
  const inDefault = await readDefaultRows(db)
  const found: Found = { facts, partitions, inDefault }
  const coming = Array.from({ length: span.ahead + 1 }, (_, ahead) => monthFrom(now, ahead))
  const waiting = monthsOf(inDefault).map((month) => ({
    month,
    tables: rowsByTable(inDefault.filter((one) => one.month === month)),
  }))
  const retain = await planRetention(db, options, found)
  const dropped = new Set(retain.flatMap(({ how, month }) => (how === 'drop' ? [month] : [])))
  const emptied = await planEmptyMonths(db, { now, settings })
  return {
    make: coming.filter((month) => !isComplete(found, month)),
    drain: waiting.filter(({ month }) => isPlausibleMonth(month, now, span)),
    stay: waiting.filter(({ month }) => !isPlausibleMonth(month, now, span)),
    retain,
    empty: emptied.filter(({ month }) => !dropped.has(month)),
    misshapen: monthsOf(partitions.filter((one) => !one.has_month_bounds)),
  }
}

type Found = { facts: FactTable[]; partitions: Partition[]; inDefault: Held[] }

function isComplete({ facts, partitions }: Found, month: string): boolean {
  return partitions.filter((one) => one.month === month).length >= facts.length
}

/** A month whose partitions all have its bounds, or will have them once it is drained, which comes first. */
function isDroppable(found: Found, month: string, { now, span }: PlanOptions): boolean {
  const ofMonth = found.partitions.filter((one) => one.month === month)
  if (!ofMonth.every((one) => one.has_month_bounds)) return false
  return isComplete(found, month) || isPlausibleMonth(month, now, span)
}

async function planRetention(db: Database, options: PlanOptions, found: Found): Promise<RetentionStep[]> {
  const { facts, partitions, inDefault } = found
  const steps: RetentionStep[] = []
  for (const month of monthsOf([...partitions, ...inDefault])) {
    const expired = options.sources.filter((one) => isPastRetention(month, one.retentionMonths, options.now))
    if (expired.length === 0) continue
    const present = new Set([
      ...(await readSourcesOf(db, month)),
      ...inDefault.filter((one) => one.month === month).map((one) => one.source),
    ])
    const sources = expired.map((one) => one.name).filter((name) => present.has(name))
    if (sources.length === 0) continue
    const canDrop = sources.length === present.size && isDroppable(found, month, options)
    const ofMonth = partitions.filter((one) => one.month === month)
    steps.push({
      month,
      how: canDrop ? 'drop' : 'delete',
      sources,
      tables: await countRows(db, facts, month, sources),
      bytes: canDrop ? ofMonth.reduce((sum, one) => sum + one.bytes, 0) : 0,
    })
  }
  return steps
}

/**
 * Whether a whole month (`2026-03`, or an instant in it) is older than a source keeps. A retention of one month still
 * keeps the month before the current one, so rows stay for at least the configured time.
 */
export function isPastRetention(month: string, retentionMonths: number | null, now: Date): boolean {
  return retentionMonths !== null && month.slice(0, 7) < monthFrom(now, -retentionMonths)
}

async function readFactTables(db: Database): Promise<FactTable[]> {
  const answer = await sql<FactTable>`
    select name, relation::text, month_column from ingest.fact_tables()
  `.execute(db)
  return answer.rows
}

async function readPartitions(db: Database): Promise<Partition[]> {
  const answer = await sql<Omit<Partition, 'bytes'> & { bytes: string }>`
    select table_name as table, to_char(month, 'YYYY-MM') as month, has_month_bounds,
           pg_total_relation_size(partition)::text as bytes
    from ingest.month_partitions()
  `.execute(db)
  return answer.rows.map((row) => ({ ...row, bytes: Number(row.bytes) }))
}

async function readSourcesOf(db: Database, month: string): Promise<string[]> {
  const answer = await sql<{ source: string }>`
    select source from ingest.month_sources(${`${month}-01`}::date) as source
  `.execute(db)
  return answer.rows.map((row) => row.source)
}

async function readDefaultRows(db: Database): Promise<Held[]> {
  const answer = await sql<Held>`
    select table_name as table, to_char(month, 'YYYY-MM') as month, source, row_count::float8 as rows
    from ingest.default_rows()
  `.execute(db)
  return answer.rows
}

/** Through the parent table, so that it is right with or without a partition for the month. */
async function countRows(
  db: Database,
  facts: FactTable[],
  month: string,
  sources: string[],
): Promise<TableRows[]> {
  const from = sql`${`${month}-01T00:00:00Z`}::timestamptz`
  if (facts.length === 0) return []
  const counts = facts.map(
    ({ name, relation, month_column }) =>
      sql`select ${name}::text as table, count(*)::float8 as rows from ${sql.raw(relation)}
          where ${sql.ref(month_column)} >= ${from} and ${sql.ref(month_column)} < ${nextMonth(month)}::timestamptz
            and source = any(${sources}::text[])`,
  )
  const answer = await sql<TableRows>`
    select * from (${sql.join(counts, sql` union all `)}) as counted where counted.rows > 0
  `.execute(db)
  return answer.rows
}

function nextMonth(month: string): string {
  return `${monthFrom(new Date(`${month}-01T00:00:00Z`), 1)}-01T00:00:00Z`
}

function monthsOf(places: readonly { month: string }[]): string[] {
  return [...new Set(places.map((one) => one.month))].sort()
}

function rowsByTable(held: readonly Held[]): TableRows[] {
  const sums = new Map<string, number>()
  for (const { table, rows } of held) sums.set(table, (sums.get(table) ?? 0) + rows)
  return [...sums].map(([table, rows]) => ({ table, rows }))
}
