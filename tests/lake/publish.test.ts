import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { readLakeState } from '@aftercall/warehouse/lake/lake-state'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { recordFailure } from '@aftercall/warehouse/lake/places'
import { takeLease } from '@aftercall/warehouse/leases/leases'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { checkLakeState } from '../../services/cli/src/doctor/check-lake-state.ts'
import { exportDay } from '../../services/cli/src/export/export-day.ts'
import { openFolderPlace } from '../../services/cli/src/export/folder-place.ts'
import { runCommand } from '../../services/cli/test/run-command.ts'
import { keepRollups } from '../../services/worker/src/keep-rollups.ts'
import { deliver, expectedFiles, filesOf, publish, viewsOf } from './lake-fixture.ts'

const it = drawnTests({ quick: 6, thorough: 'all' })

let database: TestDatabase
let login: TestLogin
let to: string
let views: LakeView[]
const silentLogger = createLogger({ level: 'silent', destination: { write: () => {} } })
const atOnce = { quietMs: 0, patienceMs: 0 }

beforeAll(async () => {
  login = await createTestLogin(inject('postgresUrl'), {
    inRoles: ['aftercall_analyst', 'aftercall_publisher'],
  })
})
beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  to = await mkdtemp(join(tmpdir(), 'aftercall-publish-'))
  await recordSources(database.db, [
    { bucket: 'files', prefix: '', timeZone: 'America/New_York', name: 'acme' },
  ])
  views = await viewsOf(database.db, ['session', 'queue_entry'])
})
afterEach(async () => {
  await database.drop()
  await rm(to, { recursive: true })
})
afterAll(() => login.drop())

const stored = async (
  ...deliveries: [id: number, shiftDays: number, sample?: number, revision?: number][]
) => {
  for (const [id, shiftDays, sample = 3, revision = 0] of deliveries)
    await deliver(database.db, { source: 'acme', id, shiftDays, sample, revision })
  await refreshAllRollups(database.db, atOnce)
}
const turn = (all = false) => publish(database.db, to, { views, all })
const expected = () => expectedFiles(database.db, views)
const listAt = async (folder = to) => JSON.parse(await readFile(join(folder, '_published.json'), 'utf8'))
const changedFiles = async (before: Map<string, string>) =>
  [...(await filesOf(to))].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name)

it('a late revision writes the files of its days again, and no others', async () => {
  await stored([1, 0], [2, 5])
  await turn()
  const before = await filesOf(to)
  expect(before).toEqual(await expected())
  await stored([2, 5, 3, 1])
  const report = await turn()
  expect(await filesOf(to)).toEqual(await expected())
  const { rows } = await sql<{ name: string }>`
    select distinct 'view=' || own.view || '/source=acme/local_day=' || own.local_day as name
    from (select 'session' as view, session_id, local_day from analytics.session
          union all select 'queue_entry', session_id, local_day from analytics.queue_entry) own
    where own.session_id = 2 order by 1`.execute(database.db)
  const changed = await changedFiles(before)
  expect(changed.length).toBeGreaterThan(0)
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(changed))
  expect(report.files).toBe(changed.length)
})

it('a session that is replayed without a change writes nothing', async () => {
  await stored([1, 0])
  await turn()
  await sql`select rollup.mark_changed('2026-03-01', '2026-04-30')`.execute(database.db)
  await refreshAllRollups(database.db, atOnce)
  expect(await turn()).toMatchObject({ days: 1, files: 0 })
})

it('a session that moves to another month leaves its old day, which then has no file and a manifest that says so', async () => {
  await stored([1, 0])
  await turn()
  const [old] = [...(await filesOf(to)).keys()].filter((name) => name.startsWith('view=session/'))
  await stored([1, 5, 3, 1])
  await turn()
  expect(await filesOf(to)).toEqual(await expected())
  expect((await filesOf(to)).has(old ?? '')).toBe(false)
  expect(JSON.parse(await readFile(join(to, old ?? '', '_manifest.json'), 'utf8'))).toMatchObject({
    ...{ rows: 0, files: [] },
  })
})

