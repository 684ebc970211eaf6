import { listProblems } from '@aftercall/operator/problems/list-problems'
import type { Problem, ProblemTopic } from '@aftercall/operator/problems/problem'
import { wordProblem } from '@aftercall/operator/problems/word-problem'
import type { Config, DatabaseConfig } from '@aftercall/runtime/config/config'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { Database } from '@aftercall/warehouse/connection/database'
import { readDatabaseTime } from '@aftercall/warehouse/connection/database-clock'
import { hasTransactionPooler } from '@aftercall/warehouse/connection/find-pooler'
import { createActivityReader } from '@aftercall/warehouse/console/activity-reader'
import { readOverview } from '@aftercall/warehouse/console/overview'
import { countStrays, type StrayCount } from '@aftercall/warehouse/ledger/count-strays'
import { planMaintenance } from '@aftercall/warehouse/maintenance/maintain'
import type { MonthSpan } from '@aftercall/warehouse/maintenance/months'
import { type Migration, migrationStates } from '@aftercall/warehouse/schema/migrate'
import {
  judgeServer,
  judgeWrites,
  readServer,
  type ServerFacts,
  versionText,
} from '@aftercall/warehouse/schema/require-server'
import { withDatabase } from '../with-database.ts'
import { checkLakeState } from './check-lake-state.ts'
import type { CheckResult } from './check-result.ts'

const monthsShown = 10

/** All checks that read the database; a single problem if it is unreachable. */
export async function checkDatabase(
  config: Pick<Config, 'database' | 'console' | 'months'>,
  migrations: readonly Migration[],
): Promise<CheckResult[]> {
  try {
    return await withDatabase(config.database, async ({ db }) => {
      const facts = await readServer(db)
      const server = checkServer(facts)
      if (server.level === 'problem') return [server]
      const migrated = await checkMigrations(db, migrations)
      const pooler = await checkPooler(config.database)
      const results: CheckResult[] = [server, ...checkWrites(facts), ...pooler, migrated]
      if (migrated.level === 'problem') return results
      const state = await checkState(db, config, migrations)
      return [...results, ...state, ...(await checkLakeState(db)), checkStrays(await countStrays(db))]
    })
  } catch (error) {
    return [
      {
        check: 'database',
        level: 'problem',
        detail: describeError(error),
        fix: 'check database.url, the network and the server',
      },
    ]
  }
}

function checkServer(server: ServerFacts): CheckResult {
  const problem = judgeServer(server)
  if (problem === undefined) {
    const detail = `Postgres ${versionText(server.versionNumber)}, ${server.encoding}`
    return { check: 'database', level: 'ok', detail }
  }
  const fix = 'use a supported server and database, and set database.url to it'
  return { check: 'database', level: 'problem', detail: problem.message, fix }
}

/** Queries and the console work on a standby, so the other checks go on. */
function checkWrites(server: ServerFacts): CheckResult[] {
  const problem = judgeWrites(server)
  if (problem === undefined) return []
  const [detail = '', fix = ''] = problem.message.split('; ')
  return [{ check: 'writes', level: 'problem', detail, fix }]
}

/** Everything works behind a transaction pooler. It needs one session per concurrent transaction. */
async function checkPooler(config: DatabaseConfig): Promise<CheckResult[]> {
  const isPooled = await withDatabase({ ...config, poolMax: 2 }, ({ db }) => hasTransactionPooler(db))
  if (!isPooled) return []
  const detail =
    'a pooler gives each transaction another session; loading, reconcile, the console and aftercall sql support that'
  const fix =
    'allow this login database.poolMax + 8 pooler sessions per process (pgbouncer: default_pool_size); with fewer, loading is slower'
  return [{ check: 'pooler', level: 'notice', detail, fix }]
}

async function checkMigrations(db: Database, migrations: readonly Migration[]): Promise<CheckResult> {
  const states = await migrationStates(db, [...migrations])
  const namesOf = (state: string) =>
    states.filter((migration) => migration.state === state).map(({ name }) => name)
  const [pending, changed, unknown] = [namesOf('pending'), namesOf('changed'), namesOf('unknown')]
  if (pending.length > 0) {
    const found = { code: 'migrations_pending', severity: 'critical', migrations: pending.length } as const
    const problem = wordProblem(found)
    return asCheckResult('migrations', { ...problem, details: pending })
  }
  if (changed.length > 0) {
    const fix = 'restore these files: an applied migration must never change'
    return {
      check: 'migrations',
      level: 'problem',
      detail: `changed after they were applied: ${changed.join(', ')}`,
      fix,
    }
  }
  if (unknown.length > 0) {
    const detail = `the database is ahead of this release: ${unknown.join(', ')}`
    return { check: 'migrations', level: 'notice', detail, fix: 'update this installation soon' }
  }
  return { check: 'migrations', level: 'ok', detail: `all ${states.length} are applied` }
}

