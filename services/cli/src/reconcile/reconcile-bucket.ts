import { loadListed } from '@aftercall/ingest/bulk/load-listed'
import { openIngest } from '@aftercall/ingest/open-ingest'
import type { BucketObjects } from '@aftercall/ingest/reconcile/bucket-objects'
import { openInventoryObjects } from '@aftercall/ingest/reconcile/inventory-objects'
import type { LoadPair } from '@aftercall/ingest/reconcile/reconcile-source'
import { type ReconcileReport, runReconcile } from '@aftercall/ingest/reconcile/run-reconcile'
import { openSourceClients, type SourceClients } from '@aftercall/ingest/sources/source-clients'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { type AdaptiveLimit, createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { thisProcess } from '@aftercall/runtime/process/this-process'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
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
  request: ReconcileBucketRequest,
  clients: SourceClients,
  signal: AbortSignal,
): Promise<ReconcileReport> {
  const { config, db, source, since, acceptGone, json } = request
  const logger = createCliLogger(context, 'warn')
  const limit = createAdaptiveLimit({ inFlightMax: config.worker.inFlight })
  const loading = openLoading(request, clients, logger, limit, signal)
  const progress = showReconcileProgress(context)
  const withPages = (bucketObjects: BucketObjects): Promise<ReconcileReport> =>
    runReconcile({
      ...{ db, source, since, signal },
      run: { purpose: 'command', host: thisProcess() },
      bucketObjects: { ...bucketObjects, pages: progress.count(bucketObjects.pages) },
      graceMs: config.reconcile.graceMinutes * 60_000,
      fix: request.fix
        ? { load: loading.load, underWayMax: config.worker.inFlight, acceptsGone: acceptGone }
        : undefined,
      onDifference: json ? (finding) => printDifference(context, source, finding) : () => {},
    })
  try {
    return await withBucketObjects(
      context,
      request,
      { client: clients.of(source), logger, limit, signal },
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
  limit: AdaptiveLimit
  signal: AbortSignal
}

async function withBucketObjects<Answer>(
  context: CliContext,
  { db, source, since, inventory }: ReconcileBucketRequest,
  { client, logger, limit, signal }: Reading,
  work: (bucketObjects: BucketObjects) => Promise<Answer>,
): Promise<Answer> {
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
  const onRetry = ({ error, waitMs }: { error: unknown; waitMs: number }): void => {
    limit.slowDown()
    logger.warn({ error, waitMs: Math.round(waitMs) }, 'the bucket did not list its next page; trying again')
  }
  const { bucket, prefix } = source
  return work({ pages: listPages(client, { bucket, prefix, signal, onRetry }), asOf: null })
}

/** The path, for objects that nobody announced. */
function openLoading(
  { config, db, source }: ReconcileBucketRequest,
  clients: SourceClients,
  logger: Logger,
  limit: AdaptiveLimit,
  signal: AbortSignal,
): { load: LoadPair; close(): Promise<void> } {
  const metrics = createMetrics({ version })
  const databaseSlow = (): void => limit.slowDown()
  const ingest = openIngest({ config, clients, db, logger, metrics, signal, isLive: false, databaseSlow })
  const { bucket } = source
  return {
    load: ({ key, listed }, loadSignal) =>
      loadListed({ ingest, limit, origin: 'Reconcile' }, { bucket, key, etag: listed?.etag }, loadSignal),
    async close() {
      await ingest.loader.drain()
      await ingest.drift.flush()
    },
  }
}
