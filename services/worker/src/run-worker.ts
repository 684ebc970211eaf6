import { startHttpServer } from '@aftercall/runtime/http-server'
import { createReleasers } from '@aftercall/runtime/lifecycle'
import type { Logger } from '@aftercall/runtime/logger'
import { queueDepth } from '@aftercall/storage/queue-depth'
import { migrationStates } from '@aftercall/warehouse/migrate'
import { recordSources } from '@aftercall/warehouse/sources'
import { buildWorker, type WorkerOptions, type WorkerParts } from './build-worker.ts'
import { checkHealth, checkReady } from './checks.ts'
import { PendingMigrationsError, waitForDependency } from './wait-for-dependency.ts'
import { watchGauges } from './watch-gauges.ts'

export type Worker = {
  /** Of `/healthz`, `/readyz` and `/metrics`. */
  httpPort: number
  /** Resolves once it receives messages; rejects only when it was stopped before. */
  started: Promise<void>
  /** Receives nothing more, finishes or hands back what it holds within the grace time (I9). May be called again. */
  stop(): Promise<void>
}

/** What is left of the grace time after the messages are settled: closing the database and the HTTP server. */
const closingMs = 4_000

/**
 * The queue consumer: config → build → run → release. It comes up whatever the state of what it depends on:
 * `/readyz` says what is missing, one line a try is logged, and it begins to receive when all of it answers.
 */
export async function runWorker(options: WorkerOptions): Promise<Worker> {
  const { config, logger, metrics } = options
  const graceMs = config.worker.graceSeconds * 1000
  const stopping = new AbortController()
  const releasers = createReleasers({
    timeLimitMs: graceMs,
    onError: (name, error) => logger.warn({ name, error }, 'could not be closed in time'),
  })
  const parts = buildWorker(options, stopping.signal)
  releasers.own('database', parts.database.close)
  const http = await startHttpServer({
    host: config.http.host,
    port: config.http.port,
    health: () => checkHealth(parts, config.worker.inFlight, new Date()),
    ready: () => checkReady(parts, options.migrations),
    metrics: metrics.render,
    onError: (error) => logger.warn({ error }, 'a request to the HTTP server failed'),
  })
  releasers.own('http server', http.stop)
  releasers.own('gauges', watchGauges({ ...parts, metrics, logger }))
  releasers.own('drift', flushDrift(parts, logger))
  logger.info({ host: config.http.host, port: http.port }, 'health, readiness and metrics are served')

  const started = startReceiving(options, parts, stopping.signal)
  // Whoever does not wait for it must not be ended by it; `stop` is the only cause.
  started.catch(() => {})

  releasers.own('loader', () => parts.ingest.loader.drain())
  releasers.own('queue', async () => {
    const { handedBack } = await parts.consumer.stop({ graceMs: Math.max(500, graceMs - closingMs) })
    logger.info({ handedBack }, 'no longer receiving')
  })

  async function stop(): Promise<void> {
    stopping.abort(new Error('the worker was stopped'))
    await releasers.releaseAll()
  }
  return { httpPort: http.port, started, stop }
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
    const states = await migrationStates(parts.database.db, [...migrations])
    const pending = states.filter((one) => one.state === 'pending').map((one) => one.name)
    if (pending.length > 0) throw new PendingMigrationsError(pending)
    await recordSources(parts.database.db, config.sources)
  })
  const { queueUrl } = parts
  await waitForDependency({ name: 'queue', logger, signal }, () => queueDepth(parts.sqs, queueUrl))
  signal.throwIfAborted()
  parts.consumer.start()
  const sources = config.sources.map((one) => `${one.name}=s3://${one.bucket}/${one.prefix}`)
  const { inFlight, batchSize, lingerMs, receivers } = config.worker
  logger.info({ queueUrl, sources, inFlight, batchSize, lingerMs, receivers }, 'receiving')
}