/** The months behind the console's words, which only a read of all partitions can tell. */
async function checkDefaultPartitions(
  db: Database,
  span: MonthSpan,
  problems: readonly Problem[],
): Promise<CheckResult[]> {
  const check = 'partitions'
  const now = await readDatabaseTime(db)
  const { drain, stay, misshapen } = await planMaintenance(db, { sources: [], now, span })
  const months = [
    ...(drain.length === 0 ? [] : [`to move: ${formatMonths(drain)}`]),
    ...(stay.length === 0
      ? []
      : [`outside months.yearsBack (${span.yearsBack}) and the months to come: ${formatMonths(stay)}`]),
  ]
  const found = problems.map((problem, index) =>
    asCheckResult(check, index === 0 ? { ...problem, details: months } : problem),
  )
  if (found.length > 0) return found
  if (misshapen.length > 0) {
    const detail = `the partitions of these months do not begin or end with the month: ${misshapen.join(', ')}`
    const fix = 'nothing to do: queries find the rows, and retention deletes such a month row by row'
    return [{ check, level: 'notice', detail, fix }]
  }
  return [{ check, level: 'ok', detail: 'every month has its own partitions' }]
}

function formatMonths(months: readonly { month: string; tables: readonly { table: string }[] }[]): string {
  const shown = months
    .slice(0, monthsShown)
    .map(({ month, tables }) => `${month} (${tables.map(({ table }) => table).join(', ')})`)
  const more = months.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

/** A bucket may announce more than is loaded, so this is a problem only if no object belongs to a source. */
function checkStrays({ strays, objects }: StrayCount): CheckResult {
  const check = 'announced objects'
  if (strays === 0) return { check, level: 'ok', detail: 'all of the last 48 hours belong to a source' }
  const detail = `${strays} of ${objects} objects of the last 48 hours belong to no source and were ignored`
  if (strays < objects) return { check, level: 'ok', detail }
  const fix = `compare sources[].bucket and prefix with: aftercall sql "select bucket, object_key from ingest.object where code = 'no_source' limit 5"`
  return { check, level: 'problem', detail, fix }
}

/** `ok`: what to print if nothing is found; without it, nothing is printed. */
type Topic = { check: string; about: ProblemTopic[]; ok?: string }

/** The problems that the console's overview shows, from the same list, so that the two never disagree. */
const topics: Topic[] = [
  { check: 'workers', about: ['workers'], ok: 'reporting and receiving' },
  { check: 'data', about: ['sources', 'failures', 'reads'], ok: 'no problems' },
  { check: 'rejections', about: ['rejections'], ok: 'none are open' },
  { check: 'partitions', about: ['partitions'] },
  { check: 'schema drift', about: ['drift'], ok: 'nothing new in the last seven days' },
  {
    check: 'session ids',
    about: ['identity'],
    ok: 'no two sessions have shared an id in the last seven days',
  },
  {
    check: 'times in documents',
    about: ['clocks'],
    ok: 'all times of the last seven days are plausible',
  },
  { check: 'runs', about: ['runs'], ok: 'none failed or need to be resumed' },
  { check: 'retention', about: ['retention'] },
  { check: 'rollups', about: ['rollups'], ok: 'up to date' },
]

async function checkState(
  db: Database,
  { console, months }: Pick<Config, 'console' | 'months'>,
  migrations: readonly Migration[],
): Promise<CheckResult[]> {
  const overview = await readOverview(db, { migrations, months, readActivity: createActivityReader(db) })
  // Dead letters are counted at the queues, because what workers report is some seconds old.
  const problems = listProblems(overview, console).filter((problem) => !isAboutDeadLetters(problem))
  const ofTopic = (about: readonly ProblemTopic[]) =>
    problems.filter((problem) => about.includes(problem.about))
  const partitions = await checkDefaultPartitions(db, months, ofTopic(['partitions']))
  return topics.flatMap(({ check, about, ok }): CheckResult[] => {
    if (check === 'partitions') return partitions
    const found = ofTopic(about)
    if (found.length === 0) return ok === undefined ? [] : [{ check, level: 'ok', detail: ok }]
    return found.map((problem) => asCheckResult(check, problem))
  })
}

const isAboutDeadLetters = ({ about, runbookAnchor }: Problem): boolean =>
  about === 'workers' && runbookAnchor === 'dead-letters'

function asCheckResult(check: string, problem: Problem): CheckResult {
  const { severity, about, what, whatToDo, command, details } = problem
  // Keys may contain line breaks, which visibleText replaces: one line each.
  const lines = (details ?? []).map((line) => `\n    ${visibleText(line)}`).join('')
  // Of sessions that share an id, only one is in the tables.
  const level = severity === 'critical' || about === 'identity' ? 'problem' : 'notice'
  // Advising to run doctor makes no sense here.
  const toRun = command === null || command === 'aftercall doctor' ? {} : { command }
  return { check, level, detail: `${visibleText(what)}${lines}`, fix: whatToDo, ...toRun }
}
