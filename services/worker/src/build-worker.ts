import { documentLimits } from '@aftercall/ingest/document-limits'
import { createIngestEvents, createLoaderEvents } from '@aftercall/ingest/ingest-events'
import { ingestMessage } from '@aftercall/ingest/ingest-message'
import type { Ingest } from '@aftercall/ingest/ingest-object'
import { openLoader } from '@aftercall/ingest/open-loader'
import type { Config } from '@aftercall/runtime/config'
import type { Logger } from '@aftercall/runtime/logger'
import type { Metrics } from '@aftercall/runtime/metrics'
import { createSlots } from '@aftercall/runtime/slots'
import { type AwsEnvironment, createS3Client, createSqsClient } from '@aftercall/storage/aws-clients'
import { fetchObject } from '@aftercall/storage/object-store'
import { consumeQueue, type QueueConsumer } from '@aftercall/storage/queue'
import { type DatabaseHandle, openDatabase } from '@aftercall/warehouse/database'
import { createDriftRecorder } from '@aftercall/warehouse/drift-recorder'
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
  const events = createLoaderEvents({ logger, metrics })
  const loader = openLoader({ db: database.db, config, logger, signal: stopping, events })
  const ingest: Ingest = {
    sources: config.sources,
    fetchObject: createFetch(config, env),
    loader,
    drift: createDriftRecorder(database.db),
    slots: createSlots(config.worker.inFlight),
    limits: { objectBytesMax: config.worker.objectBytesMax, ...documentLimits },
    events: createIngestEvents({ logger, metrics, now: () => new Date() }),
    random: Math.random,
    now: () => new Date(),
  }
  const receiving: Receiving = { lastFailureAt: null }
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
  return { database, sqs, ingest, consumer, receiving }
}

/** One S3 client a source: sources may be in different Regions. */
function createFetch(config: Config, env: AwsEnvironment): Ingest['fetchObject'] {
  const clients = new Map(
    config.sources.map((source) => {
      const { forcePathStyle } = config.s3
      return [
        source.name,
        createS3Client({
          env,
          region: source.region,
          forcePathStyle,
          connectionsMax: config.worker.inFlight,
        }),
      ]
    }),
  )
  return (source, ref, signal) => {
    const client = clients.get(source.name)
    if (client === undefined) throw new Error(`no client for source ${source.name}`)
    return fetchObject(client, ref, { bytesMax: config.worker.objectBytesMax, signal })
  }
}
