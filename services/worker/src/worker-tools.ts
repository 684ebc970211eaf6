import type { Ingest } from '@aftercall/ingest/ingest-types'
import type { StopReason } from '@aftercall/ingest/outcome'
import type { SourceClients } from '@aftercall/ingest/sources/source-clients'
import type { Config } from '@aftercall/runtime/config/config'
import type { MemoryBudget } from '@aftercall/runtime/limits/memory-budget'
import type { Permits } from '@aftercall/runtime/limits/permits'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { Database } from '@aftercall/warehouse/connection/database'

/** What a worker lends to bulk work beside live traffic: to reconcile jobs and to actions. */
export type WorkerTools = {
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
