import { type BulkIngest, openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import { createFetchWithinLimit } from '@aftercall/ingest/fetching/fetch-within-limit'
import type { Ingest } from '@aftercall/ingest/ingest-types'
import type { IngestConfig } from '@aftercall/ingest/open-ingest'
import type { ReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import type { Config } from '@aftercall/runtime/config/config'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import type { Database } from '@aftercall/warehouse/connection/database'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { version } from '../version.ts'

export type Stopping = {
  /** Nothing more begins after it fires. */
  stop: AbortSignal
  /** Ends what is in flight. */
  breakOff: AbortSignal
}

/** The parts of a replay. */
export type OpenReplay = {
  db: Database
  /** For objects that are named one by one. */
  bulk: BulkIngest
  /** For the objects of messages. It tries again as for messages of a live queue. */
  ingest: Ingest
  replayCounts: ReplayCounts
  stopping: Stopping
  inFlightMax: number
  logger: Logger
  close(): Promise<void>
}

export type OpenReplayOptions = {
  config: IngestConfig & Pick<Config, 's3'>
  db: Database
  replayCounts: ReplayCounts
  stopping: Stopping
}

export function openReplay(
  context: CliContext,
  { config, db, replayCounts, stopping }: OpenReplayOptions,
): OpenReplay {
  const { inFlight } = config.worker
  const logger = createCliLogger(context, 'error')
  const metrics = createMetrics({ version })
  const signal = stopping.breakOff
  const bulk = openBulkIngest({ config, db, logger, metrics, signal, clients: { env: context.env } })
  const { fetchObject, events, random } = bulk.ingest
  const fetchWithinLimit = createFetchWithinLimit({
    ...{ fetchObject, random },
    inFlightMax: inFlight,
    onRetry: events.fetchRetried,
  })
  return {
    ...{ db, bulk, replayCounts, stopping, logger },
    ingest: { ...bulk.ingest, fetchObject: fetchWithinLimit },
    inFlightMax: inFlight,
    close: bulk.close,
  }
}
