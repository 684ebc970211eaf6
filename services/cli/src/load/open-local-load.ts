import { createIngestEvents } from '@aftercall/ingest/ingest-events'
import type { Ingest } from '@aftercall/ingest/ingest-object'
import { fetchLocal } from '@aftercall/ingest/local/fetch-local'
import type { LocalLoad, LocalLoadEvents } from '@aftercall/ingest/local/local-load'
import { localSourceOf } from '@aftercall/ingest/local/local-source'
import { openIngest } from '@aftercall/ingest/open-ingest'
import { openSourceClients } from '@aftercall/ingest/sources/source-clients'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import type { Database } from '@aftercall/warehouse/connection/database'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { version } from '../version.ts'

export type LocalLoadConfig = Pick<Config, 'database' | 'sources' | 'worker' | 'raw' | 'months' | 's3'>

export type LocalLoadOptions = {
  config: LocalLoadConfig
  source: SourceConfig
  db: Database
  events: Omit<LocalLoadEvents, 'databaseAway'>
  stopping: AbortSignal
  /** Ends the waiting for a database that is away. */
  givingUp: AbortSignal
}

/** The path, with the files of this machine as the one source. */
export function openLocalLoad(context: CliContext, options: LocalLoadOptions): LocalLoad {
  const { db, stopping, givingUp } = options
  const source = localSourceOf(options.source)
  const config = { ...options.config, sources: [source] }
  const { inFlight, objectBytesMax } = config.worker
  const logger = createCliLogger(context, 'warn')
  const metrics = createMetrics({ version })
  const limit = createAdaptiveLimit({ inFlightMax: inFlight })
  const path = openIngest({
    config,
    clients: openSourceClients({ sources: [], s3: config.s3, env: context.env, connectionsMax: 1 }),
    db,
    logger,
    metrics,
    signal: givingUp,
    isLive: false,
  })
  const ingest: Ingest = {
    ...path,
    fetchObject: (from, ref, _signal, bytesMax = objectBytesMax) => fetchLocal(from, ref, bytesMax),
    // The report names what ended badly: a log line for each as well would bury it.
    events: createIngestEvents({
      logger: createCliLogger(context, 'error'),
      metrics,
      now: () => new Date(),
      isLive: false,
    }),
  }
  const events: LocalLoadEvents = {
    ...options.events,
    databaseAway: ({ attempt, waitMs, error }) =>
      logger.warn({ attempt, waitMs: Math.round(waitMs), error }, 'the database is away; trying again'),
  }
  return { db, ingest, source, limit, events, stopping }
}
