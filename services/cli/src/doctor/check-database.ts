import { listProblems } from '@aftercall/operator/problems/list-problems'
import type { Problem, ProblemTopic } from '@aftercall/operator/problems/problem'
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
  readServer,
  type ServerFacts,
  versionText,
} from '@aftercall/warehouse/schema/require-server'
import { withDatabase } from '../with-database.ts'
import type { CheckResult } from './check-result.ts'

const monthsShown = 10

/** Everything that can be known from the database; one finding when it is out of reach. */
export async function checkDatabase(
  config: Pick<Config, 'database' | 'console' | 'months'>,
  migrations: readonly Migration[],
): Promise<CheckResult[]> {
  try {
    return await withDatabase(config.database, async ({ db }) => {
      const server = checkServer(await readServer(db))
      if (server.level === 'problem') return [server]
      const migrated = await checkMigrations(db, migrations)
      const results: CheckResult[] = [server, ...(await checkPooler(config.database)), migrated]
      if (migrated.level === 'problem') return results
      return [...results, ...(await checkState(db, config, migrations)), checkStrays(await countStrays(db))]
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
  const fix = 'use a server and a database that can hold the tables, and correct database.url'
  return { check: 'database', level: 'problem', detail: problem.message, fix }
}

/** Everything works behind one. It needs a session for each transaction of a moment, and none for longer. */
async function checkPooler(config: DatabaseConfig): Promise<CheckResult[]> {
  const isPooled = await withDatabase({ ...config, poolMax: 2 }, ({ db }) => hasTransactionPooler(db))
  if (!isPooled) return []
  const detail =
    'a pooler gives each transaction another session; loading, comparing, the console and aftercall sql work with that'
  const fix =
    'allow this login database.poolMax + 8 sessions of the pooler for each process (pgbouncer: default_pool_size); fewer make loading slower'
  return [{ check: 'pooler', level: 'notice', detail, fix }]
}

async function checkMigrations(db: Database, migrations: readonly Migration[]): Promise<CheckResult> {
  const states = await migrationStates(db, [...migrations])
  const named = (state: string) => states.filter((one) => one.state === state).map((one) => one.name)
  const [pending, changed, unknown] = [named('pending'), named('changed'), named('unknown')]
  if (pending.length > 0) {
    return {
      check: 'migrations',
      level: 'problem',
      detail: `pending: ${pending.join(', ')}`,
      fix: 'aftercall migrate',
    }
  }
  if (changed.length > 0) {
    const fix = 'restore these files: an applied migration never changes'
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
  return { check: 'migrations', level: 'ok', detail: `${states.length} are applied` }
}

async function checkDefaultPartitions(db: Database, span: MonthSpan): Promise<CheckResult> {
  const check = 'partitions'
  const now = await readDatabaseTime(db)
  const { drain, stay, misshapen } = await planMaintenance(db, { sources: [], now, span })
  if (drain.length > 0) {
    const detail = `rows of these months wait in a default partition: ${formatMonths(drain)}`
    return { check, level: 'notice', detail, fix: 'aftercall maintain' }
  }
  if (stay.length > 0) {
    const detail = `rows of months outside the configured span stay in a default partition: ${formatMonths(stay)}`
    const fix = `see whether created_at of these sessions is right; if it is, raise months.yearsBack (now ${span.yearsBack}) and run aftercall maintain`
    return { check, level: 'notice', detail, fix }
  }
  if (misshapen.length > 0) {
    const detail = `partitions of these months begin or end at another time than the month: ${misshapen.join(', ')}`
    const fix = 'nothing to do: rows are found by their time, and retention deletes such a month row by row'
    return { check, level: 'notice', detail, fix }
  }
  return { check, level: 'ok', detail: 'every month has its own' }
}

function formatMonths(months: readonly { month: string; tables: readonly { table: string }[] }[]): string {
  const shown = months
    .slice(0, monthsShown)
    .map(({ month, tables }) => `${month} (${tables.map((one) => one.table).join(', ')})`)
  const more = months.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

/** A bucket may announce more than is loaded, so it is a problem only where nothing else comes. */
function checkStrays({ strays, objects }: StrayCount): CheckResult {
  const check = 'announced objects'
  if (strays === 0) return { check, level: 'ok', detail: 'all of the last 48 hours belong to a source' }
  const detail = `${strays} of ${objects} objects of the last 48 hours belong to no source, and were ignored`
  if (strays < objects) return { check, level: 'ok', detail }
  const fix = `compare sources[].bucket and prefix with: aftercall sql "select bucket, object_key from ingest.object where code = 'no_source' limit 5"`
  return { check, level: 'problem', detail, fix }
}

/** `ok`: what to say where nothing is found; without it nothing is said then. */
type Topic = { check: string; about: ProblemTopic[]; ok?: string }

/** What the console's overview looks for, too: the same list, so that neither says what the other denies. */
const topics: Topic[] = [
  { check: 'workers', about: ['workers'], ok: 'they report and receive' },
  { check: 'data', about: ['sources', 'failures', 'reads'], ok: 'it flows' },
  { check: 'rejections', about: ['rejections'], ok: 'none is open' },
  { check: 'partitions', about: ['partitions'], ok: 'every month has its own' },
  { check: 'schema drift', about: ['drift'], ok: 'nothing new within seven days' },
  { check: 'runs', about: ['runs'], ok: 'none failed or waits to be resumed' },
  { check: 'retention', about: ['retention'] },
]

async function checkState(
  db: Database,
  { console, months }: Pick<Config, 'console' | 'months'>,
  migrations: readonly Migration[],
): Promise<CheckResult[]> {
  const overview = await readOverview(db, { migrations, months, readActivity: createActivityReader(db) })
  // How many dead letters there are the doctor asks the queues themselves; what workers report is some seconds old.
  const problems = listProblems(overview, console).filter((one) => !isOfDeadLetters(one))
  const partitions = await checkDefaultPartitions(db, months)
  return topics.flatMap(({ check, about, ok }): CheckResult[] => {
    // The same rows, month by month.
    if (check === partitions.check && partitions.level !== 'ok') return [partitions]
    const found = problems.filter((one) => about.includes(one.about))
    if (found.length === 0) return ok === undefined ? [] : [{ check, level: 'ok', detail: ok }]
    return found.map((one) => asCheckResult(check, one))
  })
}

const isOfDeadLetters = ({ about, runbookAnchor }: Problem): boolean =>
  about === 'workers' && runbookAnchor === 'dead-letters'

function asCheckResult(check: string, { severity, what, whatToDo, command, details }: Problem): CheckResult {
  // Each on a line of its own, whatever line ends a key or a word holds.
  const lines = (details ?? []).map((line) => `\n    ${visibleText(line)}`).join('')
  const level = severity === 'critical' ? 'problem' : 'notice'
  // This is the doctor.
  const toRun = command === null || command === 'aftercall doctor' ? {} : { command }
  return { check, level, detail: `${visibleText(what)}${lines}`, fix: whatToDo, ...toRun }
}
