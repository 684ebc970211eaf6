import { overallStatus } from '@aftercall/operator/overall-status'
import { listProblems } from '@aftercall/operator/problems/list-problems'
import type { Config, DatabaseConfig } from '@aftercall/runtime/config/config'
import { sharePending } from '@aftercall/runtime/limits/share-pending'
import type { ReadyCheck } from '@aftercall/runtime/process/health-server'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { checkDatabase } from '@aftercall/warehouse/connection/check-database'
import { type DatabaseHandle, openDatabase } from '@aftercall/warehouse/connection/database'
import { createActivityReader } from '@aftercall/warehouse/console/activity-reader'
import { readDays } from '@aftercall/warehouse/console/days'
import { readOverview } from '@aftercall/warehouse/console/overview'
import type { Overview } from '@aftercall/warehouse/console/overview-types'
import {
  groupsOfSource,
  type RejectionPageOptions,
  readOpenRejections,
  readRejectionDetails,
  readRejectionPage,
} from '@aftercall/warehouse/console/rejection-groups'
import { readRuns } from '@aftercall/warehouse/console/runs'
import { readSourceNames } from '@aftercall/warehouse/ledger/sources'
import { readDrift } from '@aftercall/warehouse/load/drift-recorder'
import { readRetention } from '@aftercall/warehouse/maintenance/retention/retention-record'
import type { Migration } from '@aftercall/warehouse/schema/migrate'
import type { AnalyticsAnswer } from './analytics-answer.ts'
import type { Answers } from './answers.ts'
import type { Followed } from './changes/changes.ts'
import { countDays } from './count-days.ts'
import type { ObjectsQuery, SessionsQuery } from './list-answers.ts'
import { type ChartQuery, openChart } from './open-chart.ts'
import { openActionReads } from './read-actions.ts'
import { type AnalyticsQuery, readAnalytics } from './read-analytics.ts'
import { readHistory } from './read-history.ts'
import { readObjects } from './read-objects.ts'
import { readSessions } from './read-sessions.ts'
import { selectSource } from './select-source.ts'
import { shareAnswer } from './share-answer.ts'
import { shareByKey } from './share-by-key.ts'
import { countObjects } from './views/outcome-words.ts'

/** What pages show. They reject with errors of the database. */
export type Reads = {
  overview(query: ChartQuery): Promise<Answers['overview']>
  /** Undefined if no source has this name. */
  source(name: string): Promise<Answers['source'] | undefined>
  /** Of one source, or of all. */
  rejections(source: string | null): Promise<Answers['rejections']>
  rejectionGroup(options: RejectionPageOptions): Promise<Answers['rejectionGroup']>
  /** Undefined if there is no rejection with this id. */
  rejection(id: string): Promise<Answers['rejection'] | undefined>
  history(of: string): Promise<Answers['history']>
  sessions(query: SessionsQuery): Promise<Answers['sessions']>
  objects(query: ObjectsQuery): Promise<Answers['objects']>
  drift(source: string | null): Promise<Answers['drift']>
  runs(): Promise<Answers['runs']>
  retention(): Promise<Answers['retention']>
  /** `before`: the number of the last action of the page before. */
  actions(before: string | null): Promise<Answers['actions']>
  /** Undefined if there is no action with this number. */
  action(id: string): Promise<Answers['action'] | undefined>
  /** Reads actions again: for a change that was made here. */
  forgetActions(): void
  /** Another text each time that there is something new. */
  states: Record<Followed, () => Promise<string>>
  newBackfill(): Promise<Answers['newBackfill']>
  days(count: number, source: string | null): Promise<Answers['days']>
  analytics(query: AnalyticsQuery): Promise<AnalyticsAnswer>
  ready(): Promise<ReadyCheck[]>
  close(): Promise<void>
}

export type ReadsOptions = {
  database: DatabaseConfig
  console: Config['console']
  months: Config['months']
  migrations: readonly Migration[]
  logger: Logger
}

