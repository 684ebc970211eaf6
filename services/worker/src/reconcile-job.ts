import { loadListed } from '@aftercall/ingest/bulk/load-listed'
import { type BulkIngest, openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import { mappingSettingsOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import { countLeft } from '@aftercall/ingest/reconcile/count-differences'
import { createLoadWithBackoff } from '@aftercall/ingest/reconcile/load-with-backoff'
import type { LoadPair } from '@aftercall/ingest/reconcile/reconcile-types'
import { type ReconcileReport, runReconcile } from '@aftercall/ingest/reconcile/run-reconcile'
import type { SourceConfig } from '@aftercall/runtime/config/config'
import { createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { listPages } from '@aftercall/storage/listing/list-objects'
import type { Lease } from '@aftercall/warehouse/leases/with-lease'
import type { WorkerTools } from './worker-tools.ts'

export type ReconcileJob = {
  /** The name of the source. */
  source: string
  purpose: 'schedule' | 'poll'
  everySeconds: number
  /** Under the lease of the source. Rejects with the error that ended the comparison early. */
  run(lease: Lease, signal: AbortSignal): Promise<void>
}

export type ReconcileJobOptions = WorkerTools & {
  source: SourceConfig
  purpose: ReconcileJob['purpose']
  everySeconds: number
  /** Ends the wait for a database that is out of reach. */
  signal: AbortSignal
}

/** Objects in flight, beside those of the queues. */
const inFlightMax = 16

/** Compares one source's bucket with the ledger each time it runs, and loads what is missing. */
export function openReconcileJob(options: ReconcileJobOptions): ReconcileJob {
  const { config, source, purpose, everySeconds, db, clients, live, host } = options
  const { name, bucket, prefix } = source
  const isPoll = purpose === 'poll'
  const bulk = openBulkIngest({
    ...options,
    ...{ mapper: live.mapper, drift: live.drift },
    createLimit: () => createAdaptiveLimit({ inFlightMax: Math.min(inFlightMax, config.worker.inFlight) }),
    // In batches of its own, because live objects would wait for these in shared ones.
    batchesMax: 1,
  })
  const limit = bulk.limitOf(source)
  const load = createLoad(options, bulk)
  const onRetry = bulk.onListRetry(source)

  async function run(lease: Lease, stopping: AbortSignal): Promise<void> {
    const startedAt = performance.now()
    const signal = AbortSignal.any([stopping, lease.signal])
    const report = await runReconcile({
      ...{ db, signal, source: { ...source, settings: mappingSettingsOf(config) } },
      run: { purpose, host },
      bucketObjects: {
        pages: listPages(clients.of(source), { bucket, prefix, signal, onRetry }),
        asOf: null,
      },
      // No messages are on their way for a source that is polled.
      graceMs: isPoll ? undefined : config.reconcile.graceMinutes * 60_000,
      fix: { load, inFlightMax: limit.state().inFlightMax, confirm: lease.confirm, acceptsGone: false },
      onDifference: () => {},
    })
    logEnd(options, report, performance.now() - startedAt)
  }

  return { source: name, purpose, everySeconds, run }
}

function createLoad(
  { source, purpose, everySeconds }: ReconcileJobOptions,
  { ingest, limitOf }: BulkIngest,
): LoadPair {
  const isPoll = purpose === 'poll'
  const listed = { ingest, limit: limitOf(source), origin: isPoll ? 'Poll' : 'Reconcile' } as const
  const load: LoadPair = ({ key, listed: object }, signal) =>
    loadListed(listed, { bucket: source.bucket, key, etag: object?.etag }, signal)
  return isPoll ? createLoadWithBackoff(load, { everyMs: everySeconds * 1000 }) : load
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
    'too many objects are gone from the bucket to believe it; none was recorded as gone: see aftercall reconcile --accept-gone',
  )
}
