import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { createReleasers, onStopSignals } from '@aftercall/runtime/process/lifecycle'
import pg from 'pg'
import type { ComparisonOptions } from '../comparisons/comparison.ts'
import { prepareDatabase } from '../harness/bench-postgres.ts'
import { fillRollups } from './fill-rollups.ts'
import { filesOfHistory, loadHistory } from './load-history.ts'
import { loadRawDocuments } from './load-raw-documents.ts'
import { type Multiply, multiplySessions } from './multiply-sessions.ts'

/** The newest period is loaded, the others are copies of it. */
export type Filling = {
  sessions: number
  /** How many periods the sessions spread over. */
  periods: number
  /** Length of a period: four weeks by default. */
  days?: number
  rawDocuments: boolean
} & Pick<Multiply, 'crowd' | 'filled'>

export const twoYears = 26
const fourWeeks = 28
/** No session is newer. */
export const until = new Date('2026-04-13T00:00:00Z')
/** Nothing has to outlive a crash, and nothing works beside the queries. Memory as of a small server. */
export const fillSettings = {
  ...{ shared_buffers: '2GB', max_wal_size: '8GB', maintenance_work_mem: '512MB', autovacuum: 'off' },
  ...{ fsync: 'off', full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: '0' },
}

/** Works with the given database, or with a new one that is removed afterwards. */
export async function withFilledDatabase<Result>(
  options: ComparisonOptions,
  filling: Filling,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (options.databaseUrl !== undefined) return await work(options.databaseUrl)
  await using releasers = createReleasers({
    timeLimitMs: 30_000,
    onError: (name, error) => process.stderr.write(`${name}: ${String(error)}\n`),
  })
  using _signals = onStopSignals({
    signals: process,
    onFirst: () => void releasers.releaseAll().then(() => process.exit(130)),
    onSecond: (exitCode) => process.exit(exitCode),
  })
  const dir = await mkdtemp(join(tmpdir(), 'aftercall-analytics-'))
  // Started by root, Postgres runs as another user, who must be able to enter the folder.
  await chmod(dir, 0o711)
  releasers.register('folder', () => rm(dir, { recursive: true, force: true }))
  const server = await startPostgres({
    ...{ dataDir: join(dir, 'postgres'), settings: fillSettings },
    binDir: options.postgresBin,
  })
  releasers.register('postgres', server.stop)
  await fillDatabase(server.url, filling, options.print)
  return await work(server.url)
}

/** Loads a history, and makes as many sessions of it as asked for. */
export async function fillDatabase(
  url: string,
  { sessions, periods, days = fourWeeks, rawDocuments, ...multiplied }: Filling,
  print: (line: string) => void,
): Promise<void> {
  if (!Number.isInteger(sessions) || sessions < 10_000)
    throw new Error('--sessions must be a whole number of at least 10000')
  const startedMs = performance.now()
  const say = (text: string): void =>
    print(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s: ${text}`)
  await prepareDatabase(url)
  const loaded = Math.ceil(sessions / periods / (multiplied.crowd?.copies ?? 1))
  const files = filesOfHistory({ sessions: loaded, days, until })
  say(`${files.length} files written`)
  await loadHistory(url, files)
  say('mapped and loaded')
  if (rawDocuments) {
    await loadRawDocuments(url, files)
    say('copied as raw documents')
  }
  await multiplySessions({ url, days, periods, ...multiplied })
  say(`${loaded} sessions made ${sessions}`)
  const { hours, seconds } = await fillRollups(url)
  say(`${hours} hours counted, ${(hours / seconds).toFixed(0)} a second`)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  // A day that was made again in part several times has left dead rows, which autovacuum would have freed for the next.
  await packRollups(client)
  await client.query('vacuum (analyze)')
  await client.query('checkpoint')
  await client.end()
  say('vacuumed and analyzed')
}

async function packRollups(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relnamespace = 'rollup'::regnamespace and relkind = 'r'`,
  )
  await client.query(`vacuum (full) ${rows.map(({ name }) => name).join(', ')}`)
}
