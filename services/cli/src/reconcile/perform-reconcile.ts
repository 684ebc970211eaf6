import { loadListed } from '@aftercall/ingest/bulk/load-listed'
import { type BulkIngest, openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import { mappingSettingsOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import type { IngestConfig } from '@aftercall/ingest/open-ingest'
import type { BucketObjects } from '@aftercall/ingest/reconcile/bucket-objects'
import { openInventoryObjects } from '@aftercall/ingest/reconcile/inventory-objects'
import type { LoadPair } from '@aftercall/ingest/reconcile/reconcile-types'
import { type ReconcileReport, runReconcile } from '@aftercall/ingest/reconcile/run-reconcile'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { listPages } from '@aftercall/storage/listing/list-objects'
import type { Database } from '@aftercall/warehouse/connection/database'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { version } from '../version.ts'
import { printDifference } from './print-report.ts'
import { showReconcileProgress } from './show-progress.ts'

export type ReconcileRequest = {
  config: IngestConfig & Pick<Config, 's3' | 'reconcile'>
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
    super('stopped before it finished; what was loaded is kept, and running it again loads the rest')
  }
}

/** Compares the bucket of a source with the ledger, and with `fix` loads what is missing. */
export async function performReconcile(
  context: CliContext,
  request: ReconcileRequest,
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
  request: ReconcileRequest,
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
      db,
      source: { ...source, settings: mappingSettingsOf(config) },
      since,
      signal,
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
  { db, source, since, inventory }: ReconcileRequest,
  bulk: BulkIngest,
  signal: AbortSignal,
  work: (bucketObjects: BucketObjects) => Promise<Answer>,
): Promise<Answer> {
  const client = bulk.clients.of(source)
  if (inventory !== undefined) {
    const onFile = ({ done, files }: { done: number; files: number }): void =>
      void context.stderr.write(`Read ${done} of ${files} files of the inventory.\n`)
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
