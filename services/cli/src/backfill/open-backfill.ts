import { announceObjects, objectsPerCall } from '@aftercall/ingest/bulk/announce-objects'
import type { Choice } from '@aftercall/ingest/bulk/choose-objects'
import { loadDirectly } from '@aftercall/ingest/bulk/load-directly'
import { openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import { openPages } from '@aftercall/ingest/bulk/open-pages'
import type { ShardWork } from '@aftercall/ingest/bulk/work-shard'
import type { Ingest } from '@aftercall/ingest/ingest-types'
import type { SourceClients } from '@aftercall/ingest/sources/source-clients'
import { describeStopReason } from '@aftercall/operator/describe-stop-reason'
import type { SourceConfig } from '@aftercall/runtime/config/config'
import { type AdaptiveLimit, createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { type Inventory, openInventory } from '@aftercall/storage/listing/inventory/open-inventory'
import { sendMessages } from '@aftercall/storage/queue/send-messages'
import type { CliContext } from '../cli-context.ts'
import type { BackfillOptions } from './backfill-options.ts'
import { type LoadTotals, readTotals } from './read-totals.ts'
import { type BackfillWorkers, openWorkers } from './workers/open-workers.ts'

/** The parts of a backfill, for the load itself and for its dry run. */
export type OpenBackfill = {
  client: ReturnType<SourceClients['of']>
  ingest: Ingest
  /** Of objects, or of calls that announce them. */
  limit: AdaptiveLimit
  inventory: Inventory | undefined
  choice: Choice
  openPages: ShardWork['openPages']
  /** Undefined when this process loads. */
  workers: BackfillWorkers | undefined
  /** What was loaded by this process and its workers, and how many objects may be in flight there now. */
  totals(): Promise<LoadTotals>
  inFlightMax(): number
  close(): Promise<void>
}

export async function openBackfill(context: CliContext, options: BackfillOptions): Promise<OpenBackfill> {
  const { config, source, prefix, request, via, db, logger, metrics, maxRate, signal, mustStop } = options
  const { inFlight } = config.worker
  const bulk = openBulkIngest({
    ...{ config, db, logger, metrics, signal },
    mustStop: (reason) => mustStop(describeStopReason(reason)),
    clients: { env: context.env },
    createLimit: () => (via === 'direct' ? limitOfObjects(inFlight, maxRate) : limitOfSends(maxRate)),
  })
  const client = bulk.clients.of(source)
  const inventory =
    request.inventory === null ? undefined : await openInventory(client, request.inventory, { signal })
  const { bucket } = source
  const limit = bulk.limitOf(source)
  const workers = options.workers === 1 ? undefined : await openWorkers(context, options).catch(closeFirst)
  async function closeFirst(error: unknown): Promise<never> {
    await bulk.close()
    throw error
  }
  const slowDown = bulk.onListRetry(source)
  const onRetry: typeof slowDown = (retry) => {
    slowDown(retry)
    workers?.slowDown()
  }
  return {
    ...{ client, inventory, limit, workers },
    ingest: bulk.ingest,
    choice: {
      since: timeOf(request.since),
      until: timeOf(request.until),
      datesFrom: request.datesFrom,
      prefix,
    },
    openPages: (shard, pagesSignal) =>
      openPages({ client, bucket, prefix, inventory, onRetry }, shard, pagesSignal),
    totals: async () => workers?.totals() ?? (await readTotals(metrics)),
    inFlightMax: () => (workers?.totals() ?? limit.state()).inFlightMax,
    async close() {
      try {
        await workers?.close()
      } finally {
        await bulk.close()
      }
    },
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

/** Loads the objects here or in processes of its own, or announces them to the workers. */
export function createLoadPage(
  { ingest, limit, workers }: OpenBackfill,
  { bucket }: SourceConfig,
  queue: { url: string; env: CliContext['env'] } | undefined,
): { loadPage: ShardWork['loadPage']; close(): void } {
  if (workers !== undefined) return { loadPage: workers.loadPage, close() {} }
  if (queue === undefined) {
    const load = { ingest, limit, origin: 'Backfill' as const }
    return { loadPage: (...page) => loadDirectly(load, bucket, ...page), close() {} }
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
