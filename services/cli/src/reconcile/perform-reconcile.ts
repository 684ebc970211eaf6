import { loadListed } from '@aftercall/ingest/bulk/load-listed'
import { openIngest } from '@aftercall/ingest/open-ingest'
import type { BucketObjects } from '@aftercall/ingest/reconcile/bucket-objects'
import { openInventoryObjects } from '@aftercall/ingest/reconcile/inventory-objects'
import type { LoadPair } from '@aftercall/ingest/reconcile/reconcile-source'
import { type ReconcileReport, runReconcile } from '@aftercall/ingest/reconcile/run-reconcile'
import { openSourceClients, type SourceClients } from '@aftercall/ingest/source-clients'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { type AdaptiveLimit, createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { listPages } from '@aftercall/storage/listing/list-objects'
import type { Database } from '@aftercall/warehouse/connection/database'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { version } from '../version.ts'
import { printDifference } from './print-report.ts'
import { showReconcileProgress } from './show-progress.ts'

export type ReconcileRequest = {
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
  const { sources, s3, worker } = request.config
  const clients = openSourceClients({ sources, s3, env: context.env, connectionsMax: worker.inFlight + 32 })
  try {
    return await compare(context, request, clients, stopping.signal)
  } catch (error) {
    throw stopping.signal.aborted ? stopping.signal.reason : error
  } finally {
    clients.destroy()
    signals.remove()
  }
}

async function compare(
  context: CliContext,
  request: ReconcileRequest,
  clients: SourceClients,
  signal: AbortSignal,
): Promise<ReconcileReport> {
  const { config, db, source, since, acceptGone, json } = request
  const logger = createCliLogger(context, 'warn')
  const pace = createAdaptiveLimit({ inFlightMax: config.worker.inFlight })
  const loading = openLoading(request, clients, logger, pace, signal)
  const progress = showReconcileProgress(context)
  const withPages = (bucketObjects: BucketObjects): Promise<ReconcileReport> =>
    runReconcile({
      db,
      source,
      since,
      signal,
      run: { purpose: 'command', host: thisProcess() },
      bucketObjects: { ...bucketObjects, pages: progress.count(bucketObjects.pages) },
      graceMs: config.reconcile.graceMinutes * 60_000,
      fix: request.fix
        ? { load: loading.load, underWayMax: config.worker.inFlight, acceptsGone: acceptGone }
        : undefined,
      onDifference: json ? (difference) => printDifference(context, source, difference) : () => {},
    })
  try {
    return await withBucketObjects(
      context,
      request,
      { client: clients.of(source), logger, pace, signal },
      withPages,
    )
  } finally {
    await progress.stop()
    await loading.close()
  }
}

type Reading = {
  client: ReturnType<SourceClients['of']>
  logger: Logger
  pace: AdaptiveLimit
  signal: AbortSignal
}

async function withBucketObjects<Answer>(
  context: CliContext,
  { db, source, since, inventory }: ReconcileRequest,
  { client, logger, pace, signal }: Reading,
  work: (bucketObjects: BucketObjects) => Promise<Answer>,
): Promise<Answer> {
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
  const onRetry = ({ error, waitMs }: { error: unknown; waitMs: number }): void => {
    pace.slowDown()
    logger.warn({ error, waitMs: Math.round(waitMs) }, 'the bucket did not list its next page; trying again')
  }
  const { bucket, prefix } = source
  return work({ pages: listPages(client, { bucket, prefix, signal, onRetry }), asOf: null })
}

/** Loads objects that were never announced. */
function openLoading(
  { config, db, source }: ReconcileRequest,
  clients: SourceClients,
  logger: Logger,
  pace: AdaptiveLimit,
  signal: AbortSignal,
): { load: LoadPair; close(): Promise<void> } {
  const metrics = createMetrics({ version })
  const databaseSlow = (): void => pace.slowDown()
  const ingest = openIngest({ config, clients, db, logger, metrics, signal, isLive: false, databaseSlow })
  const { bucket } = source
  return {
    load: ({ key, listed }, loadSignal) =>
      loadListed({ ingest, pace, origin: 'Reconcile' }, { bucket, key, etag: listed?.etag }, loadSignal),
    async close() {
      await ingest.loader.drain()
      await ingest.drift.flush()
    },
  }
}
