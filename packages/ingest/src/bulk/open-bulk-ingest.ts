import type { Config } from '@aftercall/runtime/config/config'
import { type AdaptiveLimit, createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import type { AwsEnvironment } from '@aftercall/storage/aws/aws-clients'
import type { ListOptions } from '@aftercall/storage/listing/list-objects'
import type { FetchObject, Ingest } from '../ingest-types.ts'
import { fetchOnce, type OpenIngestOptions, openIngest } from '../open-ingest.ts'
import { openSourceClients, type SourceClients } from '../sources/source-clients.ts'

type Shared = 'db' | 'logger' | 'metrics' | 'signal' | 'permits' | 'bytes' | 'mapper' | 'drift' | 'batchesMax'

export type BulkIngestOptions = Pick<OpenIngestOptions, Shared | 'mustStop' | 'onNotice'> & {
  config: OpenIngestOptions['config'] & Pick<Config, 's3'>
  /** Opened here from the environment, and closed with the rest, unless the caller shares clients of its own. */
  clients: { env: AwsEnvironment } | SourceClients
  /** Makes the limit of a source; `worker.inFlight` objects by default. */
  createLimit?: () => AdaptiveLimit
  /** In place of the sources' stores. Sends one request, and does not try again. */
  fetchObject?: FetchObject
}

/** The path for objects that no queue announces, such as those of a listing. */
export type BulkIngest = {
  /** Its `fetchObject` sends one request; `loadListed` tries again. */
  ingest: Ingest
  clients: SourceClients
  /** One limit for each source, so that a store that throttles slows only its own objects down. */
  limitOf(source: { name: string }): AdaptiveLimit
  /** What happens when the store refuses a page of the source's listing for now. */
  onListRetry(source: { name: string }): NonNullable<ListOptions['onRetry']>
  /** Call it when the last object has ended. */
  close(): Promise<void>
}

/** For listings, beside the objects. */
const listingConnections = 32

export function openBulkIngest(options: BulkIngestOptions): BulkIngest {
  const { config, logger, fetchObject } = options
  const { s3, worker } = config
  const sources = fetchObject === undefined ? config.sources : []
  const isShared = !('env' in options.clients)
  const connectionsMax = worker.inFlight + listingConnections
  const clients =
    'env' in options.clients
      ? openSourceClients({ sources, s3, env: options.clients.env, connectionsMax })
      : options.clients
  const { limitOf, slowDownAll } = createLimits(options)
  const ingest = openIngest({
    ...options,
    clients,
    fetchObject: fetchObject ?? fetchOnce(clients, worker.objectBytesMax),
    isLive: false,
    databaseSlow: slowDownAll,
  })
  return {
    ingest,
    clients,
    limitOf,
    onListRetry:
      (source) =>
      ({ error, waitMs }) => {
        limitOf(source).slowDown()
        const line = { source: source.name, error, waitMs: Math.round(waitMs) }
        logger.warn(line, 'the bucket did not list its next page; trying again')
      },
    async close() {
      try {
        await ingest.loader.drain()
        await ingest.drift.flush()
      } finally {
        if (!isShared) clients.destroy()
      }
    },
  }
}

type Limits = Pick<BulkIngest, 'limitOf'> & { slowDownAll(): void }

function createLimits({ config, permits, createLimit }: BulkIngestOptions): Limits {
  const create = createLimit ?? (() => createAdaptiveLimit({ inFlightMax: config.worker.inFlight }))
  const limits = new Map<string, AdaptiveLimit>()

  function limitOf({ name }: { name: string }): AdaptiveLimit {
    const known = limits.get(name)
    if (known !== undefined) return known
    const own = create()
    // Permits that others use, too, come on top.
    const limit: AdaptiveLimit =
      permits === undefined
        ? own
        : {
            ...own,
            run: (work, signal, isSuccess) => own.run(() => permits.run(work, signal), signal, isSuccess),
          }
    limits.set(name, limit)
    return limit
  }

  return {
    limitOf,
    slowDownAll() {
      for (const limit of limits.values()) limit.slowDown()
    },
  }
}
