import { ingestMessage } from '@aftercall/ingest/ingest-message'
import type { Ingest } from '@aftercall/ingest/ingest-object'
import { openIngest } from '@aftercall/ingest/open-ingest'
import { openSourceClients } from '@aftercall/ingest/source-clients'
import type { Config } from '@aftercall/runtime/config'
import type { Logger } from '@aftercall/runtime/logger'
import type { Metrics } from '@aftercall/runtime/metrics'
import { createSqsClient } from '@aftercall/storage/aws-clients'
import { consumeQueue, type QueueConsumer } from '@aftercall/storage/queue'
import { type DatabaseHandle, openDatabase } from '@aftercall/warehouse/database'
import type { Migration } from '@aftercall/warehouse/migrate'
import { createQueueEvents } from './queue-events.ts'

export type WorkerOptions = {
  config: Config
  env: Readonly<Record<string, string | undefined>>
  logger: Logger
  metrics: Metrics
  /** What this release expects to find applied. */
  migrations: readonly Migration[]
}

export type WorkerParts = {
  database: DatabaseHandle
  queueUrl: string
  sqs: ReturnType<typeof createSqsClient>
  ingest: Ingest
  consumer: QueueConsumer
  receiving: Receiving
}

/** When a receive last came to an end, whichever: a worker whose queue is out of reach is alive. */
export type Receiving = { lastFailureAt: Date | null }

const longestPollSeconds = 20

/** Makes everything the worker is made of, and starts none of it. */
export function buildWorker(
  { config, env, logger, metrics }: WorkerOptions,
  stopping: AbortSignal,
): WorkerParts {
  const database = openDatabase({
    url: config.database.url,
    poolMax: config.database.poolMax,
    applicationName: 'aftercall-worker',
    statementTimeoutSeconds: config.database.statementTimeoutSeconds,
    onIdleError: (error) => logger.warn({ error }, 'an idle database connection broke; the pool replaces it'),
  })
  const { sources, s3, worker } = config
  const clients = openSourceClients({ sources, s3, env, connectionsMax: worker.inFlight })
  const ingest = openIngest({ config, clients, db: database.db, logger, metrics, signal: stopping })
  const receiving: Receiving = { lastFailureAt: null }
  if (config.queues.live === undefined) throw new Error('queues.live is not configured')
  const { url: queueUrl, visibilitySeconds } = config.queues.live
  const sqs = createSqsClient({ queueUrl, env })
  const consumer = consumeQueue({
    client: sqs,
    queueUrl,
    receivers: config.worker.receivers,
    messagesInFlightMax: config.worker.inFlight,
    visibilitySeconds,
    waitSeconds: longestPollSeconds,
    handle: (message, signal) => ingestMessage(ingest, message, signal),
    events: createQueueEvents({ logger, metrics, receiving }),
  })
  return { database, queueUrl, sqs, ingest, consumer, receiving }
}
