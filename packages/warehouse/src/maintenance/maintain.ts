import { describeError } from '@aftercall/runtime/text/describe-error'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { sqlStateOf } from '../connection/error-class.ts'
import { refreshAllRollups } from '../rollups/refresh-rollups.ts'
import type { MaintenancePlan, RetentionStep, TableRows } from './maintenance-plan.ts'
import { makeMonth } from './months.ts'
import { type EmptyStep, emptyMonth } from './retention/empty-months.ts'
import type { MonthlyKind } from './retention/retention-kinds.ts'

export {
  isPastRetention,
  type MaintenancePlan,
  type PlanOptions,
  planMaintenance,
} from './maintenance-plan.ts'

/** What was done, or could not be done now. */
export type MaintenanceStep =
  | { kind: 'made'; month: string; partitions: number }
  | { kind: 'drained'; month: string; tables: TableRows[] }
  | { kind: 'dropped'; month: string; sources: string[]; sessions: number; bytes: number }
  | { kind: 'deleted'; month: string; source: string; sessions: number; rows: number }
  | { kind: 'emptied'; month: string; what: MonthlyKind; rows: number }
  | { kind: 'failed'; month: string; task: Task; code: string; message: string }

export type MaintenanceEvents = {
  /** Called as soon as a step is committed or has failed. */
  stepEnded(step: MaintenanceStep): void
  /** Called during a large deletion. */
  batchDeleted(batch: { month: string; source: string; sessions: number }): void
}

export type ApplyOptions = {
  /**
   * The most sessions that one transaction deletes, if a month cannot be dropped. Loaders of these sessions wait for it.
   */
  deleteBatchSize?: number
}

/**
 * Carries out the plan step by step, each in transactions of its own: if it ends at any point, no row is lost or doubled,
 * and the next run continues from there (I12). Every step looks again at what it finds, so a plan that is outdated, or is
 * applied twice at once, does no harm. A step that fails does not prevent the others.
 */
export async function applyMaintenance(
  db: Database,
  plan: MaintenancePlan,
  events: MaintenanceEvents,
  { deleteBatchSize = 1_000 }: ApplyOptions = {},
): Promise<MaintenanceStep[]> {
  const done: MaintenanceStep[] = []
  const run = async (month: string, task: Task, work: Promise<MaintenanceStep[]>): Promise<number> => {
    const steps = await work.catch((error: unknown) => [failure(month, task, error)])
    for (const step of steps) events.stepEnded(step)
    return done.push(...steps)
  }
  for (const { month } of plan.drain) await run(month, 'drain', drainMonth(db, month))
  for (const month of plan.make) await run(month, 'make', make(db, month))
  for (const step of plan.retain) {
    const { month, sources } = step
    const before = done.length
    if (step.how === 'drop' && (await run(month, 'retain', dropMonth(db, step))) > before) continue
    for (const source of sources) {
      await run(month, 'retain', deleteFromMonth(db, { month, source, deleteBatchSize, events }))
    }
  }
  for (const step of plan.empty) await run(step.month, 'empty', empty(db, step, deleteBatchSize))
  return done
}

type Task = 'make' | 'drain' | 'retain' | 'empty'

async function make(db: Database, month: string): Promise<MaintenanceStep[]> {
  const partitions = await makeMonth(db, month)
  return partitions === 0 ? [] : [{ kind: 'made', month, partitions }]
}

async function drainMonth(db: Database, month: string): Promise<MaintenanceStep[]> {
  const answer = await sql<TableRows>`
    select table_name as table, moved_rows::float8 as rows from ingest.drain_month(${firstDay(month)}::date)
  `.execute(db)
  if (answer.rows.length === 0) return []
  return [{ kind: 'drained', month, tables: answer.rows.filter((one) => one.rows > 0) }]
}

/** Nothing if the month turns out to hold rows that a source keeps, or to be gone. */
async function dropMonth(db: Database, { month, sources, bytes }: RetentionStep): Promise<MaintenanceStep[]> {
  await completeRollups(db, month)
  const answer = await sql<{ sessions: number | null }>`
    select ingest.drop_month(${firstDay(month)}::date, ${sources}::text[]) as sessions
  `.execute(db)
  const sessions = answer.rows[0]?.sessions ?? null
  return sessions === null ? [] : [{ kind: 'dropped', month, sources, sessions, bytes }]
}

async function empty(db: Database, step: EmptyStep, batchSize: number): Promise<MaintenanceStep[]> {
  const { kind: what, month } = step
  const rows = await emptyMonth(db, step, batchSize)
  return rows === 0 ? [] : [{ kind: 'emptied', month, what, rows }]
}

type Deletion = { month: string; source: string; deleteBatchSize: number; events: MaintenanceEvents }

async function deleteFromMonth(
  db: Database,
  { month, source, deleteBatchSize, events }: Deletion,
): Promise<MaintenanceStep[]> {
  const sum = { sessions: 0, rows: 0 }
  await completeRollups(db, month)
  await sql`select rollup.freeze_month(${firstDay(month)}::date, ${[source]}::text[])`.execute(db)
  for (let isDone = false; !isDone; ) {
    const answer = await sql<{ sessions: number; rows: number; is_done: boolean }>`
      select sessions, deleted_rows::float8 as rows, is_done
      from ingest.delete_from_month(${firstDay(month)}::date, ${source}, ${deleteBatchSize}::integer)
    `.execute(db)
    const [batch] = answer.rows
    sum.sessions += batch?.sessions ?? 0
    sum.rows += batch?.rows ?? 0
    isDone = batch?.is_done ?? true
    events.batchDeleted({ month, source, sessions: sum.sessions })
  }
  return sum.rows === 0 ? [] : [{ kind: 'deleted', month, source, ...sum }]
}

/** The counts of a month outlive its sessions, so what has changed goes into them first. */
async function completeRollups(db: Database, month: string): Promise<void> {
  await refreshAllRollups(db, { month, quietMs: 0, patienceMs: 0 })
}

function firstDay(month: string): string {
  return `${month}-01`
}

/** The message is the server's, about locks and timeouts; no statement here contains a document. */
function failure(month: string, task: Task, error: unknown): MaintenanceStep {
  const code = sqlStateOf(error) ?? 'no_connection'
  return { kind: 'failed', month, task, code, message: describeError(error) }
}