it('sessions that are deleted leave the files of their days', async () => {
  await stored([1, 0], [2, 5])
  await turn()
  const before = await filesOf(to)
  await sql`select * from ingest.delete_from_month('2026-03-01', 'acme', 100)`.execute(database.db)
  await refreshAllRollups(database.db, atOnce)
  await turn()
  const left = await filesOf(to)
  expect(left).toEqual(await expected())
  expect(left.size).toBeLessThan(before.size)
})

it('a file that was written by a publisher that died is written again, also when its rows are again what they were', async () => {
  await stored([1, 0])
  await turn()
  const before = await filesOf(to)
  const rate = async (rating: number | null) => {
    await sql`update warehouse.session set rating = ${rating}`.execute(database.db)
    await sql`select rollup.mark_changed('2026-03-01', '2026-04-30')`.execute(database.db)
    await refreshAllRollups(database.db, atOnce)
  }
  const { rows } = await sql<{
    rating: number | null
  }>`select rating::float8 as rating from warehouse.session`.execute(database.db)
  await rate(1.5)
  const lake = openFolderPlace(to)
  const putText = async () => {
    throw new Error('the process has died')
  }
  await expect(publish(database.db, to, { views, lake: { ...lake, putText } })).rejects.toThrow('has died')
  expect(await filesOf(to)).not.toEqual(before)
  await rate(rows[0]?.rating ?? null)
  await turn()
  expect(await filesOf(to)).toEqual(before)
})

it('a month that retention removes stays as it was published, and the list names it', async () => {
  await stored([1, 0], [2, 5])
  await turn()
  const before = await filesOf(to)
  await sql`select ingest.drop_month('2026-03-01', '{acme}')`.execute(database.db)
  // A copy that comes after that does not take the place of the month.
  await stored([3, 0])
  expect(await turn()).toMatchObject({ files: 0, staleDays: 0 })
  expect(await filesOf(to)).toEqual(before)
  expect((await listAt()).sources).toEqual([
    expect.objectContaining({ source: 'acme', months_only_here: ['2026-03'], stale_days: 0 }),
  ])
  await turn(true)
  expect(await filesOf(to)).toEqual(before)
})

it('a change that retention was faster than is counted, and its day stays as it was published', async () => {
  await stored([1, 0])
  await turn()
  const before = await filesOf(to)
  await stored([1, 0, 3, 1])
  await sql`select ingest.drop_month('2026-03-01', '{acme}')`.execute(database.db)
  expect(await turn()).toMatchObject({ files: 0, staleDays: 1 })
  expect(await filesOf(to)).toEqual(before)
  expect(await readLakeState(database.db)).toMatchObject([{ staleDays: 1, waitingDays: 0, oldestSeconds: 0 }])
})

it('retention that begins while a day is read does not empty its file', async () => {
  await stored([1, 0])
  await turn()
  const before = await filesOf(to)
  await stored([1, 0, 3, 1])
  const lake = openFolderPlace(to)
  let isDropped = false
  const spoolFolder = async () => {
    // After the day was found to be open, and before its rows are read.
    if (!isDropped) await sql`select ingest.drop_month('2026-03-01', '{acme}')`.execute(database.db)
    isDropped = true
    return lake.spoolFolder()
  }
  expect(await publish(database.db, to, { views, lake: { ...lake, spoolFolder } })).toMatchObject({
    staleDays: 1,
  })
  expect(await filesOf(to)).toEqual(before)
})

