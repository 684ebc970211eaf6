import type { Config } from '@aftercall/runtime/config/config'
import { pause } from '@aftercall/runtime/limits/abortable-wait'
import { createPermits } from '@aftercall/runtime/limits/permits'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import { secondsOf } from '@aftercall/runtime/text/duration'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { leased } from '@aftercall/warehouse/leases/leases'
import { withLease } from '@aftercall/warehouse/leases/with-lease'
import { endLostRuns, readReconcileRuns } from '@aftercall/warehouse/ledger/reconcile-runs'
import { openReconcileJob, type ReconcileJob, type ReconcileJobOptions } from './reconcile-job.ts'

export type ScheduleOptions = Pick<
  ReconcileJobOptions,
  'config' | 'clients' | 'live' | 'permits' | 'bytes' | 'mustStop' | 'logger' | 'metrics'
> & {
  /** Fires when the worker is stopped: what is in flight ends, and nothing more begins. */
  signal: AbortSignal
  /** How long to wait before checking again whether a job is due. */
  checkMs?: (everySeconds: number) => number
}

/** Comparisons of one process at the same time. Each uses a connection for the gone objects, the ledger, and the loader. */
const passesMax = 4
const connectionsPerPass = 3
/** For quick statements: leases, and the time of the last comparison. */
const connectionsBeside = 2

/** The shortest wait before a failed comparison is tried again. */
const retrySeconds = 600

/**
 * Compares bucket and ledger regularly and loads what is missing: every `pollEvery` for sources without notifications, every
 * `reconcile.every` for the others. Any number of workers may do this: one of them has the lease of a source, and Postgres
 * remembers the last time over restarts. Returns a function that waits for the end, once the signal has fired.
 */
export function scheduleReconcile(options: ScheduleOptions): () => Promise<void> {
  const { config, logger, metrics, signal, checkMs = betweenChecksMs } = options
  const database = openDatabase({
    ...config.database,
    // Connections open when they are needed, and close when they are idle.
    poolMax: passesMax * connectionsPerPass + connectionsBeside,
    applicationName: 'aftercall-reconcile',
    onIdleError: (error) => logger.warn({ error }, 'an idle database connection broke; the pool replaces it'),
  })
  const passes = createPermits(passesMax)
  const host = thisProcess()

  async function repeat(job: ReconcileJob): Promise<void> {
    while (!signal.aborted) {
      await passes
        .run(() => runIfDue(job))
        .catch((error: unknown) => {
          if (signal.aborted) return
          logger.warn(
            { error, source: job.source, purpose: job.purpose },
            'bucket and ledger could not be compared',
          )
        })
      await pause(checkMs(job.everySeconds), signal)
    }
  }

  async function runIfDue(job: ReconcileJob): Promise<void> {
    if (signal.aborted || !(await isDue(job))) return
    await withLease(database.db, { name: leased.reconcileOf + job.source, host }, async (lease) => {
      // Another process may just have done it under the lease.
      if (!(await isDue(job))) return
      await endLostRuns(database.db, job)
      await job.run(lease, signal)
    })
  }

  async function isDue(job: ReconcileJob): Promise<boolean> {
    const { doneSecondsAgo, failedSecondsAgo } = await readReconcileRuns(database.db, job)
    if (doneSecondsAgo !== null) {
      metrics.reconcileSuccessSeconds.set({ source: job.source }, Date.now() / 1000 - doneSecondsAgo)
    }
    const isDone = doneSecondsAgo !== null && doneSecondsAgo < job.everySeconds
    const failedNow = failedSecondsAgo !== null && failedSecondsAgo < Math.min(retrySeconds, job.everySeconds)
    return !isDone && !failedNow
  }

  const jobs = planJobs(config).map((plan) =>
    openReconcileJob({ ...options, ...plan, db: database.db, host }),
  )
  const loops = Promise.all(jobs.map(repeat))
  return async () => {
    await loops
    await database.close()
  }
}

type Plan = Pick<ReconcileJob, 'purpose' | 'everySeconds'> & { source: Config['sources'][number] }

function planJobs({ sources, reconcile }: Config): Plan[] {
  return sources.flatMap((source): Plan[] => {
    if (source.discover === 'poll')
      return [{ source, purpose: 'poll', everySeconds: secondsOf(source.pollEvery) }]
    if (reconcile.every === undefined) return []
    return [{ source, purpose: 'schedule', everySeconds: secondsOf(reconcile.every) }]
  })
}

/** Often enough to be on time, at most about once a minute, and not all workers at the same moment. */
function betweenChecksMs(everySeconds: number): number {
  return Math.min(60_000, everySeconds * 100) * (0.75 + Math.random() / 2)
}
