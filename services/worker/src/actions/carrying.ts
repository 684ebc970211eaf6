import type { Action } from '@aftercall/warehouse/actions/action'
import type { WorkerTools } from '../worker-tools.ts'

/** One action while it is carried out. */
export type Carrying = WorkerTools & {
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
}: WorkerTools) {
  return {
    ...{ config, db, clients, permits, bytes, mustStop, logger, metrics },
    ...{ mapper: live.mapper, drift: live.drift, batchesMax: 1 },
  }
}
