import { loadListed } from '@aftercall/ingest/bulk/load-listed'
import type { Ingest } from '@aftercall/ingest/ingest-object'
import { openIngest } from '@aftercall/ingest/open-ingest'
import type { StopReason } from '@aftercall/ingest/outcome'
import { countLeft } from '@aftercall/ingest/reconcile/count-differences'
import { createLoadWithBackoff } from '@aftercall/ingest/reconcile/load-with-backoff'
import type { LoadPair } from '@aftercall/ingest/reconcile/reconcile-source'
import { type ReconcileReport, runReconcile } from '@aftercall/ingest/reconcile/run-reconcile'
import type { SourceClients } from '@aftercall/ingest/sources/source-clients'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { type AdaptiveLimit, createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import type { MemoryBudget } from '@aftercall/runtime/limits/memory-budget'
import type { Permits } from '@aftercall/runtime/limits/permits'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import { listPages } from '@aftercall/storage/listing/list-objects'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { Lease } from '@aftercall/warehouse/leases/with-lease'

export type ReconcileJob = {
  /** The name of the source. */
  source: string
  purpose: 'schedule' | 'poll'
  everySeconds: number
  /** Under the lease of the source. Rejects with what ended the comparison before it was through. */
  run(lease: Lease, signal: AbortSignal): Promise<void>
}

export type ReconcileJobOptions = {
  config: Config
  source: SourceConfig
  purpose: ReconcileJob['purpose']
  everySeconds: number
  db: Database
  clients: SourceClients
  /** Whose fields without a column are counted together with ours. */
  live: Pick<Ingest, 'drift' | 'mapper'>
  /** The places that live traffic leaves to what is loaded beside it. */
  permits: Permits
  bytes: MemoryBudget
  mustStop(reason: StopReason): void
  /** Ends the waiting for a database that is away. */
  signal: AbortSignal
  host: string
  logger: Logger
  metrics: Metrics
}

/** Objects under way at the same time, beside whatever the queues bring. */
const inFlightMax = 16

/** The comparison of one source, as often as it is run. */
export function openReconcileJob(options: ReconcileJobOptions): ReconcileJob {
  const { config, source, purpose, everySeconds, db, clients, host, logger } = options
  const { name, bucket, prefix } = source
  const isPoll = purpose === 'poll'
  const limit = createAdaptiveLimit({ inFlightMax: Math.min(inFlightMax, config.worker.inFlight) })
  const load = openLoad(options, limit)
  const onRetry = ({ error, waitMs }: { error: unknown; waitMs: number }): void => {
    limit.slowDown()
    logger.warn({ source: name, error, waitMs: Math.round(waitMs) }, 'the bucket did not list its next page')
  }

  async function run(lease: Lease, stopping: AbortSignal): Promise<void> {
    const startedAt = performance.now()
    const signal = AbortSignal.any([stopping, lease.signal])
    const report = await runReconcile({
      ...{ db, source, signal },
      run: { purpose, host },
      bucketObjects: {
        pages: listPages(clients.of(source), { bucket, prefix, signal, onRetry }),
        asOf: null,
      },
      // Of a source that is polled, nothing is on its way.
      graceMs: isPoll ? undefined : config.reconcile.graceMinutes * 60_000,
      fix: { load, underWayMax: limit.state().inFlightMax, confirm: lease.confirm, acceptsGone: false },
      onDifference: () => {},
    })
    logEnd(options, report, performance.now() - startedAt)
  }

  return { source: name, purpose, everySeconds, run }
}

/** A loader of its own, one batch at a time: in the live one's batches, live objects would wait for these. */
function openLoad(options: ReconcileJobOptions, limit: AdaptiveLimit): LoadPair {
  const { config, source, purpose, everySeconds, live, permits } = options
  const { bucket } = source
  const ingest: Ingest = {
    ...openIngest({
      ...options,
      mapper: live.mapper,
      config: { ...config, database: { ...config.database, poolMax: 2 } },
      isLive: false,
      databaseSlow: () => limit.slowDown(),
    }),
    drift: live.drift,
  }
  // Live traffic comes first, and what is under way in all stays bounded (I8).
  const sharedLimit: AdaptiveLimit = {
    ...limit,
    run: (work, signal) => limit.run(() => permits.run(work), signal),
  }
  const origin = purpose === 'poll' ? 'Poll' : 'Reconcile'
  const load: LoadPair = ({ key, listed }, signal) =>
    loadListed({ ingest, limit: sharedLimit, origin }, { bucket, key, etag: listed?.etag }, signal)
  return purpose === 'poll' ? createLoadWithBackoff(load, { everyMs: everySeconds * 1000 }) : load
}

const classes = ['current', 'missing', 'outdated', 'failed', 'rejected', 'gone', 'recent', 'other'] as const

/** The log line and the metric together. */
function logEnd(
  { source, purpose, logger, metrics }: ReconcileJobOptions,
  { runId, counts, gone }: ReconcileReport,
  durationMs: number,
): void {
  for (const name of classes) {
    metrics.reconcileObjects.set({ source: source.name, class: name }, counts[name] ?? 0)
  }
  metrics.reconcileObjects.set({ source: source.name, class: 'left' }, countLeft(counts))
  const line = { source: source.name, purpose, runId, counts, durationMs: Math.round(durationMs) }
  logger.info(line, 'bucket and ledger compared')
  if (gone.kind !== 'refused') return
  logger.warn(
    { source: source.name, gone: gone.gone, known: gone.known },
    'too many objects are gone from the bucket to believe it; none was noted: see aftercall reconcile --accept-gone',
  )
}
