import type { StopReason } from '@aftercall/ingest/outcome'
import { describeStopReason } from '@aftercall/operator/describe-stop-reason'
import { startHttpServer } from '@aftercall/runtime/process/health-server'
import { createReleasers } from '@aftercall/runtime/process/lifecycle'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { requireAccess } from '@aftercall/warehouse/schema/access'
import { requireMigrated } from '@aftercall/warehouse/schema/migrate'
import { carryOutActions } from './actions/carry-out-actions.ts'
import { buildWorker, type WorkerOptions, type WorkerParts } from './build-worker.ts'
import { checkHealth, checkReady } from './checks.ts'
import { keepRollups } from './keep-rollups.ts'
import type { Consumer } from './open-consumer.ts'
import { requireCredentials } from './require-credentials.ts'
import { scheduleReconcile } from './schedule-reconcile.ts'
import { sendHeartbeats } from './send-heartbeats.ts'
import { waitForDependency } from './wait-for-dependency.ts'
import { warnOfQueues } from './warn-of-queues.ts'
import { watchGauges } from './watch-gauges.ts'

export type Worker = {
  /** Of `/healthz`, `/readyz` and `/metrics`. */
  httpPort: number
  /**
   * Resolves once it receives messages, of the live queue where there is one. Rejects when it was stopped before, or with an
   * `AccessError` when the database user lacks the rights.
   */
  started: Promise<void>
  /**
   * Resolves when the worker stops itself, because nothing can be loaded until someone has repaired something; the log says
   * what. The process should then end with a failure. A restarted worker waits for the repair.
   */
  stoppedItself: Promise<StopReason>
  /** Stops receiving, and finishes or returns its messages within the grace time (I9). May be called again. */
  stop(): Promise<void>
}

const beatMs = 10_000

/** The part of the grace time for closing the database and the HTTP server, after the messages. */
const closingMs = 4_000

/**
 * The queue consumer: config → build → run → release. It starts even if a dependency is out of reach: `/readyz` says what is
 * missing, every failed try is logged, and it begins to receive when all dependencies answer.
 */
export async function runWorker(options: WorkerOptions): Promise<Worker> {
  const { config, logger, metrics } = options
  const graceMs = config.worker.graceSeconds * 1000
  const stopping = new AbortController()
  const releasers = createReleasers({
    timeLimitMs: graceMs,
    onError: (name, error) => logger.warn({ name, error }, 'could not be closed in time'),
  })
  const stoppedItself = Promise.withResolvers<StopReason>()
  const parts = buildWorker(options, stopping.signal, mustStop)
  releasers.register('database', parts.database.close)
  const http = await startHttpServer({
    host: config.http.host,
    port: config.http.port,
    health: () => checkHealth(parts.consumers, performance.now()),
    ready: () => checkReady(parts, options.migrations),
    metrics: metrics.render,
    onError: (error) => logger.warn({ error }, 'a request to the HTTP server failed'),
  })
  releasers.register('http server', http.stop)
  const everyMs = options.beatMs ?? beatMs
  releasers.register('heartbeat', sendHeartbeats({ ...parts, ...options, everyMs }))
  releasers.register('gauges', watchGauges({ ...parts, metrics, logger }))
  releasers.register('drift', flushDrift(parts, logger))
  logger.info({ host: config.http.host, port: http.port }, 'health, readiness and metrics are served')

  const started = startReceiving(options, parts, stopping.signal)
  // A caller that does not wait for it must not crash on its rejection.
  started.catch(() => {})

  releasers.register('loaders', async () => {
    const ingests = [parts.ingest, ...parts.consumers.map((consumer) => consumer.ingest)]
    await Promise.all(ingests.map(({ loader }) => loader.drain()))
  })
  releasers.register('mapper', parts.ingest.mapper.close)
  const backfillShares = { permits: parts.backfillPermits, bytes: parts.backfillBytes }
  const reconcileOptions = { ...options, ...parts, ...backfillShares, live: parts.ingest, mustStop }
  releasers.register('reconcile', scheduleReconcile({ ...reconcileOptions, signal: stopping.signal }))
  const lent = { ...options, ...parts, ...backfillShares, live: parts.ingest, mustStop }
  releasers.register('actions', carryOutActions({ ...lent, signal: stopping.signal }))
  releasers.register('rollups', keepRollups({ config, logger, metrics, signal: stopping.signal }))
  releasers.register('queues', async () => {
    const settleMs = Math.max(500, graceMs - closingMs)
    const stops = await Promise.all(
      parts.consumers.map(({ consumer }) => consumer.stop({ graceMs: settleMs })),
    )
    const returned = stops.reduce((sum, one) => sum + one.returned, 0)
    logger.info({ returned }, 'no longer receiving')
  })

  /** Receiving has stopped when this returns, so that no message comes back to the worker where it just failed. */
  function mustStop(reason: StopReason): void {
    if (stopping.signal.aborted) return
    logger.error(
      { code: reason.code },
      `stopping, because nothing can be loaded: ${describeStopReason(reason)}`,
    )
    stoppedItself.resolve(reason)
    void stop()
  }

  async function stop(): Promise<void> {
    stopping.abort(new Error('the worker was stopped'))
    await releasers.releaseAll()
  }
  return { httpPort: http.port, started, stoppedItself: stoppedItself.promise, stop }
}

const driftFlushMs = 5_000

function flushDrift({ ingest }: WorkerParts, logger: Logger): () => Promise<void> {
  const flush = () =>
    ingest.drift
      .flush()
      .catch((error: unknown) => logger.warn({ error }, 'schema drift could not be counted'))
  const timer = setInterval(flush, driftFlushMs)
  return () => {
    clearInterval(timer)
    return flush()
  }
}

async function startReceiving(
  options: WorkerOptions,
  parts: WorkerParts,
  signal: AbortSignal,
): Promise<void> {
  const { config, logger, migrations } = options
  await waitForDependency({ name: 'database', logger, signal }, async () => {
    await requireAccess(parts.database.db, config.database)
    await requireMigrated(parts.database.db, migrations)
    await recordSources(parts.database.db, config.sources)
  })
  await waitForDependency({ name: 'object store', logger, signal }, () =>
    requireCredentials(config.sources, parts.clients, signal),
  )
  warnOfQueues(config, logger)
  const sources = config.sources.map((one) => `${one.name}=s3://${one.bucket}/${one.prefix}`)
  const starts = parts.consumers.map((consumer) => startConsumer(options, consumer, sources, signal))
  // A start that is not awaited must not crash the process with its rejection.
  for (const start of starts) start.catch(() => {})
  // The first is the live one, where there is one. A backfill queue that is out of reach does not hold it up.
  await starts[0]
}

async function startConsumer(
  { config, logger }: WorkerOptions,
  { name, queueUrl, sqs, consumer }: Consumer,
  sources: string[],
  signal: AbortSignal,
): Promise<void> {
  const dependency = name === 'live' ? 'queue' : 'backfill queue'
  await waitForDependency({ name: dependency, logger, signal }, () => queueDepth(sqs, queueUrl))
  signal.throwIfAborted()
  consumer.start()
  const { inFlight, batchSize, lingerMs, receivers } = config.worker
  logger.info({ queue: name, queueUrl, sources, inFlight, batchSize, lingerMs, receivers }, 'receiving')
}
