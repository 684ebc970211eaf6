import type { BackfillRequest } from '@aftercall/ingest/bulk/backfill-request'
import type { IngestConfig } from '@aftercall/ingest/open-ingest'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { Database } from '@aftercall/warehouse/connection/database'

/** What a backfill loads, from where, and with what. */
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
  /** Processes that load; 1 is this one. */
  workers: number
  /** Called with a text for people when nothing can go on until someone has repaired something. */
  mustStop(message: string): void
}
