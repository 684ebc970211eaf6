import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../connection/database.ts'
import { tooSlow, withinLimit } from '../../console/within-limit.ts'
import type { MaintenancePlan, SourceRetention } from '../maintenance-plan.ts'
import {
  type DatedKind,
  datedKinds,
  daysOf,
  type MonthlyKind,
  monthlyKinds,
  monthsOfKind,
  type Period,
  type RetentionKind,
  type RetentionSettings,
} from './retention-kinds.ts'

/** How much there is of one kind. */
export type Measured = {
  kind: RetentionKind
  /** Of sessions; null for all sources together. */
  source: string | null
  /** Null: everything is kept. */
  kept: Period | null
  /** Null if it could not be counted in time, and Postgres has no estimate. */
  rows: number | null
  isEstimate: boolean
  /** Null if there is none, or it could not be found in time. Of sessions, documents and revisions the session's start. */
  oldestAt: Date | null
  /** What the next run would remove; null if it could not be counted in time. */
  due: number | null
}

export type MeasureOptions = {
  sources: readonly SourceRetention[]
  settings: RetentionSettings
  /** What is due of documents and revisions is known from it. */
  plan: Pick<MaintenancePlan, 'empty'>
}

/** Counts every kind, one after the other; each takes at most some seconds. Changes nothing. */
export async function measureRetention(db: Database, options: MeasureOptions): Promise<Measured[]> {
  const measured = await measureSessions(db, options.sources)
  for (const kind of monthlyKinds) measured.push(await measureMonthly(db, kind, options))
  for (const kind of datedKinds) {
    const days = daysOf(kind, options.settings)
    const counted = await count(
      db,
      sql<Counted>`
        select row_count::float8 as rows, oldest_at as "oldestAt", due_count::float8 as due
        from ingest.count_kept(${kind}, ${days}::integer)`,
    )
    const kept: Period | null = days === null ? null : { count: days, unit: 'days' }
    const found = counted ?? (await estimateRows(db, kind))
    measured.push({ kind, source: null, kept, ...found })
  }
  return measured
}

type Counted = { rows: number; oldestAt: Date | null; due: number | null }
type Found = Pick<Measured, 'rows' | 'isEstimate' | 'oldestAt' | 'due'>

/** Counting is for people to read: it must not keep maintenance for long. */
const countSeconds = 15

/** Undefined if it takes too long. */
async function count(db: Database, query: RawBuilder<Counted>): Promise<Found | undefined> {
  const answer = await withinLimit(
    db.transaction().execute(async (transaction) => {
      await sql`set local statement_timeout = ${sql.lit(`${countSeconds}s`)}`.execute(transaction)
      return query.execute(transaction)
    }),
  )
  const row = answer === tooSlow ? undefined : answer.rows[0]
  return row && { ...row, isEstimate: false }
}

/** What Postgres counted at the last vacuum or analyze, over all partitions. */
export async function estimateRows(db: Database, kind: DatedKind | MonthlyKind): Promise<Found> {
  const relations = sql`
    select relation from ingest.retention_rules() where kind = ${kind}
    union select relation from ingest.fact_tables() where ${kind} = case name
      when 'session_document' then 'document' when 'session_revision' then 'revision' end`
  const answer = await sql<{ rows: number | null }>`
    select sum(nullif(c.reltuples, -1))::float8 as rows
    from pg_catalog.pg_class c
    where c.oid in (${relations}) and c.relkind = 'r'
      or c.oid in (select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent in (${relations}))
  `.execute(db)
  return { rows: answer.rows[0]?.rows ?? null, isEstimate: true, oldestAt: null, due: null }
}

/** By their heads, of which every stored session has one, also of sources that are not configured any more. */
async function measureSessions(db: Database, sources: readonly SourceRetention[]): Promise<Measured[]> {
  const configured = JSON.stringify(sources.map(({ name, retentionMonths }) => ({ name, retentionMonths })))
  const answer = await withinLimit(
    sql<{ source: string; kept: number | null } & Counted>`
      select coalesce(own.name, head.source) as source, own."retentionMonths" as kept, count(head.source)::float8 as rows,
             min(head.created_at) as "oldestAt",
             count(*) filter (where head.created_at < (
               date_trunc('month', now() at time zone 'UTC') - make_interval(months => own."retentionMonths")
             ) at time zone 'UTC')::float8 as due
      from ingest.session_head as head
      full join json_to_recordset(${configured}::json) as own (name text, "retentionMonths" integer)
        on own.name = head.source
      group by 1, 2 order by 1
    `.execute(db),
  )
  const unknown = { rows: null, oldestAt: null, due: null }
  const rows =
    answer === tooSlow
      ? sources.map(({ name, retentionMonths }) => ({ ...unknown, source: name, kept: retentionMonths }))
      : answer.rows
  return rows.map(({ kept, ...one }) => ({
    ...{ kind: 'session', isEstimate: false, ...one },
    kept: kept === null ? null : { count: kept, unit: 'months' },
  }))
}

const tableOf: Record<MonthlyKind, string> = {
  document: 'warehouse.session_document',
  revision: 'warehouse.session_revision',
}

async function measureMonthly(
  db: Database,
  kind: MonthlyKind,
  { settings, plan }: MeasureOptions,
): Promise<Measured> {
  const months = monthsOfKind(kind, settings)
  const due = plan.empty.filter((step) => step.kind === kind).reduce((sum, { rows }) => sum + rows, 0)
  const counted = await count(
    db,
    sql<Counted>`
      select count(*)::float8 as rows, min(session_created_at) as "oldestAt", ${due}::float8 as due
      from ${sql.table(tableOf[kind])}`,
  )
  const found = counted ?? (await estimateRows(db, kind))
  return {
    kind,
    source: null,
    kept: months === null ? null : { count: months, unit: 'months' },
    ...found,
    due,
  }
}
