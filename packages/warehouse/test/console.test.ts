import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { type ActivityReader, createActivityReader } from '../src/console/activity-reader.ts'
import { readDays } from '../src/console/days.ts'
import { readOverview } from '../src/console/overview.ts'
import {
  groupsOfSource,
  readOpenRejections,
  readRejectionDetails,
  readRejectionPage,
  readRejectionPosition,
} from '../src/console/rejection-groups.ts'
import { readRuns } from '../src/console/runs.ts'
import { readRecentSessions, readRevisions } from '../src/console/session-history.ts'
import { withLease } from '../src/leases/with-lease.ts'
import { createBackfillRun } from '../src/ledger/backfill-runs.ts'
import { readSessionHistory } from '../src/ledger/history.ts'
import { endReconcileRun, startReconcileRun, withReconcileLock } from '../src/ledger/reconcile-runs.ts'
import { writeRejections } from '../src/ledger/rejections.ts'
import { withRunLock } from '../src/ledger/run-lock.ts'
import { settledSince } from '../src/ledger/settled-since.ts'
import { recordSources } from '../src/ledger/sources.ts'
import { refreshAllRollups } from '../src/rollups/refresh-rollups.ts'
import { settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase
let login: TestLogin
/** As the console reads: as an operator, and unable to write. */
let operator: DatabaseHandle

beforeAll(async () => {
  login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_operator'] })
  database = await createTestDatabase(inject('postgresUrl'))
  operator = openDatabase({
    ...{ url: login.urlOf(database.url), poolMax: 3, statementTimeoutSeconds: 1, readOnly: true },
    applicationName: 'aftercall-test',
    onIdleError: () => {},
  })
})
beforeEach(async () => {
  await sql`
    truncate ingest.object, ingest.rejection, ingest.session_head, ingest.schema_drift, ingest.source,
      ingest.backfill_run, ingest.backfill_shard, ingest.reconcile_run restart identity
  `.execute(database.db)
  await recordSources(database.db, [{ name: 'acme', bucket: 'files', prefix: 'metadata/' }])
})
afterAll(async () => {
  await operator.close()
  await database.drop()
  await login.drop()
})

const options = (readActivity: ActivityReader = createActivityReader(operator.db)) => ({
  migrations: [],
  months: { yearsBack: 10, ahead: 1 },
  readActivity,
})

type Settled = { outcome: string; hoursAgo: number; objects?: number; lagMs?: number; eventName?: string }

/** Ledger rows whose objects ended some hours ago. */
async function settle({ outcome, hoursAgo, objects = 1, lagMs = 1_000, eventName }: Settled): Promise<void> {
  await sql`
    insert into ingest.object (bucket, object_key, source, outcome, lag_ms, event_name, event_time, settled_at)
    select 'files', concat_ws('/', ${outcome}::text, ${String(hoursAgo)}::text, number), 'acme', ${outcome}, ${lagMs}, ${eventName ?? 'ObjectCreated:Put'}, at, at
    from generate_series(1, ${objects}::integer) as number, (select now() - make_interval(secs => ${hoursAgo * 3600})) as time (at)
  `.execute(database.db)
}

const rejection = { source: 'acme', bucket: 'files', versionId: null, messageId: null, content: null }

test('the overview has the objects, the lag, and the open rejections of each source', async () => {
  await settle({ outcome: 'stored', hoursAgo: 0.5, objects: 90, lagMs: 2_000 })
  await settle({ outcome: 'duplicate', hoursAgo: 3, objects: 10, lagMs: 60_000 })
  await settle({ outcome: 'stored', hoursAgo: 3, objects: 7, lagMs: 9_000_000, eventName: 'Backfill' })
  await settle({ outcome: 'stored', hoursAgo: 30, objects: 5 })
  await settle({ outcome: 'stored', hoursAgo: 50 })
  const one = { ...rejection, objectKey: 'metadata/1', code: 'not_json', detail: 'at 1' }
  await writeRejections(database.db, [one, { ...one, detail: 'at 2' }, { ...one, code: 'gzip_broken' }])
  const overview = await readOverview(operator.db, options())

  expect(overview).toMatchObject({ tookTooLong: [], pendingMigrations: 0, waitingRows: [] })
  expect(overview.rollups).toEqual({ waitingHours: 0, oldestSeconds: 0, lastCheck: null })
  const [acme] = overview.sources
  expect(acme).toMatchObject({
    ...{ source: 'acme', bucket: 'files', prefix: 'metadata/', minutesSinceSettled: 30 },
    lastDay: { stored: 97, duplicate: 10 },
    dayBefore: { stored: 5 },
    sessions: { count: 0, about: false },
    openRejections: { count: 3, about: false },
  })
  // Objects that were not announced have no lag.
  expect(acme?.lag).toMatchObject({
    lastHour: { p50Seconds: 2, p95Seconds: 2 },
    lastDay: { p50Seconds: 2, p95Seconds: 60 },
  })
  const hours = overview.hours.map(({ outcomes, landed }) => ({ ...outcomes, landed }))
  expect(hours).toEqual([
    { stored: 5, landed: 5 },
    { stored: 7, duplicate: 10, landed: 10 },
    { stored: 90, landed: 90 },
  ])
  expect(overview.rejections).toMatchObject([
    { code: 'not_json', open: { count: 2 }, lastDay: { count: 2 }, sources: ['acme'] },
    { code: 'gzip_broken', open: { count: 1 }, lastDay: { count: 1 }, sources: ['acme'] },
  ])
})

/** What was true before the load, and has grown for no longer than the test has run since. */
function expectAbout(seconds: number | null | undefined, wanted: number, before: number): void {
  expect(seconds).toBeGreaterThan(wanted - 1)
  expect(seconds).toBeLessThanOrEqual(wanted + 1 + (Date.now() - before) / 1_000)
}

test('freshness is measured from the end of sessions that were stored for the first time', async () => {
  const before = Date.now()
  const endedAt = new Date(before - 600_000).toISOString()
  const loader = openLoader(database.db)
  await loader.commit(settlementOf({ id: 8, createdAt: endedAt }))
  await loader.commit(settlementOf({ id: 9, createdAt: endedAt }))
  await loader.drain()
  await sql`update ingest.session_head set first_loaded_at = now() - interval '2 days' where session_id = 9`.execute(
    database.db,
  )
  const [acme] = (await readOverview(operator.db, options())).sources
  for (const spread of [acme?.freshness.lastHour, acme?.freshness.lastDay]) {
    expect(spread?.count).toBe(1)
    expectAbout(spread?.p50Seconds, 600, before)
  }
  expect(acme?.sessions).toEqual({ count: 2, about: false })
})

test('freshness is not measured from an end that cannot be true', async () => {
  const before = Date.now()
  const createdAt = new Date(before - 900_000).toISOString()
  const endsAt = new Date(before - 600_000).toISOString()
  const draft = { createdAt, lastModified: new Date().toISOString() }
  const loader = openLoader(database.db)
  for (const [id, end] of [endsAt, '1970-01-01T00:00:00Z', '2099-01-01T00:00:00Z'].entries()) {
    await loader.commit(settlementOf({ ...draft, id: 20 + id, endsAt: end }))
  }
  await loader.drain()
  const [acme] = (await readOverview(operator.db, options())).sources
  expect(acme?.freshness.lastHour?.count).toBe(1)
  expectAbout(acme?.freshness.lastHour?.p50Seconds, 600, before)
})

test('a read that takes too long is named, and the rest of the overview is complete', async () => {
  await settle({ outcome: 'stored', hoursAgo: 1 })
  await database.db.transaction().execute(async (transaction) => {
    await sql`lock table ingest.rejection, ingest.schema_drift in access exclusive mode`.execute(transaction)
    const overview = await readOverview(operator.db, options())
    expect(overview.tookTooLong.sort()).toEqual(['drift', 'rejections'])
    expect(overview.sources).toMatchObject([{ lastDay: { stored: 1 }, openRejections: null }])
  })
})

test('recent objects are found by the index on time, no matter how large the ledger is', async () => {
  await settle({ outcome: 'stored', hoursAgo: 100, objects: 20_000 })
  await settle({ outcome: 'stored', hoursAgo: 1, objects: 10 })
  await sql`select brin_summarize_new_values('ingest.object_by_time')`.execute(database.db)
  await sql`analyze ingest.object`.execute(database.db)
  const plan = await sql<{ 'QUERY PLAN': string }>`
    explain select count(*) from ingest.object where ${settledSince(sql`now() - interval '48 hours'`)}
  `.execute(operator.db)
  expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('object_by_time')
})

test('the time in that index is at most an hour later than the settling, and the same within an hour of the first delivery', async () => {
  const { rows } = await sql<{ minutes: number; after: number; late: number }>`
    insert into ingest.object (bucket, object_key, outcome, first_seen_at, settled_at)
    select 'files', minutes::text, 'stored', at, at + minutes * interval '1 minute'
    from (values (-1500), (-60), (-1), (0), (1), (59), (60), (61), (100000)) as given (minutes)
    cross join (select timestamptz '2026-03-23T20:12:51.123456Z' as at) first
    returning object_key::int as minutes, extract(epoch from settled_by - settled_at)::float8 / 60 as after,
      extract(epoch from settled_by - first_seen_at)::float8 / 60 as late`.execute(database.db)
  for (const { minutes, after } of rows) {
    expect(after, String(minutes)).toBeGreaterThanOrEqual(0)
    expect(after, String(minutes)).toBeLessThanOrEqual(60)
  }
  expect(rows.filter(({ late }) => late === 60).map(({ minutes }) => minutes)).toEqual([0, 1, 59])
})

test('the past is read once: the next overview counts only new objects', async () => {
  const readActivity = createActivityReader(operator.db)
  await settle({ outcome: 'stored', hoursAgo: 5, objects: 8 })
  const first = await readOverview(operator.db, options(readActivity))
  expect(first.sources).toMatchObject([{ lastDay: { stored: 8 } }])
  await sql`delete from ingest.object`.execute(database.db)
  await settle({ outcome: 'rejected', hoursAgo: 0 })
  const next = await readOverview(operator.db, options(readActivity))
  expect(next.sources).toMatchObject([{ lastDay: { stored: 8, rejected: 1 } }])
})

test('an object that failed and was stored later no longer counts as failing, although past counts are kept', async () => {
  const readActivity = createActivityReader(operator.db)
  await settle({ outcome: 'failed', hoursAgo: 2, objects: 3 })
  const first = await readOverview(operator.db, options(readActivity))
  expect(first.sources).toMatchObject([{ failing: { count: 3, about: false } }])
  await sql`update ingest.object set outcome = 'stored', settled_at = now()`.execute(database.db)
  const next = await readOverview(operator.db, options(readActivity))
  expect(next.sources).toMatchObject([{ failing: { count: 0, about: false } }])
})

test('paging neither omits nor repeats a rejection, even if many were seen at the same instant', async () => {
  const all = Array.from({ length: 25 }, (_, number) => {
    return { ...rejection, objectKey: `metadata/${number}`, code: 'not_json', detail: `at ${number}` }
  })
  await writeRejections(database.db, all)
  await sql`update ingest.rejection set last_seen_at = '2026-03-23 10:00:00.123456Z' where rejection_id % 2 = 0`.execute(
    database.db,
  )
  for (const source of [null, 'acme']) {
    const seen: string[] = []
    let after = null
    for (let pages = 0; pages < 10; pages += 1) {
      const own = { code: 'not_json', source, state: 'open', after, limit: 7 } as const
      const page = await readRejectionPage(operator.db, own)
      seen.push(...page.rejections.map((one) => one.id))
      if (page.next === null) break
      after = readRejectionPosition(page.next)
    }
    expect(seen).toHaveLength(25)
    expect(new Set(seen).size).toBe(25)
  }
  expect(groupsOfSource(await readOpenRejections(operator.db), null)).toMatchObject([
    { code: 'not_json', open: { count: 25, about: false }, sources: ['acme'] },
  ])
})

test('I10 an operator sees the size and hash of rejected content, but can read neither it nor the content of sessions', async () => {
  const content = Buffer.from('{"email": "ana@example.com"')
  await writeRejections(database.db, [
    { ...rejection, objectKey: 'metadata/1', code: 'not_json', detail: 'at 27', content },
  ])
  const loader = openLoader(database.db)
  await loader.commit(settlementOf({ id: 1 }))
  await loader.drain()
  const details = await readRejectionDetails(operator.db, '1')
  expect(details).toMatchObject({ contentBytes: 27, keptBytes: 27, ledger: null, detail: 'at 27' })
  expect(details?.contentSha256).toMatch(/^[0-9a-f]{64}$/)

  const session = { source: 'acme', channel: 'call', sessionId: '1' }
  const history = await readSessionHistory(operator.db, session)
  expect(history?.rows.find((one) => one.table === 'call_participant')?.rows).toBe(1)
  expect(await readRevisions(operator.db, session)).toMatchObject([{ objectKey: 'call-1.json' }])
  expect(await readRecentSessions(operator.db)).toMatchObject([session])
  await refreshAllRollups(database.db, { quietMs: 0, patienceMs: 0 })
  expect(await readDays(operator.db, { from: '2026-03-01', to: '2026-03-31' })).toMatchObject([
    { day: '2026-03-23', source: 'acme', sessions: 1, missingIds: 0, completeness: 1 },
  ])
  for (const query of [
    'select content from ingest.rejected_content',
    'select agent_name from warehouse.session',
    'select document from warehouse.session_document',
    'select type from warehouse.call_participant',
    'select * from warehouse.session_2026_03',
  ]) {
    await expect(sql.raw(query).execute(operator.db)).rejects.toMatchObject({ code: '42501' })
  }
})

test('the console cannot write, not even as the owner of the tables', async () => {
  const url = new URL(database.url)
  url.searchParams.set('options', '-c work_mem=5MB')
  const owner = openDatabase({
    ...{ url: url.href, poolMax: 1, statementTimeoutSeconds: 5, readOnly: true },
    applicationName: 'aftercall-test',
    onIdleError: () => {},
  })
  const kept = await sql`show work_mem`.execute(owner.db)
  expect(kept.rows).toEqual([{ work_mem: '5MB' }])
  await expect(sql`delete from ingest.source`.execute(owner.db)).rejects.toMatchObject({ code: '25006' })
  await expect(sql`select ingest.create_month('2026-08-01')`.execute(owner.db)).rejects.toMatchObject({
    code: '25006',
  })
  await owner.close()
})

test('a backfill is running while a process holds its lease, and paused otherwise', async () => {
  const { runId } = await createBackfillRun(database.db, {
    ...{ source: 'acme', bucket: 'files', prefix: '', via: 'direct', request: {}, host: 'here' },
    shards: [
      { afterKey: null, upToKey: 'm', fileKey: null },
      { afterKey: 'm', upToKey: null, fileKey: null },
    ],
  })
  await sql`update ingest.backfill_shard set state = 'done', counts = '{"listed": 31, "stored": 30, "current": 1}' where shard = 0`.execute(
    database.db,
  )
  const paused = { runId, state: 'paused', parts: 2, partsDone: 1, objects: 31 }
  expect((await readRuns(operator.db)).backfills).toMatchObject([paused])
  expect((await readOverview(operator.db, options())).troubledRuns).toMatchObject([
    { kind: 'backfill', runId },
  ])
  const lock = { runId, host: 'here', onWait: () => {}, signal: AbortSignal.timeout(30_000) }
  await withRunLock(database.db, lock, async () => {
    expect((await readRuns(operator.db)).backfills).toMatchObject([{ ...paused, state: 'running' }])
    expect((await readOverview(operator.db, options())).troubledRuns).toEqual([])
  })
})

test('a reconcile whose process was killed has failed, and is reported until another one is done', async () => {
  const { db } = database
  const lost = { state: 'failed', error: 'its process ended before it did' }
  const byCommand = await startReconcileRun(db, { source: 'acme', purpose: 'command', host: 'here' })
  await withReconcileLock(db, byCommand, async () => {
    expect((await readRuns(operator.db)).reconciles).toMatchObject([{ state: 'running', error: null }])
    expect((await readOverview(operator.db, options())).troubledRuns).toEqual([])
  })
  expect((await readRuns(operator.db)).reconciles).toMatchObject([lost])
  expect((await readOverview(operator.db, options())).troubledRuns).toMatchObject([
    { kind: 'reconcile', runId: byCommand.runId, error: lost.error },
  ])
  const again = await startReconcileRun(db, { source: 'acme', purpose: 'command', host: 'here' })
  await endReconcileRun(db, again, { counts: {}, byDay: [], examples: {}, error: null })
  expect((await readOverview(operator.db, options())).troubledRuns).toEqual([])

  await startReconcileRun(db, { source: 'acme', purpose: 'schedule', host: 'here' })
  await withLease(db, { name: 'reconcile acme', host: 'here' }, async () => {
    expect((await readRuns(operator.db)).reconciles[0]).toMatchObject({ state: 'running' })
  })
  expect((await readRuns(operator.db)).reconciles[0]).toMatchObject(lost)
})

test('before the migration that adds leases, only the runs are missing', async () => {
  await startReconcileRun(database.db, { source: 'acme', purpose: 'schedule', host: 'here' })
  await sql`alter table ingest.lease rename to lease_of_later`.execute(database.db)
  onTestFinished(async () => {
    await sql`alter table ingest.lease_of_later rename to lease`.execute(database.db)
  })
  expect(await readRuns(operator.db)).toEqual({ backfills: [], reconciles: [] })
  expect(await readOverview(operator.db, options())).toMatchObject({
    troubledRuns: [],
    sources: [{ source: 'acme' }],
  })
})
