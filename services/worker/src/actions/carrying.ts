import type { Ingest } from '@aftercall/ingest/ingest-types'
import type { StopReason } from '@aftercall/ingest/outcome'
import type { SourceClients } from '@aftercall/ingest/sources/source-clients'
import type { Config } from '@aftercall/runtime/config/config'
import type { MemoryBudget } from '@aftercall/runtime/limits/memory-budget'
import type { Permits } from '@aftercall/runtime/limits/permits'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { Action } from '@aftercall/warehouse/actions/action'
import type { Database } from '@aftercall/warehouse/connection/database'

/** What the worker lends to actions. */
export type ActionTools = {
  config: Config
  db: Database
  clients: SourceClients
  /** Drift is counted together with that of live traffic, and the thread for large objects is shared. */
  live: Pick<Ingest, 'drift' | 'mapper'>
  /** The permits and bytes that live traffic leaves. */
  permits: Permits
  bytes: MemoryBudget
  mustStop(reason: StopReason): void
  host: string
  logger: Logger
  metrics: Metrics
}

/** One action while it is carried out. */
export type Carrying = ActionTools & {
  action: Action
  /** Fires when the action is cancelled, the worker stops, or another worker has taken the action over. */
  signal: AbortSignal
  /** The counts so far, which are written every few seconds. */
  noteCounts(counts: Action['counts']): void
}

/** Objects of an action in flight, beside those of the queues. */
export const actionInFlightMax = 64

/** How openBulkIngest is called for an action: in batches of its own, because live objects would wait for these in shared ones. */
export function bulkOptionsOf({
  config,
  db,
  clients,
  live,
  permits,
  bytes,
  mustStop,
  logger,
  metrics,
}: ActionTools) {
  return {
    ...{ config, db, clients, permits, bytes, mustStop, logger, metrics },
    ...{ mapper: live.mapper, drift: live.drift, batchesMax: 1 },
  }
}
