import { clockDrift } from '@aftercall/metadata/map/clock-drift'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { unlessPending } from '../connection/unless-pending.ts'
import {
  type ClockProblem,
  type CollisionProblem,
  readClockProblems,
  readCollisions,
} from '../ledger/data-problems.ts'
import type { LedgerOutcome } from '../ledger/ledger.ts'
import { type DriftRow, driftColumns } from '../load/drift-recorder.ts'
import { readHaltOfLastRun } from '../maintenance/maintenance-runs.ts'
import type { MonthSpan } from '../maintenance/months.ts'
import { type Migration, migrationStates } from '../schema/migrate.ts'
import type { Activity, ActivityReader } from './activity-reader.ts'
import { countSessions } from './count-sessions.ts'
import { describeSource, type RecordedSource } from './describe-source.ts'
import { readFailing } from './read-failing.ts'
import { readNewestStored } from './read-newest-stored.ts'
import { readMissingMonths, readOutsideRows, readWaitingRows } from './read-partitions.ts'
import { readWorkerState, type WorkerState } from './read-worker-state.ts'
import { readOpenRejections } from './rejection-groups.ts'
import { findTroubledRuns } from './runs.ts'
import { countByHour, summarizeSource } from './summarize-activity.ts'
import { tooSlow, withinLimit } from './within-limit.ts'

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

/** Objects by how they ended. A ledger row counts where it was settled last. */
export type OutcomeCounts = Partial<Record<LedgerOutcome, number>>

/** From a sample, which stands for so many. */
export type Spread = { count: number; p50Seconds: number; p95Seconds: number }

/** `about`: there may be more; counting ended at a bound, or the planner's statistics told. */
export type BoundedCount = { count: number; about: boolean }

export type SourceOverview = {
  source: string
  bucket: string
  prefix: string
  /** The newest time at which the store announced an object; null when none that was settled within 48 hours. */
  lastEventAt: Date | null
  /** When an object of it was settled last. Where none was within 48 hours: when its newest sessions were stored. */
  lastSettledAt: Date | null
  /** The same of what landed: announced by the store, or found by polling it. Null when none did within 48 hours. */
  lastLandedAt: Date | null
  /** By the database's clock. */
  minutesSinceSettled: number | null
  /** Of the last 24 hours and of the 24 before, to ten minutes. Null when that took too long. */
  lastDay: OutcomeCounts | null
  dayBefore: OutcomeCounts | null
  /** Announced → committed. Null without any, or when that took too long. */
  lag: { lastHour: Spread | null; lastDay: Spread | null }
  /** Session's end → committed, of announced sessions that were stored for the first time. */
  freshness: { lastHour: Spread | null; lastDay: Spread | null }
  sessions: BoundedCount | null
  /** Objects that are tried again, or whose message is a dead letter; however long ago they failed. */
  failing: BoundedCount | null
  openRejections: BoundedCount | null
}

/** One hour of one source. Hours without any object are not there. */
export type HourCounts = {
  hour: Date
  source: string
  outcomes: OutcomeCounts
  /** Of all of them those that landed: announced by the store, or found by polling it. */
  landed: number
}

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
  /** What took longer than the statement timeout: what it tells is null or empty, and `hours` may begin later. */
  tookTooLong: OverviewPart[]
  sources: SourceOverview[]
  /** Of the last 48 hours (UTC), the oldest first. */
  hours: HourCounts[]
  /** Open ones by code, over all sources. */
  rejections: {
    code: string
    open: BoundedCount
    lastDay: BoundedCount
    /** Of those of the last day, or of all where that has none. */
    sources: string[]
  }[]
  /** Rows that wait in a default partition, by table; only tables with any. */
  waitingRows: { table: string; rows: BoundedCount }[]
  /** Sessions whose month lies outside the span that is configured; they stay in the default partition. */
  outsideRows: BoundedCount
  /** Of this month and the next, those that have no partitions yet. `2026-03` */
  missingMonths: string[]
  /** Places that no column takes, first seen within seven days; the newest 20. */
  newDrift: DriftRow[]
  /** Ids that different sessions share, by source. */
  collisions: CollisionProblem[]
  clocks: ClockProblem[]
  /** The newest backfill and the newest comparison of each source, where it failed or nobody is at it. */
  troubledRuns: TroubledRun[]
  /** Why the last maintenance removed nothing; null where it was not held back. */
  heldRetention: { code: string; endedAt: Date } | null
  pendingMigrations: number
  /** Null where it took too long, or before its migration. */
  workers: WorkerState | null
}

