import type { Config } from '@aftercall/runtime/config/config'
import { createMemoryBudget, type MemoryBudget } from '@aftercall/runtime/limits/memory-budget'
import { createPermits, type Permits } from '@aftercall/runtime/limits/permits'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import { fetchObject } from '@aftercall/storage/objects/fetch-object'
import type { Database } from '@aftercall/warehouse/connection/database'
import { createDriftRecorder, type DriftRecorder } from '@aftercall/warehouse/load/drift-recorder'
import { createExpiryClock } from '@aftercall/warehouse/load/expiry-clock'
import type { LoaderEvents, Notice } from '@aftercall/warehouse/load/loader'
import { createFetchWithinLimit } from './fetching/fetch-within-limit.ts'
import { createIngestEvents, createLoaderEvents } from './ingest-events.ts'
import type { FetchObject, Ingest } from './ingest-types.ts'
import { openLoader } from './loading/open-loader.ts'
import { createBatchWatch } from './loading/watch-batches.ts'
import { createMapper, type Mapper } from './mapping/create-mapper.ts'
import { documentLimits } from './mapping/map-fetched.ts'
import { mappingSettingsOf } from './mapping/mapping-settings-of.ts'
import type { StopReason } from './outcome.ts'
import { createRefusalCheck } from './sources/refusal-of-all.ts'
import type { SourceClients } from './sources/source-clients.ts'
import { type SourceShare, undividedShare } from './sources/source-share.ts'
import { createStrayObjects } from './sources/stray-objects.ts'

/** What loading needs of the configuration. */
export type IngestConfig = Pick<
  Config,
  'database' | 'sources' | 'worker' | 'raw' | 'months' | 'extra' | 'identity' | 'encryption' | 'analytics'
>

export type OpenIngestOptions = {
  config: IngestConfig
  clients: SourceClients
  db: Database
  logger: Logger
  metrics: Metrics
  /** Ends the wait for a database that is out of reach. */
  signal: AbortSignal
  /** `worker.inFlight` permits by default. */
  permits?: Permits
  /** `worker.inFlightBytesMax` bytes by default. */
  bytes?: MemoryBudget
  /** One of its own by default; it starts a thread when it is first needed. */
  mapper?: Mapper
  /** One of its own by default, which its user has to flush. */
  drift?: DriftRecorder
  /** Not divided between the sources by default. */
  share?: SourceShare
  /** From the sources' stores by default, within an adaptive limit for each source, which also tries again. */
  fetchObject?: FetchObject
  /** Batches in flight. As many as the connections and `worker.inFlight` allow by default. */
  batchesMax?: number
  /** How long the first document of a batch waits for others; `worker.lingerMs` by default. */
  lingerMs?: number
  /**
   * Whether objects come as they land. For old objects, lag and freshness would say how old they are, not how late we
   * are. True by default.
   */
  isLive?: boolean
  /** Called when the database has become slow, or does not take a batch for now. */
  databaseSlow?: () => void
  /** Called for each notice, after it is logged and before its object ends. */
  onNotice?: (notice: Notice) => void
  /** Called when nothing can go on until someone has repaired something. Without it, everything is tried again. */
  mustStop?: (reason: StopReason) => void
}

/** The path as it is configured. `openBulkIngest` opens it for objects that no queue announces. */
export function openIngest(options: OpenIngestOptions): Ingest {
  const { config, clients, db, logger, metrics, signal } = options
  const { inFlight, objectBytesMax, inFlightBytesMax } = config.worker
  const now = (): Date => new Date()
  const limits = { objectBytesMax, ...documentLimits }
  const drift = options.drift ?? createDriftRecorder(db)
  const settings = mappingSettingsOf(config)
  const events = createIngestEvents({ logger, metrics, now, isLive: options.isLive ?? true })
  return {
    sources: config.sources.map((source) => ({ ...source, settings })),
    fetchObject:
      options.fetchObject ??
      createFetchWithinLimit({
        fetchObject: fetchOnce(clients, objectBytesMax),
        inFlightMax: inFlight,
        onRetry: events.fetchRetried,
        random: Math.random,
      }),
    refusalOfAll: createRefusalCheck(config.sources, clients),
    mapper: options.mapper ?? createMapper({ limits, onLargeEnd: events.largeEnded }),
    loader: openLoader({
      ...{ db, config, logger, metrics, signal, events: loaderEventsOf(options, drift) },
      batchesMax: options.batchesMax,
      lingerMs: options.lingerMs,
    }),
    drift,
    permits: options.permits ?? createPermits(inFlight),
    share: options.share ?? undividedShare,
    bytes: options.bytes ?? createMemoryBudget(inFlightBytesMax),
    limits,
    events,
    strays: createStrayObjects(logger),
    mustStop: options.mustStop ?? (() => {}),
    random: Math.random,
    expiryClock: createExpiryClock({
      db,
      onDisagreement: events.clocksDisagree,
      nowMs: () => performance.now(),
    }),
  }
}

/** Sends one request to the source's store. */
export function fetchOnce(clients: SourceClients, objectBytesMax: number): FetchObject {
  return (source, ref, signal, bytesMax = objectBytesMax) =>
    fetchObject(clients.getObjectOf(source), ref, { bytesMax, signal })
}

function loaderEventsOf(
  { logger, metrics, databaseSlow, onNotice }: OpenIngestOptions,
  drift: DriftRecorder,
): LoaderEvents {
  const logged = createLoaderEvents({ logger, metrics, drift })
  const events: LoaderEvents = {
    ...logged,
    noticed(notice) {
      logged.noticed(notice)
      onNotice?.(notice)
    },
  }
  if (databaseSlow === undefined) return events
  const watch = createBatchWatch()
  return {
    ...events,
    batchCommitted(batch) {
      if (watch.isSlow(batch)) databaseSlow()
      events.batchCommitted(batch)
    },
    batchRetried(batch) {
      databaseSlow()
      events.batchRetried(batch)
    },
  }
}