it('a place that is added later gets every day, and so does a view that is named later', async () => {
  await stored([1, 0], [2, 5])
  await turn()
  const second = await mkdtemp(join(tmpdir(), 'aftercall-publish-'))
  await publish(database.db, second, { views })
  expect(await filesOf(second)).toEqual(await filesOf(to))
  views = await viewsOf(database.db, ['session', 'queue_entry', 'transfer', 'session_daily'])
  await turn()
  expect(await filesOf(to)).toEqual(await expected())
  await stored([1, 0, 3, 1])
  for (const place of [to, second]) await publish(database.db, place, { views })
  expect(await filesOf(second)).toEqual(await expected())
  await rm(second, { recursive: true })
})

it('days that an export left at the place are replaced or emptied', async () => {
  await stored([1, 0])
  const lake = openFolderPlace(to)
  const signal = new AbortController().signal
  for (const name of (await expected()).keys()) {
    const [, viewName, localDay = ''] = /^view=(.+)\/.+local_day=(.+)$/.exec(name) ?? []
    const view = views.find((one) => one.name === viewName)
    if (view === undefined) throw new Error(name)
    const day = { view, source: 'acme', localDay }
    await exportDay(database.db, lake, { day, format: 'parquet', emptyDays: true, signal })
  }
  await lake.close()
  const before = await filesOf(to)
  expect(before).toEqual(await expected())
  await stored([1, 5, 3, 1], [2, 0, 4])
  await turn()
  expect(await filesOf(to)).toEqual(await expected())
  expect(await filesOf(to)).not.toEqual(before)
})

it('--all writes files again that somebody has damaged', async () => {
  await stored([1, 0])
  await turn()
  const before = await filesOf(to)
  const [name = ''] = before.keys()
  await writeFile(join(to, name, 'part.parquet'), 'damaged')
  await turn()
  expect(await filesOf(to)).not.toEqual(before)
  await turn(true)
  expect(await filesOf(to)).toEqual(before)
})

it('a database that was restored to an earlier state writes all days again', async () => {
  await stored([1, 0])
  await turn()
  const [name = ''] = (await filesOf(to)).keys()
  await writeFile(join(to, name, 'part.parquet'), 'of a later state')
  await sql`update lake.place set cycle = cycle - 1`.execute(database.db)
  expect((await turn()).files).toBeGreaterThan(0)
  expect(await filesOf(to)).toEqual(await expected())
})

it('a place that was emptied gets every day again', async () => {
  await stored([1, 0])
  await turn()
  const before = await filesOf(to)
  await rm(to, { recursive: true })
  await turn()
  expect(await filesOf(to)).toEqual(before)
})

const command = (...args: string[]) =>
  runCommand(['publish', '--to', to, '--once', ...args], { DATABASE_URL: login.urlOf(database.url) })

it('a login of aftercall_analyst and aftercall_publisher can publish, every view by default', async () => {
  await stored([1, 0], [2, 5])
  const ran = await command()
  expect(ran).toMatchObject({ code: 0, err: '' })
  expect(ran.out).toMatch(/^\d+ days had changed: wrote \d+ files with \d+ rows \(.+\) to .+ in .+\.\n$/)
  expect(await filesOf(to)).toEqual(await expectedFiles(database.db, await viewsOf(database.db)))
  expect(await command()).toMatchObject({ code: 0, out: `Nothing has changed: ${to} is up to date.\n` })
  expect((await readdir(to)).filter((name) => name.startsWith('.'))).toEqual([])
  expect(await command('--forget')).toMatchObject({ code: 2 })
})

it('a login without the roles is told which ones it needs', async () => {
  const analyst = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_analyst'] })
  const ran = await runCommand(['publish', '--to', to, '--once'], {
    DATABASE_URL: analyst.urlOf(database.url),
  })
  expect(ran.code).toBe(1)
  expect(ran.err).toContain('must have the roles aftercall_analyst and aftercall_publisher (docs/access.md)')
  await analyst.drop()
})

