import { type RawBuilder, sql } from 'kysely'
import type { Database } from './database.ts'
import { isPlausibleMonth, monthFrom } from './months.ts'

export type SourceRetention = {
  name: string
  /** Whole months that are kept beside the current one; null keeps all. */
  retentionMonths: number | null
}

export type PlanOptions = { sources: readonly SourceRetention[]; now: Date; monthsAhead: number }

export type TableRows = { table: string; rows: number }

/** Everything maintenance would do, as plain data. Months are written `2026-03` and are UTC. */
export type MaintenancePlan = {
  /** The current and coming months that lack partitions. */
  make: string[]
  /** Months whose rows are in the default partitions, because no partition could be made when they came. */
  drain: { month: string; tables: TableRows[] }[]
  /** Rows of months nobody can mean; they stay in the default partitions. */
  stay: { month: string; tables: TableRows[] }[]
  retain: RetentionStep[]
}

/** What goes of one month. `drop`: no source with rows in it keeps it. `delete`: some other source does. */
export type RetentionStep = {
  month: string
  how: 'drop' | 'delete'
  sources: string[]
  tables: TableRows[]
  /** What the disk gets back at once; deleted rows only make room for others. */
  bytes: number
}

type FactTable = { name: string; relation: string; month_column: string; default_partition: string }
type Partition = { table: string; month: string; bytes: number }
type Held = { table: string; month: string; source: string; rows: number }

/** Looks, and changes nothing. What it finds may be outdated a moment later: each step looks again under its locks. */
export async function planMaintenance(db: Database, options: PlanOptions): Promise<MaintenancePlan> {
  const { now, monthsAhead } = options
  const facts = await readFactTables(db)
  const partitions = await readPartitions(db)
  const inDefault = await readDefaultRows(db, facts)
  const isComplete = (month: string): boolean =>
    partitions.filter((one) => one.month === month).length >= facts.length
  const coming = Array.from({ length: monthsAhead + 1 }, (_, ahead) => monthFrom(now, ahead))
  const waiting = monthsOf(inDefault).map((month) => ({
    month,
    tables: rowsByTable(inDefault.filter((one) => one.month === month)),
  }))
  return {
    make: coming.filter((month) => !isComplete(month)),
    drain: waiting.filter(({ month }) => isPlausibleMonth(month, now, monthsAhead)),
    stay: waiting.filter(({ month }) => !isPlausibleMonth(month, now, monthsAhead)),
    retain: await planRetention(db, options, { facts, partitions, inDefault }),
  }
}

type Found = { facts: FactTable[]; partitions: Partition[]; inDefault: Held[] }

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
    const canDrop = sources.length === present.size && isPlausibleMonth(month, options.now)
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
 * Whether a whole month (`2026-03`, or an instant in it) is older than a source keeps: one month's retention still holds
 * the month before the current one, so what is stored stays for at least as long as was asked for.
 */
export function isPastRetention(month: string, retentionMonths: number | null, now: Date): boolean {
  return retentionMonths !== null && month.slice(0, 7) < monthFrom(now, -retentionMonths)
}

async function readFactTables(db: Database): Promise<FactTable[]> {
  const answer = await sql<FactTable>`
    select name, relation::text, month_column, default_partition::text from ingest.fact_tables()
  `.execute(db)
  return answer.rows
}

async function readPartitions(db: Database): Promise<Partition[]> {
  const answer = await sql<{ table: string; month: string; bytes: string }>`
    select table_name as table, to_char(month, 'YYYY-MM') as month, pg_total_relation_size(partition)::text as bytes
    from ingest.month_partitions()
  `.execute(db)
  return answer.rows.map((row) => ({ ...row, bytes: Number(row.bytes) }))
}

async function readSourcesOf(db: Database, month: string): Promise<string[]> {
  const answer = await sql<{ source: string }>`
    select distinct source from ingest.month_partitions() p, ingest.sources_of(p.partition) as source
    where p.month = ${`${month}-01`}::date
  `.execute(db)
  return answer.rows.map((row) => row.source)
}

/** Years of five digits and what Postgres calls infinity are beyond what is ever written, and are left out. */
async function readDefaultRows(db: Database, facts: FactTable[]): Promise<Held[]> {
  const selects = facts.map(
    ({ name, default_partition, month_column }) =>
      sql`select ${name} as table, to_char(${sql.ref(month_column)} at time zone 'UTC', 'YYYY-MM') as month,
                 source, count(*)::float8 as rows
          from only ${sql.raw(default_partition)}
          where ${sql.ref(month_column)} >= '0001-01-01Z' and ${sql.ref(month_column)} < '10000-01-01Z'
          group by 2, 3`,
  )
  return unionOf<Held>(db, selects)
}

/** Through the parent, so that it is right whether or not the month has its partition yet. */
async function countRows(
  db: Database,
  facts: FactTable[],
  month: string,
  sources: string[],
): Promise<TableRows[]> {
  const from = sql`${`${month}-01T00:00:00Z`}::timestamptz`
  const counted = await unionOf<TableRows>(
    db,
    facts.map(
      ({ name, relation, month_column }) =>
        sql`select ${name} as table, count(*)::float8 as rows from ${sql.raw(relation)}
            where ${sql.ref(month_column)} >= ${from} and ${sql.ref(month_column)} < ${nextMonth(month)}::timestamptz
              and source = any(${sources}::text[])`,
    ),
  )
  return counted.filter((one) => one.rows > 0)
}

async function unionOf<Row>(db: Database, selects: RawBuilder<unknown>[]): Promise<Row[]> {
  if (selects.length === 0) return []
  const answer = await sql<Row>`${sql.join(selects, sql` union all `)}`.execute(db)
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
