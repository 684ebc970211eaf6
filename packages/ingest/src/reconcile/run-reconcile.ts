import { describeError } from '@aftercall/runtime/text/describe-error'
import type { Database } from '@aftercall/warehouse/connection/database'
import { LeaseLostError } from '@aftercall/warehouse/leases/with-lease'
import {
  endReconcileRun,
  type NewReconcileRun,
  type ReconcileRun,
  startReconcileRun,
  stoppedError,
  withReconcileLock,
} from '@aftercall/warehouse/ledger/reconcile-runs'
import { createDifferenceCounter, type DifferenceReport } from './count-differences.ts'
import { reconcileSource } from './reconcile-source.ts'
import type { Fix, GoneEnd, ReconcilePass } from './reconcile-types.ts'

export type ReconcileRequest = {
  db: Database
  source: ReconcilePass['source']
  run: Omit<NewReconcileRun, 'source'>
  bucketObjects: ReconcilePass['bucketObjects']
  /** How long an object may still be announced. Undefined where no messages announce objects. */
  graceMs: number | undefined
  since?: Date | undefined
  fix?: Fix | undefined
  onDifference: ReconcilePass['onDifference']
  signal: AbortSignal
}

export type ReconcileReport = DifferenceReport & { runId: string; gone: GoneEnd }

/** Days kept with a run: the newest. */
const daysKept = 366

/** One comparison, recorded in `ingest.reconcile_run` with what it found, even when it ends early. */
export async function runReconcile(request: ReconcileRequest): Promise<ReconcileReport> {
  const { db, source, fix, onDifference, signal, bucketObjects } = request
  const run = await startReconcileRun(db, { ...request.run, source: source.name })
  const counter = createDifferenceCounter(source.prefix)
  const rules = rulesOf(request, run.startedAt)
  async function compare(): Promise<ReconcileReport> {
    const gone = await reconcileSource({
      db,
      source,
      bucketObjects,
      rules,
      fix,
      counter,
      onDifference,
      signal,
    })
    await keep(db, run, counter.report(), null)
    return { ...counter.report(), runId: run.runId, gone }
  }
  try {
    // A scheduled run already holds the lease of its source.
    return await (run.purpose === 'command' ? withReconcileLock(db, run, compare) : compare())
  } catch (error) {
    const reason = reasonOf(signal, error)
    await keep(db, run, counter.report(), reason).catch(() => {
      // The database is out of reach, so the run stays without an end in the ledger.
    })
    throw error
  }
}

function reasonOf(signal: AbortSignal, error: unknown): string {
  if (signal.reason instanceof LeaseLostError) return describeError(signal.reason)
  return signal.aborted ? stoppedError : describeError(error)
}

function rulesOf(
  { bucketObjects, graceMs, since }: ReconcileRequest,
  startedAt: Date,
): ReconcilePass['rules'] {
  const asOf = bucketObjects.asOf ?? startedAt
  const recentMs = graceMs === undefined ? undefined : Math.min(startedAt.getTime() - graceMs, asOf.getTime())
  return { startedAt, asOf, since, recentFrom: recentMs === undefined ? undefined : new Date(recentMs) }
}

async function keep(
  db: Database,
  run: ReconcileRun,
  report: DifferenceReport,
  error: string | null,
): Promise<void> {
  const { counts, examples, byDay } = report
  // A key may hold a NUL, which jsonb cannot.
  const shown = Object.entries(examples).map(([found, keys]) => [
    found,
    keys.map((key) => key.replaceAll('\0', '\ufffd')),
  ])
  await endReconcileRun(db, run, {
    counts,
    byDay: byDay.slice(-daysKept),
    examples: Object.fromEntries(shown),
    error: error?.replaceAll('\0', '\ufffd') ?? null,
  })
}
