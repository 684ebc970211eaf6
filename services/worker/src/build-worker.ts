import type { Ingest } from '@aftercall/ingest/ingest-types'
import { openIngest } from '@aftercall/ingest/open-ingest'
import type { StopReason } from '@aftercall/ingest/outcome'
import { openSourceClients, type SourceClients } from '@aftercall/ingest/sources/source-clients'
import { createSourceShare } from '@aftercall/ingest/sources/source-share'
import type { Config } from '@aftercall/runtime/config/config'
import { createMemoryBudget, type MemoryBudget } from '@aftercall/runtime/limits/memory-budget'
import type { Permits } from '@aftercall/runtime/limits/permits'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import { type DatabaseHandle, openDatabase } from '@aftercall/warehouse/connection/database'
import type { Migration } from '@aftercall/warehouse/schema/migrate'
import { type BackfillLimit, createBackfillLimit } from './backfill-limit.ts'
import { openBackfillConsumer } from './open-backfill-consumer.ts'
import { type Consumer, openConsumer } from './open-consumer.ts'
import { sharePermits } from './share-permits.ts'

export type WorkerOptions = {
  config: Config
  env: Readonly<Record<string, string | undefined>>
  logger: Logger
  metrics: Metrics
  /** The migrations of this release. */
  migrations: readonly Migration[]
  version: string
  /** Interval of the heartbeats to the console; 10 seconds by default. */
  beatMs?: number
  /** How often to look for actions; 5 seconds by default. */
  lookMs?: number
}

export type WorkerParts = {
  database: DatabaseHandle
  /** For objects that have just landed. */
  ingest: Ingest
  /** Of the configured queues, the live one first. */
  consumers: Consumer[]
  backfillLimit: BackfillLimit
  clients: SourceClients
  /** The permits and bytes that live objects leave to backfill and reconcile. */
  backfillPermits: Permits
  backfillBytes: MemoryBudget
}

/** Of `worker.inFlightBytesMax`. Other objects have the rest, so that live objects never wait for bytes behind them. */
const liveBytesShare = 0.75

/**
 * Messages in flight for each permit, where there are several sources: while some messages wait for the share of their source,
 * those of another source can still be received.
 */
const messagesPerPermit = 2

/** Makes all parts of the worker, and starts none of them. */
export function buildWorker(
  { config, env, logger, metrics }: WorkerOptions,
  stopping: AbortSignal,
  mustStop: (reason: StopReason) => void,
): WorkerParts {
  const database = openDatabase({
    ...config.database,
    applicationName: 'aftercall-worker',
    onIdleError: (error) => logger.warn({ error }, 'an idle database connection broke; the pool replaces it'),
  })
  const { sources, s3, worker, queues } = config
  const clients = openSourceClients({ sources, s3, env, connectionsMax: worker.inFlight })
  const backfillLimit = createBackfillLimit({ inFlight: worker.inFlight })
  const permits = sharePermits({ permitsMax: worker.inFlight, limit: backfillLimit })
  const liveBytesMax = Math.floor(worker.inFlightBytesMax * liveBytesShare)
  const backfillBytes = createMemoryBudget(worker.inFlightBytesMax - liveBytesMax)
  const path = { config, clients, db: database.db, logger, metrics, signal: stopping, mustStop }
  const share = createSourceShare(sources, { permitsMax: worker.inFlight, bytesMax: liveBytesMax })
  const ingest = openIngest({
    ...path,
    permits: permits.live,
    bytes: createMemoryBudget(liveBytesMax),
    share,
  })
  // One thread for large objects, and one count of drift, for both ways in which objects come.
  const { mapper, drift } = ingest
  const consumers: Consumer[] = []
  if (queues.live !== undefined) {
    consumers.push(
      openConsumer({
        ...{ name: 'live', queue: queues.live, ingest, env, logger, metrics, mustStop },
        callsBy: config.sqs.client,
        receivers: worker.receivers,
        messagesInFlightMax: worker.inFlight * (sources.length > 1 ? messagesPerPermit : 1),
      }),
    )
  }
  if (queues.backfill !== undefined) {
    consumers.push(
      openBackfillConsumer({
        ...{ ...path, queue: queues.backfill, callsBy: config.sqs.client, env },
        limit: backfillLimit,
        permits: permits.backfill,
        bytes: backfillBytes,
        mapper,
        drift,
      }),
    )
  }
  return {
    database,
    ingest,
    consumers,
    backfillLimit,
    clients,
    backfillPermits: permits.backfill,
    backfillBytes,
  }
}
