import type { DatabaseConfig } from '@aftercall/runtime/config'
import { describeError } from '@aftercall/runtime/describe-error'
import { visibleText } from '@aftercall/runtime/visible-text'
import { countStrays, type StrayCount } from '@aftercall/warehouse/count-strays'
import type { Database } from '@aftercall/warehouse/database'
import { readDatabaseTime } from '@aftercall/warehouse/database-clock'
import { countOpenRejections } from '@aftercall/warehouse/database-health'
import { readDrift } from '@aftercall/warehouse/drift-recorder'
import { hasTransactionPooler } from '@aftercall/warehouse/find-pooler'
import { planMaintenance } from '@aftercall/warehouse/maintain'
import { readHaltOfLastRun } from '@aftercall/warehouse/maintenance-runs'
import { type Migration, migrationStates } from '@aftercall/warehouse/migrate'
import type { MonthSpan } from '@aftercall/warehouse/months'
import { judgeServer, readServer, type ServerFacts, tellVersion } from '@aftercall/warehouse/require-server'
import { tellDrift } from '../tell-drift.ts'
import { withDatabase } from '../with-database.ts'
import type { Finding } from './finding.ts'

const driftShown = 10
const monthsShown = 10

/** Everything that can be known from the database; one finding when it is out of reach. */
export async function checkDatabase(
  config: DatabaseConfig,
  migrations: readonly Migration[],
  span: MonthSpan,
): Promise<Finding[]> {
  try {
    return await withDatabase(config, async ({ db }) => {
      const server = checkServer(await readServer(db))
      if (server.level === 'problem') return [server]
      const migrated = await checkMigrations(db, migrations)
      const findings: Finding[] = [server, ...(await checkPooler(config)), migrated]
      if (migrated.level === 'problem') return findings
      return [
        ...findings,
        await checkDefaultPartitions(db, span),
        ...(await checkRetention(db)),
        checkRejections(await countOpenRejections(db)),
        checkStrays(await countStrays(db)),
        await checkDrift(db),
      ]
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

function checkServer(server: ServerFacts): Finding {
  const problem = judgeServer(server)
  if (problem === undefined) {
    const detail = `Postgres ${tellVersion(server.versionNumber)}, ${server.encoding}`
    return { check: 'database', level: 'ok', detail }
  }
  const fix = 'use a server and a database that can hold the tables, and correct database.url'
  return { check: 'database', level: 'problem', detail: problem.message, fix }
}

/** Everything works behind one; but what is elected keeps a session of it for as long as its work takes. */
async function checkPooler(config: DatabaseConfig): Promise<Finding[]> {
  const isPooled = await withDatabase({ ...config, poolMax: 2 }, ({ db }) => hasTransactionPooler(db))
  if (!isPooled) return []
  const detail =
    'a pooler gives each transaction another session; loading, comparing, the console and aftercall sql work with that. ' +
    'Each comparison and each backfill keeps one session of it in an open transaction while it runs'
  const fix =
    'allow this login database.poolMax + 8 sessions of the pooler for each process, and open transactions any time to be idle (pgbouncer: default_pool_size, idle_transaction_timeout = 0)'
  return [{ check: 'pooler', level: 'notice', detail, fix }]
}

async function checkMigrations(db: Database, migrations: readonly Migration[]): Promise<Finding> {
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

async function checkDefaultPartitions(db: Database, span: MonthSpan): Promise<Finding> {
  const check = 'partitions'
  const now = await readDatabaseTime(db)
  const { drain, stay, misshapen } = await planMaintenance(db, { sources: [], now, span })
  if (drain.length > 0) {
    const detail = `rows of these months wait in a default partition: ${tellMonths(drain)}`
    return { check, level: 'notice', detail, fix: 'aftercall maintain' }
  }
  if (stay.length > 0) {
    const detail = `rows of months outside the configured span stay in a default partition: ${tellMonths(stay)}`
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

/** Only where there is something to say: without a retention, or before the first run, there is nothing to check. */
async function checkRetention(db: Database): Promise<Finding[]> {
  const halt = await readHaltOfLastRun(db)
  if (halt === undefined) return []
  const detail = `the last aftercall maintain (${halt.endedAt.toISOString()}) removed nothing: ${halt.code}`
  const fix = 'aftercall maintain --dry-run says why, and what to do'
  return [{ check: 'retention', level: 'notice', detail, fix }]
}

function tellMonths(months: readonly { month: string; tables: readonly { table: string }[] }[]): string {
  const shown = months
    .slice(0, monthsShown)
    .map(({ month, tables }) => `${month} (${tables.map((one) => one.table).join(', ')})`)
  const more = months.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

function checkRejections(open: number): Finding {
  if (open === 0) return { check: 'rejections', level: 'ok', detail: 'none is open' }
  return {
    check: 'rejections',
    level: 'notice',
    detail: `${open} are open`,
    fix: 'aftercall rejections list',
  }
}

/** A bucket may announce more than is loaded, so it is a problem only where nothing else comes. */
function checkStrays({ strays, objects }: StrayCount): Finding {
  const check = 'announced objects'
  if (strays === 0) return { check, level: 'ok', detail: 'all of the last 48 hours belong to a source' }
  const detail = `${strays} of ${objects} objects of the last 48 hours belong to no source, and were ignored`
  if (strays < objects) return { check, level: 'ok', detail }
  const fix = `compare sources[].bucket and prefix with: aftercall sql "select bucket, object_key from ingest.object where code = 'no_source' limit 5"`
  return { check, level: 'problem', detail, fix }
}

/** What documents hold that no column takes, words no vocabulary holds, and what is odd: nothing is lost, but a column may be missed. */
async function checkDrift(db: Database): Promise<Finding> {
  const rows = await readDrift(db, driftShown + 1)
  if (rows.length === 0)
    return { check: 'schema drift', level: 'ok', detail: 'every field and word of every document is known' }
  const told = rows
    .slice(0, driftShown)
    .map(
      (row) =>
        `${row.source}/${row.channel} ${tellDrift(row)}; ${row.documents} documents, for example ${row.example}`,
    )
    .map(visibleText)
  const more = rows.length > driftShown ? ['and more'] : []
  return {
    check: 'schema drift',
    level: 'notice',
    detail: `fields without a column, unknown words and odd values, kept as they came:\n${[...told, ...more].map((line) => `    ${line}`).join('\n')}`,
    fix: 'aftercall sql "select * from schema_drift order by last_seen_at desc"; report what you miss as a column',
  }
}
