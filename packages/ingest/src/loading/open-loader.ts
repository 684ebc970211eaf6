import type { Config } from '@aftercall/runtime/config/config'
import { pause } from '@aftercall/runtime/limits/abortable-wait'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { Database } from '@aftercall/warehouse/connection/database'
import { createLoader, type Loader, type LoaderEvents } from '@aftercall/warehouse/load/loader'
import { createMonths } from '@aftercall/warehouse/maintenance/months'
import { createMonthEvents } from './month-events.ts'

export type OpenLoaderOptions = {
  db: Database
  config: Pick<Config, 'database' | 'worker' | 'raw' | 'months'>
  logger: Logger
  metrics: Metrics
  /** Ends the waiting for a database that is away. */
  signal: AbortSignal
  events: LoaderEvents
}

/**
 * Documents and their rows in one transaction. On their way to Postgres they are in memory three times, and Postgres makes
 * something of them, too.
 */
const batchBytesMax = 16_777_216

/** A batch costs the database as much again as some twenty documents, so a second one waits until it holds more. */
const besideFactor = 5

/** The loader as it is configured; whoever loads, live or again, loads through this one. */
export function openLoader({ db, config, logger, metrics, signal, events }: OpenLoaderOptions): Loader {
  return createLoader({
    db,
    months: createMonths({
      db,
      limits: config.months,
      ...createMonthEvents({ logger, metrics }),
      nowMs: () => performance.now(),
    }),
    batchSize: config.worker.batchSize,
    lingerMs: config.worker.lingerMs,
    lingerBesideMs: config.worker.lingerMs * besideFactor,
    batchesMax: batchesMaxOf(config),
    raw: config.raw,
    batchBytesMax,
    signal,
    // Aborted, the wait is over: the loader then gives the batch up.
    wait: pause,
    events,
  })
}

/**
 * One connection is kept for months, readiness and start-up. More batches than are full when all places are taken would only
 * be smaller ones, and each costs the database as much again as some twenty documents.
 */
function batchesMaxOf({ database, worker }: OpenLoaderOptions['config']): number {
  const fullBatches = Math.ceil(worker.inFlight / worker.batchSize)
  return Math.max(1, Math.min(database.poolMax - 1, fullBatches))
}
