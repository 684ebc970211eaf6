import type { BoundedCount, Overview, OverviewPart } from '@aftercall/warehouse/console/overview-types'
import type { QueueState } from '@aftercall/warehouse/console/read-worker-state'

/** critical: data does not arrive or is not loaded; warning: someone must act; notice: good to know. */
export type ProblemSeverity = 'critical' | 'warning' | 'notice'

/** A problem as a code with its values. `word-problem.ts` has the words. */
export type FoundProblem = { severity: ProblemSeverity } & (
  | WorkerProblem
  | SourceProblem
  | DataProblem
  | DatabaseProblem
  | RunProblem
)

export type WorkerProblem =
  | { code: 'no_worker_known' }
  | { code: 'no_worker_running'; wasStopped: boolean; silentSeconds: number; waitingMessages: number }
  | { code: 'no_worker_receiving'; workers: number; lastErrorCode: string | null }
  | { code: 'workers_lost'; hosts: string[] }
  | { code: 'queue_late'; queue: QueueState; oldestSeconds: number }
  | { code: 'dead_letters'; queue: QueueState; messages: number }

export type SourceProblem =
  | { code: 'source_empty'; source: string; place: string }
  | { code: 'source_not_announced'; source: string; place: string }
  /** `expectedObjects`: as many arrived in the same time a day before; null if that is too few to compare with. */
  | {
      code: 'source_silent'
      source: string
      place: string
      minutes: number
      expectedObjects: number | null
    }
  | { code: 'objects_failed'; source: string; objects: BoundedCount }

export type DataProblem =
  | RejectionsProblem
  | { code: 'ids_shared'; source: string; ids: BoundedCount; example: string }
  | { code: 'times_impossible'; sources: string[]; kinds: Overview['clocks'] }
  | { code: 'drift_new'; sources: string[]; drift: Overview['newDrift'] }

export type RejectionsProblem = {
  code: 'rejections_open'
  sources: string[]
  counts: { code: string; count: number; about: boolean }[]
  /** Of the last 24 hours; otherwise all of them are older. */
  isFresh: boolean
  /** True if some of them belong to no source, as messages do that name no object. */
  hasNoSource: boolean
}

export type DatabaseProblem =
  | { code: 'migrations_pending'; migrations: number }
  | { code: 'retention_held'; haltCode: string }
  | { code: 'rows_in_default_partition'; tables: Overview['waitingRows'] }
  | { code: 'sessions_outside_months'; sessions: BoundedCount }
  | { code: 'months_missing'; months: string[] }
  | { code: 'rollups_late'; hours: number; minutes: number }
  | { code: 'rollups_differ'; day: string; rows: number }
  | { code: 'reads_too_slow'; parts: OverviewPart[] }

export type RunProblem =
  | { code: 'backfill_paused'; source: string; runId: string }
  | { code: 'reconcile_failed'; source: string; error: string | null }
