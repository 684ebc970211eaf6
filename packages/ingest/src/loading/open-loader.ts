import type { Config } from '@aftercall/runtime/config/config'
import { pause } from '@aftercall/runtime/limits/abortable-wait'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { Database } from '@aftercall/warehouse/connection/database'
import { createLoader, type Loader, type LoaderEvents } from '@aftercall/warehouse/load/loader'
import { createMonths } from '@aftercall/warehouse/maintenance/months'
import { createSealing } from '@aftercall/warehouse/sealing/create-sealing'
import { readDocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import { createMonthEvents } from './month-events.ts'

export type OpenLoaderOptions = {
  db: Database
  config: Pick<Config, 'database' | 'worker' | 'raw' | 'months' | 'encryption'>
  logger: Logger
  metrics: Metrics
  /** Ends the wait for a database that is out of reach. */
  signal: AbortSignal
  events: LoaderEvents
  /** Batches in flight. As many as the connections and `worker.inFlight` allow by default. */
  batchesMax?: number | undefined
  /** `worker.lingerMs` by default. */
  lingerMs?: number | undefined
}

/**
 * Documents and their rows in one transaction. On their way to Postgres they are in memory three times, and Postgres needs
 * memory for them, too.
 */
const batchBytesMax = 16_777_216

/** A batch costs the database as much as some twenty documents more, so a second one waits until it holds more. */
const besideFactor = 5

/**
 * The loader as it is configured, for every way in which documents come.
 * @throws DocumentKeyError for a key of `encryption` that cannot be read
 */
export function openLoader(options: OpenLoaderOptions): Loader {
  const keys = readDocumentKeys(options.config.encryption)
  const { db, config, logger, metrics, signal, events, lingerMs = config.worker.lingerMs } = options
  return createLoader({
    db,
    months: createMonths({
      db,
      limits: config.months,
      ...createMonthEvents({ logger, metrics }),
      nowMs: () => performance.now(),
    }),
    batchSize: config.worker.batchSize,
    lingerMs,
    lingerBesideMs: lingerMs * besideFactor,
    batchesMax: options.batchesMax ?? batchesMaxOf(config),
    raw: config.raw,
    sealing: keys === undefined ? undefined : createSealing(keys),
    batchBytesMax,
    signal,
    // Once the signal fires, the wait is over, and the loader gives the batch up.
    wait: pause,
    events,
  })
}

/**
 * One connection is kept for months, readiness, and start-up. More batches than `worker.inFlight` objects can fill would only
 * be smaller ones, and each costs the database as much as some twenty documents more.
 */
function batchesMaxOf({ database, worker }: OpenLoaderOptions['config']): number {
  const fullBatches = Math.ceil(worker.inFlight / worker.batchSize)
  return Math.max(1, Math.min(database.poolMax - 1, fullBatches))
}
