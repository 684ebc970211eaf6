import type { ListedObject } from '@aftercall/ingest/bulk/compare-page'
import type { PageResult } from '@aftercall/ingest/bulk/work-shard'
import type { SourceConfig } from '@aftercall/runtime/config/config'
import type { BackfillOptions } from '../backfill-options.ts'
import type { LoadTotals } from '../read-totals.ts'

/** The hidden command that a backfill starts for each of its workers. */
export const workerCommand = 'backfill-worker'

/** What a backfill worker needs to begin. It reads no configuration of its own, which could have changed since. */
export type WorkerOpening = {
  config: BackfillOptions['config']
  source: SourceConfig
  /** Of this worker alone. */
  maxRate: number | undefined
}

/** What a backfill tells its workers. */
export type WorkerOrder =
  | ({ kind: 'open' } & WorkerOpening)
  | { kind: 'load'; id: number; objects: readonly ListedObject[] }
  /** Ends what is in flight, and begins nothing more. */
  | { kind: 'stop' }
  /** The store throttles the listing. */
  | { kind: 'slowDown' }
  /** Nothing more comes: finish, and exit. */
  | { kind: 'close' }

/** What a worker answers. Both sides are the same build, so neither checks the other's messages. */
export type WorkerReport =
  | { kind: 'ready' }
  /** It cannot begin, and exits. */
  | { kind: 'refused'; message: string }
  /** `totals` since it began. */
  | { kind: 'loaded'; id: number; result: PageResult; totals: WorkerTotals }
  | { kind: 'stopped'; id: number }
  /** Nothing can go on until someone has repaired something. */
  | { kind: 'mustStop'; message: string }

export type WorkerTotals = LoadTotals & { inFlightMax: number }
