import { announceObjects, objectsPerCall } from '@aftercall/ingest/bulk/announce-objects'
import type { Choice } from '@aftercall/ingest/bulk/choose-objects'
import { loadDirectly } from '@aftercall/ingest/bulk/load-directly'
import { openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import { openPages } from '@aftercall/ingest/bulk/open-pages'
import type { ShardWork } from '@aftercall/ingest/bulk/work-shard'
import type { Ingest } from '@aftercall/ingest/ingest-types'
import type { IngestConfig, OpenIngestOptions } from '@aftercall/ingest/open-ingest'
import type { SourceClients } from '@aftercall/ingest/sources/source-clients'
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
  config: IngestConfig & Pick<Config, 's3'>
  source: SourceConfig
  prefix: string
  request: BackfillRequest
  via: 'direct' | 'queue'
  db: Database
  logger: Logger
  metrics: Metrics
  maxRate: number | undefined
  signal: AbortSignal
  /** Called when nothing can go on until someone has repaired something. */
  mustStop: OpenIngestOptions['mustStop'] & {}
}

/** The parts of a backfill, for the load itself and for its dry run. */
export type OpenBackfill = {
  client: ReturnType<SourceClients['of']>
  ingest: Ingest
  /** Of objects, or of calls that announce them. */
  limit: AdaptiveLimit
  inventory: Inventory | undefined
  choice: Choice
  openPages: ShardWork['openPages']
  close(): Promise<void>
}

export async function openBackfill(context: CliContext, options: BackfillOptions): Promise<OpenBackfill> {
  const { config, source, prefix, request, via, db, logger, metrics, maxRate, signal, mustStop } = options
  const { inFlight } = config.worker
  const bulk = openBulkIngest({
    ...{ config, db, logger, metrics, signal, mustStop },
    clients: { env: context.env },
    createLimit: () => (via === 'direct' ? limitOfObjects(inFlight, maxRate) : limitOfSends(maxRate)),
  })
  const client = bulk.clients.of(source)
  const inventory =
    request.inventory === null ? undefined : await openInventory(client, request.inventory, { signal })
  const { bucket } = source
  const onRetry = bulk.onListRetry(source)
  return {
    ...{ client, inventory },
    ingest: bulk.ingest,
    limit: bulk.limitOf(source),
    choice: {
      since: timeOf(request.since),
      until: timeOf(request.until),
      datesFrom: request.datesFrom,
      prefix,
    },
    openPages: (shard, pagesSignal) =>
      openPages({ client, bucket, prefix, inventory, onRetry }, shard, pagesSignal),
    close: bulk.close,
  }
}

function limitOfObjects(inFlightMax: number, perSecondMax: number | undefined): AdaptiveLimit {
  return createAdaptiveLimit({ inFlightMax, perSecondMax })
}

/** Each call announces many objects; a few calls at a time keep a queue busy. */
function limitOfSends(maxRate: number | undefined): AdaptiveLimit {
  const perSecondMax = maxRate === undefined ? undefined : maxRate / objectsPerCall
  return createAdaptiveLimit({ inFlightMax: 8, perSecondMax })
}

/** Loads the objects here, or announces them to the workers. */
export function createLoadPage(
  { ingest, limit }: OpenBackfill,
  { bucket }: SourceConfig,
  queue: { url: string; env: CliContext['env'] } | undefined,
): { loadPage: ShardWork['loadPage']; close(): void } {
  if (queue === undefined) {
    const load = { ingest, limit, origin: 'Backfill' as const }
    return { loadPage: (objects, signal) => loadDirectly(load, bucket, objects, signal), close() {} }
  }
  const sqs = createSqsClient({ queueUrl: queue.url, env: queue.env })
  const send = (bodies: readonly string[], signal: AbortSignal) =>
    sendMessages(sqs, queue.url, bodies, { signal })
  return {
    loadPage: (objects, signal) => announceObjects({ limit, bucket, send }, objects, signal),
    close: () => sqs.destroy(),
  }
}

function timeOf(text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text)
}
