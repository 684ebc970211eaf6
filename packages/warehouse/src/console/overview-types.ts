import type { ClockProblem, CollisionProblem } from '../ledger/data-problems.ts'
import type { LedgerOutcome } from '../ledger/ledger.ts'
import type { DriftRow } from '../load/drift-recorder.ts'
import type { LastCheck } from '../rollups/check-rollups.ts'
import type { RollupLag } from '../rollups/refresh-rollups.ts'
import type { WorkerState } from './read-worker-state.ts'

/** A part of the overview that is read by a query of its own. */
export type OverviewPart =
  | 'activity'
  | 'sessions'
  | 'failing'
  | 'rejections'
  | 'partitions'
  | 'drift'
  | 'collisions'
  | 'runs'
  | 'retention'
  | 'workers'
  | 'rollups'

/** Objects by outcome. A ledger row counts at the time of its last outcome. */
export type OutcomeCounts = Partial<Record<LedgerOutcome, number>>

/** From a sample; `count` is the number of objects that it represents. */
export type Spread = { count: number; p50Seconds: number; p95Seconds: number }

/** `about`: there may be more, because counting ended at a bound or the planner's statistics were asked. */
export type BoundedCount = { count: number; about: boolean }

export type SourceOverview = {
  source: string
  bucket: string
  prefix: string
  /** When the store announced the newest object that ended within 48 hours; null without any. */
  lastEventAt: Date | null
  /** When its last object ended. If none did within 48 hours: when its newest sessions were stored. */
  lastSettledAt: Date | null
  /** When the last object ended that had landed: announced by the store, or found by polling. Null if none did within 48 hours. */
  lastLandedAt: Date | null
  /** By the database's clock. */
  minutesSinceSettled: number | null
  /** The last 24 hours and the 24 before, to ten minutes. Null if reading them took too long. */
  lastDay: OutcomeCounts | null
  dayBefore: OutcomeCounts | null
  /** Announced → committed. Null without any, or if reading it took too long. */
  lag: { lastHour: Spread | null; lastDay: Spread | null }
  /** Session's end → committed, for announced sessions that were stored for the first time. */
  freshness: { lastHour: Spread | null; lastDay: Spread | null }
  sessions: BoundedCount | null
  /** Objects that will be tried again, or whose message is a dead letter, no matter when they failed. */
  failing: BoundedCount | null
  openRejections: BoundedCount | null
}

/** One hour of one source. Hours without objects are left out. */
export type HourCounts = {
  hour: Date
  source: string
  outcomes: OutcomeCounts
  /** Those that landed: announced by the store, or found by polling. */
  landed: number
}

/** Lag of one hour: of one source, or of all if `source` is null. Hours without announced objects are left out. */
export type HourLag = { hour: Date; source: string | null; lag: Spread }

export type TroubledRun = {
  kind: 'backfill' | 'reconcile'
  runId: string
  source: string
  state: 'failed' | 'paused'
  since: Date
  error: string | null
}

export type Overview = {
  /** By the database's clock. */
  readAt: Date
  /** What took longer than the statement timeout. Its values are null or empty, and `hours` may begin later. */
  tookTooLong: OverviewPart[]
  sources: SourceOverview[]
  /** The last 48 hours (UTC), oldest first. */
  hours: HourCounts[]
  lags: HourLag[]
  /** Open rejections by code, over all sources. */
  rejections: {
    code: string
    open: BoundedCount
    lastDay: BoundedCount
    /** Those of the last day; if there are none, all of them. */
    sources: string[]
  }[]
  /** Rows that wait in a default partition, by table; tables without any are left out. */
  waitingRows: { table: string; rows: BoundedCount }[]
  /** Sessions whose month is outside the configured span; they stay in the default partition. */
  outsideRows: BoundedCount
  /** This month and the next, if they have no partitions yet. `2026-03` */
  missingMonths: string[]
  /** Places without a column, first seen within seven days; the newest 20. */
  newDrift: DriftRow[]
  /** Ids that several sessions share, by source. */
  collisions: CollisionProblem[]
  clocks: ClockProblem[]
  /** The newest backfill of each source if it is paused, and its newest reconcile of each purpose if it failed. */
  troubledRuns: TroubledRun[]
  /** Why the last maintenance removed nothing; null if it was not held back. */
  heldRetention: { code: string; endedAt: Date } | null
  pendingMigrations: number
  /** Null if reading it took too long, or before its migration. */
  workers: WorkerState | null
  /** How far the rollups are behind, and the last check. Null if reading it took too long, or before its migration. */
  rollups: (RollupLag & { lastCheck: LastCheck | null }) | null
}
