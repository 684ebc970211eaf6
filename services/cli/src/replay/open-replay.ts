import type { Ingest } from '@aftercall/ingest/ingest-object'
import { openIngest } from '@aftercall/ingest/open-ingest'
import type { ReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import { openSourceClients } from '@aftercall/ingest/sources/source-clients'
import type { Config } from '@aftercall/runtime/config/config'
import { type AdaptiveLimit, createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import type { Database } from '@aftercall/warehouse/connection/database'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { version } from '../version.ts'

export type Stopping = {
  /** Nothing more is begun then. */
  stop: AbortSignal
  /** Breaks off what is under way. */
  breakOff: AbortSignal
}

/** All that a replay is made of. */
export type OpenReplay = {
  db: Database
  ingest: Ingest
  limit: AdaptiveLimit
  replayCounts: ReplayCounts
  stopping: Stopping
  inFlightMax: number
  logger: Logger
  close(): Promise<void>
}

export type OpenReplayOptions = {
  config: Pick<Config, 'database' | 'sources' | 'worker' | 'raw' | 'months' | 's3'>
  db: Database
  replayCounts: ReplayCounts
  stopping: Stopping
}

export function openReplay(
  context: CliContext,
  { config, db, replayCounts, stopping }: OpenReplayOptions,
): OpenReplay {
  const { sources, s3, worker } = config
  const logger = createCliLogger(context, 'error')
  const metrics = createMetrics({ version })
  const clients = openSourceClients({ sources, s3, env: context.env, connectionsMax: worker.inFlight })
  const limit = createAdaptiveLimit({ inFlightMax: worker.inFlight })
  const databaseSlow = (): void => limit.slowDown()
  const signal = stopping.breakOff
  const ingest = openIngest({ config, clients, db, logger, metrics, signal, isLive: false, databaseSlow })
  return {
    ...{ db, ingest, limit, replayCounts, stopping, logger },
    inFlightMax: worker.inFlight,
    async close() {
      await ingest.loader.drain()
      await ingest.drift.flush()
      clients.destroy()
    },
  }
}