it('a second publisher of a place writes nothing and names the first; of another place it goes on', async () => {
  await stored([1, 0])
  const claim = { table: 'lake.lease', name: `publish ${to}`, holder: 'other', host: 'elsewhere 7' } as const
  await takeLease(database.db, { ...claim, lengthMs: 600_000 })
  const ran = await command('session')
  expect(ran).toMatchObject({ code: 1, out: '' })
  expect(ran.err).toContain(`error: elsewhere 7 publishes to ${to}`)
  expect(await readdir(to)).toEqual([])
  const second = join(to, 'other')
  const other = await runCommand(['publish', 'session', '--to', second, '--once'], {
    DATABASE_URL: login.urlOf(database.url),
  })
  expect(other.code).toBe(0)
})

it('the place of another database is left alone', async () => {
  await stored([1, 0])
  await writeFile(join(to, '_published.json'), '{"lake_id":"another","cycle":3}')
  const ran = await command('session')
  expect(ran.code).toBe(1)
  expect(ran.err).toContain('_published.json says that another database publishes to this place')
  expect((await filesOf(to)).size).toBe(0)
  expect(await readLakeState(database.db)).toMatchObject([{ failure: 'place_of_another_database' }])
})

it('--forget ends the keeping of a place, and its files stay', async () => {
  await stored([1, 0])
  await command('session')
  const before = await filesOf(to)
  const forget = () =>
    runCommand(['publish', '--to', to, '--forget'], { DATABASE_URL: login.urlOf(database.url) })
  expect(await forget()).toMatchObject({ code: 0 })
  expect(await filesOf(to)).toEqual(before)
  expect(await readLakeState(database.db)).toEqual([])
  expect(await forget()).toMatchObject({ code: 2 })
})

it('doctor and the metrics of workers say how late a place is, and that publishing fails', async () => {
  const { db } = database
  await stored([1, 0])
  await turn()
  expect(await checkLakeState(db)).toEqual([{ check: `lake ${to}`, level: 'ok', detail: 'up to date' }])
  await sql`update lake.day set change = change + 1, changed_at = clock_timestamp() - interval '3 hours'`.execute(
    db,
  )
  expect(await checkLakeState(db)).toMatchObject([
    {
      level: 'notice',
      detail: expect.stringMatching(/^\d+ changed days? not published yet, the oldest change is 3 hours old/),
    },
  ])
  await recordFailure(db, to, 'access_denied')
  expect(await checkLakeState(db)).toMatchObject([
    {
      level: 'problem',
      detail: expect.stringContaining(': access_denied; '),
      command: `aftercall publish --once --to ${to}`,
    },
  ])
  const metrics = createMetrics({ version: '1' })
  const stopping = new AbortController()
  const options = {
    config: { database: { url: database.url, poolMax: 2, statementTimeoutSeconds: 30 } },
    logger: silentLogger,
    metrics,
    everyMs: 5,
  }
  const end = keepRollups({ ...options, signal: stopping.signal })
  const failing = `aftercall_publish_failing{place="${to}"}`
  await expect.poll(() => metrics.render()).toContain(`${failing} 1`)
  expect(await metrics.render()).toMatch(/aftercall_publish_lag_seconds\{place=".+"\} 108\d\d/)
  await turn()
  await expect.poll(() => metrics.render()).toContain(`${failing} 0`)
  stopping.abort()
  await end()
})

test.each([
  [['publish'], 'say where: --to DIR or --to s3://BUCKET/PREFIX'],
  [
    ['publish', '--to', 'lake', '--every', 'often'],
    '--every must be a duration such as 30s, 15m or 24h, not often',
  ],
  [['publish', 'sesion', '--to', 'lake'], 'Did you mean session?'],
  [['publish', 'restatement_daily', '--to', 'lake'], 'is no view of analytics'],
  [['publish', '--to', 'gs://lake'], 'For a bucket of Google Cloud Storage, write s3://'],
])('wrong use says what to do: %j', async (args, message) => {
  const ran = await runCommand(args, { DATABASE_URL: database.url })
  expect(ran.code).toBe(2)
  expect(ran.err).toContain(message)
})