export type OverviewOptions = {
  migrations: readonly Migration[]
  months: MonthSpan
  /** Kept from one overview to the next: it reads only what is new. */
  readActivity: ActivityReader
}

/** What is not begun by then is left out. */
const beginMsMax = 6_000

/**
 * What goes on, in queries that each end within the statement timeout however much is stored: by index, up to a bound, or
 * from a sample. Takes two connections at the most.
 */
export async function readOverview(db: Database, options: OverviewOptions): Promise<Overview> {
  const startedMs = performance.now()
  const pendingMigrations = await countPendingMigrations(db, options.migrations)
  const [readAt, sources] = await readSources(db)
  const names = sources.map((one) => one.name)
  const tookTooLong = new Set<OverviewPart>()
  async function within<Answer>(part: OverviewPart, read: () => Promise<Answer>): Promise<Answer | null> {
    const isLate = performance.now() - startedMs > beginMsMax
    const answer = isLate ? tooSlow : await withinLimit(read())
    if (answer !== tooSlow) return answer
    tookTooLong.add(part)
    return null
  }
  const reading = options.readActivity(readAt)
  // Its failure is told below, also when something else fails before.
  reading.catch(() => {})
  const failing = await within('failing', () => readFailing(db))
  const rejections = await within('rejections', () => readOpenRejections(db))
  const newestStored = await within('sessions', () => readNewestStored(db, names))
  const sessions = await within('sessions', () => countSessions(db, names))
  const waitingRows = await within('partitions', () => readWaitingRows(db, readAt, options.months))
  const outsideRows = await within('partitions', () => readOutsideRows(db, readAt, options.months))
  const missingMonths = await within('partitions', () => readMissingMonths(db, readAt))
  const troubledRuns = await within('runs', () => unlessPending(findTroubledRuns(db), []))
  const heldRetention = await within('retention', () => unlessPending(readHaltOfLastRun(db), undefined))
  const workers = await within('workers', () => readWorkerState(db))
  const newDrift = await within('drift', () => readNewDrift(db))
  const clocks = await within('drift', () => readClockProblems(db))
  const collisions = await within('collisions', () => unlessPending(readCollisions(db), []))
  const activity = await reading
  if (!isWhole(activity, readAt)) tookTooLong.add('activity')
  const read = { readAt, sessions, newestStored, failing, rejections }
  return {
    ...{ readAt, pendingMigrations, tookTooLong: [...tookTooLong], hours: countByHour(activity) },
    sources: sources.map((source) =>
      describeSource(source, summarizeSource(activity, source.name, readAt), read),
    ),
    rejections: (rejections ?? []).map(({ code, open, lastDay, lastDaySources, sources }) => {
      return { code, open, lastDay, sources: lastDay.count === 0 ? sources : lastDaySources }
    }),
    waitingRows: waitingRows ?? [],
    outsideRows: outsideRows ?? { count: 0, about: false },
    missingMonths: missingMonths ?? [],
    newDrift: newDrift ?? [],
    clocks: clocks ?? [],
    collisions: collisions ?? [],
    troubledRuns: troubledRuns ?? [],
    heldRetention: heldRetention ?? null,
    workers,
  }
}

function isWhole({ since }: Activity, readAt: Date): boolean {
  return readAt.getTime() - since.getTime() > 47.5 * 3_600_000
}

async function countPendingMigrations(db: Database, migrations: readonly Migration[]): Promise<number> {
  const states = await migrationStates(db, [...migrations])
  return states.filter((one) => one.state === 'pending').length
}

async function readSources(db: Database): Promise<[Date, RecordedSource[]]> {
  const clock = await sql<{ now: Date }>`select now()`.execute(db)
  const sources = await db
    .selectFrom('ingest.source')
    .select(['name', 'bucket', 'prefix'])
    .orderBy('name')
    .execute()
  return [clock.rows[0]?.now ?? new Date(), sources]
}

async function readNewDrift(db: Database): Promise<Overview['newDrift']> {
  const answer = await sql<DriftRow>`
    select ${driftColumns}
    from ingest.schema_drift
    where first_seen_at >= now() - interval '7 days' and not starts_with(json_type, ${clockDrift})
    order by first_seen_at desc, source, json_path, json_type limit 20
  `.execute(db)
  return answer.rows
}
