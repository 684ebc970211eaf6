import type { KeyObject } from 'node:crypto'
import type { TestDatabase } from '@aftercall/testkit/test-database'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { expect, vi } from 'vitest'
import type { Database } from '../src/connection/database.ts'
import { createLoader, type Loader, type Settlement } from '../src/load/loader.ts'
import {
  applyMaintenance,
  type MaintenancePlan,
  type MaintenanceStep,
  type PlanOptions,
  planMaintenance,
} from '../src/maintenance/maintain.ts'
import type { Months } from '../src/maintenance/months.ts'
import { type Draft, settlementOf } from './document.ts'

export const now = new Date('2026-06-15T12:00:00Z')

/** For a loader that cannot make a month, so that its rows go to the default partition until a month is made. */
export const noMonths: Months = { ensure: async () => {} }

/** Counts what happens to a loader beyond waiting. */
export type Troubles = { retried: number; split: number }

export function loaderOf(
  db: Database,
  months: Months = noMonths,
  troubles: Troubles = { retried: 0, split: 0 },
  batchSize = 20,
  identityKey?: KeyObject,
): Loader {
  return createLoader({
    db,
    identityKey,
    months,
    batchSize,
    lingerMs: 1,
    batchesMax: 3,
    raw: 'all',
    batchBytesMax: 1_000_000,
    signal: new AbortController().signal,
    wait: async () => {},
    events: {
      batchCommitted() {},
      noticed() {},
      batchRetried() {
        troubles.retried += 1
      },
      batchSplit() {
        troubles.split += 1
      },
    },
  })
}

/** The same document as another tenant's. */
export function settlementOfSource(source: string, draft: Draft): Settlement {
  return settlementOf({ key: `${source}-${draft.id ?? 1}.json`, ...draft, source })
}

export async function store(db: Database, settlements: Settlement[], months?: Months): Promise<void> {
  const loader = loaderOf(db, months)
  const ends = await Promise.all(settlements.map((one) => loader.commit(one)))
  expect(new Set(ends.map((end) => end.kind))).toEqual(new Set(['stored']))
}

export function plan(db: Database, options: Partial<PlanOptions> = {}): Promise<MaintenancePlan> {
  return planMaintenance(db, { sources: [], now, span: { yearsBack: 10, ahead: 1 }, ...options })
}

export function apply(
  db: Database,
  planned: MaintenancePlan,
  deleteBatchSize = 2,
): Promise<MaintenanceStep[]> {
  return applyMaintenance(db, planned, { stepEnded() {}, batchDeleted() {} }, { deleteBatchSize })
}

export async function maintain(db: Database, options: Partial<PlanOptions> = {}): Promise<MaintenanceStep[]> {
  return apply(db, await plan(db, options))
}

/** How many rows a table has, by partition, without the table's name: `default`, `2026_03`. */
export async function rowsByPartition(db: Database, table: string): Promise<Record<string, number>> {
  const nameStart = `warehouse.${table}_`.length + 1
  const answer = await sql<{ partition: string; rows: number }>`
    select substr(tableoid::regclass::text, ${nameStart}::integer) as partition, count(*)::integer as rows
    from ${sql.table(`warehouse.${table}`)} group by 1 order by 1
  `.execute(db)
  return Object.fromEntries(answer.rows.map((row) => [row.partition, row.rows]))
}

/** Rows of every fact table, heads, ledger, and the existing partitions. */
export async function everything(database: TestDatabase): Promise<unknown> {
  const facts = await sql<{ name: string }>`select name from ingest.fact_tables()`.execute(database.db)
  const partitions = await sql`select partition::text from ingest.month_partitions() order by 1`.execute(
    database.db,
  )
  const tables = [
    ...facts.rows.map(({ name }) => `warehouse.${name}`),
    'ingest.session_head',
    'ingest.object',
  ]
  return { partitions: partitions.rows, dumps: await Promise.all(tables.map((name) => database.dump(name))) }
}

/** Every session has its head, two participants, a revision and its document; returns how many there are. */
export async function expectWhole(db: Database): Promise<number> {
  const answer = await sql<{ sessions: number; broken: number }>`
    select count(*)::integer as sessions, count(*) filter (
      where head.created_at is distinct from session.created_at or participants <> 2 or revisions = 0
        or documents <> revisions
    )::integer as broken
    from ingest.session_head head
    full join warehouse.session session using (source, channel, session_id)
    cross join lateral (
      select count(*) as participants from warehouse.call_participant row
      where (row.source, row.channel, row.session_id) = (session.source, session.channel, session.session_id)
    ) p
    cross join lateral (
      select count(*) as revisions from warehouse.session_revision row
      where (row.source, row.channel, row.session_id) = (session.source, session.channel, session.session_id)
    ) r
    cross join lateral (
      select count(*) as documents from warehouse.session_document row
      where (row.source, row.channel, row.session_id) = (session.source, session.channel, session.session_id)
    ) d
  `.execute(db)
  expect(answer.rows[0]?.broken).toBe(0)
  return answer.rows[0]?.sessions ?? 0
}

/** Resolves with the process ids of the connections whose statement matches and waits for a lock or for another try. */
export function waitingFor(db: Database, statement: string): Promise<number[]> {
  return vi.waitUntil(
    async () => {
      const answer = await sql<{ pid: number }>`
        select pid from pg_stat_activity
        where datname = current_database() and wait_event_type in ('Lock', 'Timeout')
          and query ilike ${`%${statement}%`} and pid <> pg_backend_pid()
      `.execute(db)
      return answer.rows.length > 0 && answer.rows.map((row) => row.pid)
    },
    { timeout: 60_000, interval: 5 },
  )
}

/** A database of one connection that a test may kill without disturbing the others. */
export function openVictim(url: string): Database {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  pool.on('error', () => {})
  // When a connection in use breaks, pg reports it to the query and to the client; nothing else listens to the latter.
  pool.on('connect', (client) => client.on('error', () => {}))
  return new Kysely({ dialect: new PostgresDialect({ pool }) })
}

type OpenTransaction = { run(statement: string): Promise<void>; end(): Promise<void>; undo(): Promise<void> }

/** A transaction that stays open until its `end` or `undo` is called. */
export async function openTransaction(db: Database, statement: string): Promise<OpenTransaction> {
  const transaction = await db.startTransaction().execute()
  const run = async (text: string): Promise<void> => {
    await sql.raw(text).execute(transaction)
  }
  await run(statement)
  return { run, end: () => transaction.commit().execute(), undo: () => transaction.rollback().execute() }
}
