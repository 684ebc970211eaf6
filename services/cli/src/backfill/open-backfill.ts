import type { Choice } from '@aftercall/ingest/bulk/choose-objects'
import { openPages } from '@aftercall/ingest/bulk/open-pages'
import { objectsPerCall, takeByQueue } from '@aftercall/ingest/bulk/take-by-queue'
import { takeDirectly } from '@aftercall/ingest/bulk/take-directly'
import type { ShardWork } from '@aftercall/ingest/bulk/work-shard'
import type { Ingest } from '@aftercall/ingest/ingest-object'
import { type OpenIngestOptions, openIngest } from '@aftercall/ingest/open-ingest'
import { openSourceClients, type SourceClients } from '@aftercall/ingest/sources/source-clients'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { type AdaptiveLimit, createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { type Inventory, openInventory } from '@aftercall/storage/listing/inventory/open-inventory'
import { sendMessages } from '@aftercall/storage/queue/send-messages'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { CliContext } from '../cli-context.ts'
import type { BackfillRequest } from './backfill-request.ts'

export type BackfillOptions = {
  config: Pick<Config, 'database' | 'sources' | 'worker' | 'raw' | 'months' | 's3'>
  source: SourceConfig
  prefix: string
  request: BackfillRequest
  via: 'direct' | 'queue'
  db: Database
  logger: Logger
  metrics: Metrics
  maxRate: number | undefined
  signal: AbortSignal
  /** Called when nothing can go on until somebody has repaired something. */
  mustStop: OpenIngestOptions['mustStop'] & {}
}

/** All that a bulk load is made of, for the load itself and for its dry run. */
export type OpenBackfill = {
  client: ReturnType<SourceClients['of']>
  ingest: Ingest
  limit: AdaptiveLimit
  inventory: Inventory | undefined
  choice: Choice
  openPages: ShardWork['openPages']
  close(): Promise<void>
}

export async function openBackfill(context: CliContext, options: BackfillOptions): Promise<OpenBackfill> {
  const { config, source, prefix, request, via, db, logger, metrics, maxRate, signal, mustStop } = options
  const { sources, s3, worker } = config
  const clients = openSourceClients({ sources, s3, env: context.env, connectionsMax: worker.inFlight + 32 })
  const client = clients.of(source)
  const limit = via === 'direct' ? limitOfObjects(worker.inFlight, maxRate) : limitOfSends(maxRate)
  const databaseSlow = (): void => limit.slowDown()
  const ingest = openIngest({
    config,
    clients,
    db,
    logger,
    metrics,
    signal,
    isLive: false,
    databaseSlow,
    mustStop,
  })
  const inventory =
    request.inventory === null ? undefined : await openInventory(client, request.inventory, { signal })
  const { bucket } = source
  const onRetry = ({ error, waitMs }: { error: unknown; waitMs: number }): void => {
    limit.slowDown()
    logger.warn({ error, waitMs: Math.round(waitMs) }, 'the bucket did not list its next page; trying again')
  }
  return {
    ...{ client, ingest, limit, inventory },
    choice: {
      since: timeOf(request.since),
      until: timeOf(request.until),
      datesFrom: request.datesFrom,
      prefix,
    },
    openPages: (shard, pagesSignal) =>
      openPages({ client, bucket, prefix, inventory, onRetry }, shard, pagesSignal),
    async close() {
      await ingest.loader.drain()
      await ingest.drift.flush()
      clients.destroy()
    },
  }
}

function limitOfObjects(inFlightMax: number, perSecondMax: number | undefined): AdaptiveLimit {
  return createAdaptiveLimit({ inFlightMax, perSecondMax })
}

/** Sends carry many objects each; a few at a time keep a queue busy. */
function limitOfSends(maxRate: number | undefined): AdaptiveLimit {
  const perSecondMax = maxRate === undefined ? undefined : maxRate / objectsPerCall
  return createAdaptiveLimit({ inFlightMax: 8, perSecondMax })
}

/** How objects are taken: fetched and loaded here, or announced to the workers. */
export function createTake(
  { ingest, limit }: OpenBackfill,
  { bucket }: SourceConfig,
  queue: { url: string; env: CliContext['env'] } | undefined,
): { take: ShardWork['take']; close(): void } {
  if (queue === undefined) {
    const load = { ingest, limit, origin: 'Backfill' as const }
    return { take: (objects, signal) => takeDirectly(load, bucket, objects, signal), close() {} }
  }
  const sqs = createSqsClient({ queueUrl: queue.url, env: queue.env })
  const send = (bodies: readonly string[], signal: AbortSignal) =>
    sendMessages(sqs, queue.url, bodies, { signal })
  return {
    take: (objects, signal) => takeByQueue({ limit, bucket, send }, objects, signal),
    close: () => sqs.destroy(),
  }
}

function timeOf(text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text)
}
