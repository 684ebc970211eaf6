import { openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import { createIngestEvents } from '@aftercall/ingest/ingest-events'
import type { Ingest } from '@aftercall/ingest/ingest-types'
import { fetchLocal } from '@aftercall/ingest/local/fetch-local'
import type { LocalLoad, LocalLoadEvents } from '@aftercall/ingest/local/local-load'
import { localSourceOf } from '@aftercall/ingest/local/local-source'
import { mappingSettingsOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import type { IngestConfig } from '@aftercall/ingest/open-ingest'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { Notice } from '@aftercall/warehouse/load/loader'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { version } from '../version.ts'

export type LocalLoadConfig = IngestConfig & Pick<Config, 's3'>

export type LocalLoadOptions = {
  config: LocalLoadConfig
  source: SourceConfig
  db: Database
  events: Omit<LocalLoadEvents, 'databaseAway'>
  onNotice(notice: Notice): void
  stopping: AbortSignal
  /** Ends the wait for a database that is out of reach. */
  givingUp: AbortSignal
}

export type OpenLocalLoad = LocalLoad & { close(): Promise<void> }

/** The path, with the files of this machine as its only source. */
export function openLocalLoad(context: CliContext, options: LocalLoadOptions): OpenLocalLoad {
  const { db, onNotice, stopping, givingUp } = options
  const source = localSourceOf(options.source)
  const config = { ...options.config, sources: [source] }
  const { objectBytesMax } = config.worker
  const logger = createCliLogger(context, 'warn')
  const metrics = createMetrics({ version })
  const bulk = openBulkIngest({
    ...{ config, db, logger, metrics, onNotice, signal: givingUp, clients: { env: context.env } },
    fetchObject: (from, ref, _signal, bytesMax = objectBytesMax) => fetchLocal(from, ref, bytesMax),
  })
  const ingest: Ingest = {
    ...bulk.ingest,
    // The report names the files that ended badly: a log line for each would bury it.
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
      logger.warn(
        { attempt, waitMs: Math.round(waitMs), error },
        'the database is out of reach; trying again',
      ),
  }
  const settings = mappingSettingsOf(config)
  return {
    db,
    ingest,
    source: { ...source, settings },
    limit: bulk.limitOf(source),
    events,
    stopping,
    close: bulk.close,
  }
}