/** Connections of the console: three for pages, one for slow counts. All are read-only. */
const pageConnections = 3
const pageSeconds = 5
const countSeconds = 60

const driftRowsMax = 500

export function openReads({ database, console, months, migrations, logger }: ReadsOptions): Reads {
  const pages = open(database, logger, { poolMax: pageConnections, statementTimeoutSeconds: pageSeconds })
  const counting = open(database, logger, { poolMax: 1, statementTimeoutSeconds: countSeconds })
  const { db } = pages
  const readActivity = createActivityReader(db)
  const overview = shareAnswer(
    async () => {
      const overview = await readOverview(db, { migrations, months, readActivity })
      const problems = listProblems(overview, console)
      return { status: overallStatus(overview, problems), problems, overview }
    },
    { isCheap: ({ overview }) => isSmall(overview) },
  )
  // The number of runs is bounded.
  const runs = shareAnswer(() => readRuns(db), { isCheap: () => true })
  const groups = shareAnswer(() => readOpenRejections(db))
  const drift = shareAnswer(async () => {
    const rows = await readDrift(db, driftRowsMax + 1)
    return { rows: rows.slice(0, driftRowsMax), isCut: rows.length > driftRowsMax }
  })
  const actions = openActionReads(db)
  const readChart = openChart(db)
  const days = countDays((span) => readDays(counting.db, span))
  return {
    overview: async (query) => {
      const state = await overview()
      return { ...state, chart: await readChart(query, state.overview) }
    },
    source: async (name) => selectSource(name, await overview(), await runs()),
    rejections: async (source) => ({ source, groups: groupsOfSource(await groups(), source) }),
    rejectionGroup: (options) => readRejectionPage(db, options),
    rejection: (id) => readRejectionDetails(db, id),
    history: (of) => readHistory(db, of),
    ...{ actions: actions.page, action: actions.one, forgetActions: actions.forget },
    states: {
      overview: async () => (await overview()).overview.readAt.toISOString(),
      actions: actions.state,
    },
    newBackfill: async () => ({ sources: await readSourceNames(db) }),
    sessions: (query) => readSessions(db, query),
    objects: (query) => readObjects(db, query),
    drift: async (source) => {
      const { rows, isCut } = await drift()
      return { source, rows: rows.filter((row) => source === null || row.source === source), isCut }
    },
    runs,
    retention: () => readRetention(db),
    days: async (count, source) => {
      const answer = await days(count)
      const isOwn = (one: { source: string }): boolean => source === null || one.source === source
      return {
        ...answer,
        ...{ count, source },
        sources: answer.sources.filter((one) => isOwn({ source: one })),
        days: answer.days.filter(isOwn),
      }
    },
    analytics: shareByKey((query: AnalyticsQuery) => readAnalytics(db, query)),
    ready: sharePending(async () => [await checkDatabase(db, migrations, { writes: false })]),
    close: async () => {
      await Promise.all([pages.close(), counting.close()])
    },
  }
}

/** Objects of 48 hours. Reading a ledger of this size takes a fraction of a second. */
const smallObjects = 100_000

function isSmall({ hours, tookTooLong }: Overview): boolean {
  const objects = hours.reduce((sum, { outcomes }) => sum + countObjects(outcomes), 0)
  // On a busy machine some reads of a small ledger are slow, too. If nothing could be read, the size is unknown.
  const isUnknown = objects === 0 && tookTooLong.includes('activity')
  return !isUnknown && objects <= smallObjects
}

function open(
  database: DatabaseConfig,
  logger: Logger,
  bounds: { poolMax: number; statementTimeoutSeconds: number },
): DatabaseHandle {
  return openDatabase({
    ...database,
    ...bounds,
    readOnly: true,
    connectMsMax: 5_000,
    applicationName: 'aftercall-console',
    onIdleError: (error) => logger.warn({ error }, 'an idle database connection broke; the pool replaces it'),
  })
}
