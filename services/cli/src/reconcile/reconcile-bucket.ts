import { loadListed } from '@aftercall/ingest/bulk/load-listed'
import { type BulkIngest, openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import type { BucketObjects } from '@aftercall/ingest/reconcile/bucket-objects'
import { openInventoryObjects } from '@aftercall/ingest/reconcile/inventory-objects'
import type { LoadPair } from '@aftercall/ingest/reconcile/reconcile-types'
import { type ReconcileReport, runReconcile } from '@aftercall/ingest/reconcile/run-reconcile'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { thisProcess } from '@aftercall/runtime/process/this-process'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { listPages } from '@aftercall/storage/listing/list-objects'
import type { Database } from '@aftercall/warehouse/connection/database'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { version } from '../version.ts'
import { printDifference } from './print-difference.ts'
import { showReconcileProgress } from './show-reconcile-progress.ts'

export type ReconcileBucketRequest = {
  config: Pick<Config, 'database' | 'sources' | 'worker' | 'raw' | 'months' | 's3' | 'reconcile'>
  db: Database
  source: SourceConfig
  since: Date | undefined
  inventory: string | undefined
  fix: boolean
  acceptGone: boolean
  json: boolean
}

export class ReconcileStoppedError extends Error {
  override readonly name = 'ReconcileStoppedError'
  readonly code = 'stopped'
  readonly retryable = true
  constructor() {
    super('stopped before the end; what was loaded until then stays, so run it again')
  }
}

/** Compares one source's bucket with the ledger, and loads what is missing where that was asked for. */
export async function reconcileBucket(
  context: CliContext,
  request: ReconcileBucketRequest,
): Promise<ReconcileReport> {
  const stopping = new AbortController()
  const signals = onStopSignals({
    signals: context.signals,
    onFirst: () => stopping.abort(new ReconcileStoppedError()),
    onSecond: (code) => context.exitNow(code),
  })
  try {
    return await compare(context, request, stopping.signal)
  } catch (error) {
    throw stopping.signal.aborted ? stopping.signal.reason : error
  } finally {
    signals.remove()
  }
}

async function compare(
  context: CliContext,
  request: ReconcileBucketRequest,
  signal: AbortSignal,
): Promise<ReconcileReport> {
  const { config, db, source, since, acceptGone, json } = request
  const bulk = openBulkIngest({
    ...{ config, db, signal, clients: { env: context.env } },
    logger: createCliLogger(context, 'warn'),
    metrics: createMetrics({ version }),
  })
  const progress = showReconcileProgress(context)
  const withPages = (bucketObjects: BucketObjects): Promise<ReconcileReport> =>
    runReconcile({
      ...{ db, source, since, signal },
      run: { purpose: 'command', host: thisProcess() },
      bucketObjects: { ...bucketObjects, pages: progress.count(bucketObjects.pages) },
      graceMs: config.reconcile.graceMinutes * 60_000,
      fix: request.fix
        ? { load: loadPair(bulk, source), inFlightMax: config.worker.inFlight, acceptsGone: acceptGone }
        : undefined,
      onDifference: json ? (difference) => printDifference(context, source, difference) : () => {},
    })
  try {
    return await withBucketObjects(context, request, bulk, signal, withPages)
  } finally {
    await progress.stop()
    await bulk.close()
  }
}

async function withBucketObjects<Answer>(
  context: CliContext,
  { db, source, since, inventory }: ReconcileBucketRequest,
  bulk: BulkIngest,
  signal: AbortSignal,
  work: (bucketObjects: BucketObjects) => Promise<Answer>,
): Promise<Answer> {
  const client = bulk.clients.of(source)
  if (inventory !== undefined) {
    const onFile = ({ done, files }: { done: number; files: number }): void =>
      void context.stderr.write(`${done} of ${files} files of the inventory read\n`)
    const sorted = { client, source, url: inventory, since, onFile, signal }
    const bucketObjects = await openInventoryObjects(db, sorted)
    try {
      return await work(bucketObjects)
    } finally {
      await bucketObjects.close()
    }
  }
  const { bucket, prefix } = source
  const onRetry = bulk.onListRetry(source)
  return work({ pages: listPages(client, { bucket, prefix, signal, onRetry }), asOf: null })
}

function loadPair({ ingest, limitOf }: BulkIngest, source: SourceConfig): LoadPair {
  const load = { ingest, limit: limitOf(source), origin: 'Reconcile' } as const
  return ({ key, listed }, signal) =>
    loadListed(load, { bucket: source.bucket, key, etag: listed?.etag }, signal)
}
