import { cutText } from '@aftercall/runtime/text/cut-text'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { leased } from '../leases/leases.ts'
import { withLease } from '../leases/with-lease.ts'

/** `command`: someone asked for it; `schedule`: `reconcile.every`; `poll`: a source that announces no objects. */
export type ReconcilePurpose = 'command' | 'schedule' | 'poll'

export type NewReconcileRun = { source: string; purpose: ReconcilePurpose; host: string }

export type ReconcileRun = NewReconcileRun & {
  runId: string
  /** By the database's clock, like the times of the ledger. */
  startedAt: Date
}

export type ReconcileEnd = {
  counts: Readonly<Record<string, number>>
  byDay: readonly object[]
  /** By class. */
  examples: Readonly<Record<string, readonly string[]>>
  /** Null if the run was completed. */
  error: string | null
}

/** The error of a run that was stopped from outside: it may start again at once. */
export const stoppedError = 'stopped'

const errorLengthMax = 500

/** For each source and purpose. */
const runsKept = 1_000

export async function startReconcileRun(db: Database, run: NewReconcileRun): Promise<ReconcileRun> {
  const { source, purpose, host } = run
  const started = await db
    .insertInto('ingest.reconcile_run')
    .values({ source, purpose, host })
    .returning(['run_id as runId', 'started_at as startedAt'])
    .executeTakeFirstOrThrow()
  return { ...run, ...started }
}

export async function endReconcileRun(db: Database, run: ReconcileRun, end: ReconcileEnd): Promise<void> {
  await db
    .updateTable('ingest.reconcile_run')
    .set({
      ended_at: sql<Date>`now()`,
      counts: JSON.stringify(end.counts),
      by_day: JSON.stringify(end.byDay),
      examples: JSON.stringify(end.examples),
      error: end.error === null ? null : cutText(end.error, errorLengthMax),
    })
    .where('run_id', '=', run.runId)
    .execute()
  await deleteOldRuns(db, run)
}

/** Shows that a process works on the run, for as long as it does. */
export async function withReconcileLock<Answer>(
  db: Database,
  { runId, host }: Pick<ReconcileRun, 'runId' | 'host'>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const end = await withLease(db, { name: leased.reconcileRun + runId, host }, work)
  if (end.kind === 'held')
    throw new Error(`run ${runId} has just started, but ${end.by.host} holds its lease`)
  return end.answer
}

/** The error of a run whose process was killed. */
export const lostError = 'its process ended before it did'

/**
 * Ends the runs whose process is gone. Only the holder of the source's lease may call it: then no other process can run
 * one.
 */
export async function endLostRuns(
  db: Database,
  { source, purpose }: Pick<ReconcileRun, 'source' | 'purpose'>,
): Promise<void> {
  await db
    .updateTable('ingest.reconcile_run')
    .set({ ended_at: sql<Date>`now()`, error: lostError })
    .where('source', '=', source)
    .where('purpose', '=', purpose)
    .where('ended_at', 'is', null)
    .execute()
}

export type ReconcileRuns = {
  /** Seconds since a run was last completed; null if none was. */
  doneSecondsAgo: number | null
  /** Seconds since a run last failed; null if none did. */
  failedSecondsAgo: number | null
}

export async function readReconcileRuns(
  db: Database,
  { source, purpose }: Pick<ReconcileRun, 'source' | 'purpose'>,
): Promise<ReconcileRuns> {
  const answer = await sql<ReconcileRuns>`
    select extract(epoch from now() - max(ended_at) filter (where error is null))::float8 as "doneSecondsAgo",
           extract(epoch from now() - max(ended_at) filter (where error <> ${stoppedError}))::float8 as "failedSecondsAgo"
    from ingest.reconcile_run
    where source = ${source} and purpose = ${purpose}
  `.execute(db)
  return answer.rows[0] ?? { doneSecondsAgo: null, failedSecondsAgo: null }
}

async function deleteOldRuns(db: Database, { source, purpose }: ReconcileRun): Promise<void> {
  await sql`
    delete from ingest.reconcile_run
    where source = ${source} and purpose = ${purpose} and run_id <= (
      select run_id from ingest.reconcile_run
      where source = ${source} and purpose = ${purpose}
      order by run_id desc offset ${runsKept} limit 1)
  `.execute(db)
}
