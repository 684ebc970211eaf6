import type { Config } from '@aftercall/runtime/config/config'
import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
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
  'config' | 'clients' | 'live' | 'slots' | 'bytes' | 'mustStop' | 'logger' | 'metrics'
> & {
  /** Fires when the worker is stopped: what is under way ends, and nothing more begins. */
  signal: AbortSignal
  /** How long to wait before a job is looked at again. */
  checkMs?: (everySeconds: number) => number
}

/** Comparisons of one process at the same time; each uses so many connections: what is gone, ledger, loader. */
const passesMax = 4
const connectionsPerPass = 3
/** For what is quick: leases, and when a comparison was last done. */
const connectionsBeside = 2

/** A comparison that failed is not tried again sooner. */
const retrySeconds = 600

/**
 * Compares bucket and ledger from time to time and loads what is missing: every `pollEvery` for sources that tell nobody
 * of their objects, every `reconcile.every` for the others. Any number of workers may do this: one of them has the lease of
 * a source, and Postgres remembers when it was done, over restarts. Returns what waits for its end, once the signal has
 * fired.
 */
export function scheduleReconcile(options: ScheduleOptions): () => Promise<void> {
  const { config, logger, metrics, signal, checkMs = betweenChecksMs } = options
  const database = openDatabase({
    ...config.database,
    // Opened when they are needed, and closed when they are not.
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
            'bucket and ledger were not compared',
          )
        })
      await abortableWait(checkMs(job.everySeconds), signal).catch(() => {
        // The signal fired: the loop ends.
      })
    }
  }

  async function runIfDue(job: ReconcileJob): Promise<void> {
    if (signal.aborted || !(await isDue(job))) return
    await withLease(database.db, { name: leased.reconcileOf + job.source, host }, async (lease) => {
      // The process that had the lease before may just have done it.
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

/** Often enough to be on time, at most once a minute, and not all workers at once. */
function betweenChecksMs(everySeconds: number): number {
  return Math.min(60_000, everySeconds * 100) * (0.75 + Math.random() / 2)
}
