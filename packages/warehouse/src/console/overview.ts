import { clockDrift } from '@aftercall/metadata/map/clock-drift'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { unlessPending } from '../connection/unless-pending.ts'
import { readClockProblems, readCollisions } from '../ledger/data-problems.ts'
import { type DriftRow, driftColumns } from '../load/drift-recorder.ts'
import { readHaltOfLastRun } from '../maintenance/maintenance-runs.ts'
import type { MonthSpan } from '../maintenance/months.ts'
import { readLastCheck } from '../rollups/check-rollups.ts'
import { readRollupLag } from '../rollups/refresh-rollups.ts'
import { type Migration, migrationStates } from '../schema/migrate.ts'
import type { Activity, ActivityReader } from './activity-reader.ts'
import { countSessions } from './count-sessions.ts'
import { describeSource, type RecordedSource } from './describe-source.ts'
import type { Overview, OverviewPart } from './overview-types.ts'
import { readFailing } from './read-failing.ts'
import { readNewestStored } from './read-newest-stored.ts'
import { readDefaultPartitions, readMissingMonths } from './read-partitions.ts'
import { readWorkerState } from './read-worker-state.ts'
import { readOpenRejections } from './rejection-groups.ts'
import { findTroubledRuns } from './runs.ts'
import { countByHour, lagsByHour, summarizeSource } from './summarize-activity.ts'
import { tooSlow, withinLimit } from './within-limit.ts'

export type OverviewOptions = {
  migrations: readonly Migration[]
  months: MonthSpan
  /** Kept from one overview to the next, because it reads only what is new. */
  readActivity: ActivityReader
}

/** A read that has not started by then is left out. */
const beginMsMax = 6_000

/**
 * The state of everything, by queries that end within the statement timeout no matter how much is stored: by index, up to a
 * bound, or from a sample. Uses at most two connections.
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
  // It is awaited below; until then its failure must not count as unhandled.
  reading.catch(() => {})
  const failing = await within('failing', () => readFailing(db))
  const rejections = await within('rejections', () => readOpenRejections(db))
  const newestStored = await within('sessions', () => readNewestStored(db, names))
  const sessions = await within('sessions', () => countSessions(db, names))
  const defaults = await within('partitions', () => readDefaultPartitions(db, readAt, options.months))
  const missingMonths = await within('partitions', () => readMissingMonths(db, readAt))
  const troubledRuns = await within('runs', () => unlessPending(findTroubledRuns(db), []))
  const heldRetention = await within('retention', () => unlessPending(readHaltOfLastRun(db), undefined))
  const workers = await within('workers', () => readWorkerState(db))
  const rollups = await within('rollups', () => unlessPending(readRollups(db), null))
  const newDrift = await within('drift', () => readNewDrift(db))
  const clocks = await within('drift', () => readClockProblems(db))
  const collisions = await within('collisions', () => unlessPending(readCollisions(db), []))
  const activity = await reading
  if (!isWhole(activity, readAt)) tookTooLong.add('activity')
  const read = { readAt, sessions, newestStored, failing, rejections }
  return {
    ...{ readAt, pendingMigrations, tookTooLong: [...tookTooLong], hours: countByHour(activity) },
    lags: lagsByHour(activity),
    sources: sources.map((source) =>
      describeSource(source, summarizeSource(activity, source.name, readAt), read),
    ),
    rejections: (rejections ?? []).map(({ code, open, lastDay, lastDaySources, sources }) => {
      return { code, open, lastDay, sources: lastDay.count === 0 ? sources : lastDaySources }
    }),
    waitingRows: defaults?.waitingRows ?? [],
    outsideRows: defaults?.outsideRows ?? { count: 0, about: false },
    missingMonths: missingMonths ?? [],
    newDrift: newDrift ?? [],
    clocks: clocks ?? [],
    collisions: collisions ?? [],
    troubledRuns: troubledRuns ?? [],
    heldRetention: heldRetention ?? null,
    workers,
    rollups,
  }
}

async function readRollups(db: Database): Promise<Overview['rollups']> {
  const lag = await readRollupLag(db)
  return { ...lag, lastCheck: (await readLastCheck(db)) ?? null }
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
