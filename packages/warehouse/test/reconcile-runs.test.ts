import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { recordGone } from '../src/ledger/note-gone.ts'
import {
  endLostRuns,
  endReconcileRun,
  readReconcileRuns,
  startReconcileRun,
  stoppedError,
} from '../src/ledger/reconcile-runs.ts'
import { openSortedObjects } from '../src/ledger/sorted-objects.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 6 })
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate ingest.reconcile_run, ingest.object`.execute(database.db)
})

const poll = { source: 'acme', purpose: 'poll', host: 'here' } as const
const nothing = { counts: {}, byDay: [], examples: {}, error: null }

test('a run is kept with its results, and with the time of the last completed and the last failed one', async () => {
  const { db } = database
  expect(await readReconcileRuns(db, poll)).toEqual({ doneSecondsAgo: null, failedSecondsAgo: null })
  const run = await startReconcileRun(db, poll)
  expect(await readReconcileRuns(db, poll)).toEqual({ doneSecondsAgo: null, failedSecondsAgo: null })

  await endReconcileRun(db, run, {
    counts: { missing: 2 },
    byDay: [{ day: '2026-03-01', counts: { missing: 2 } }],
    examples: { missing: ['a.json', 'b.json'] },
    error: null,
  })
  const [kept] = await database.dump('ingest.reconcile_run')
  expect(kept).toMatchObject({
    ...{ source: 'acme', purpose: 'poll', host: 'here', counts: { missing: 2 }, error: null },
    ...{
      by_day: [{ day: '2026-03-01', counts: { missing: 2 } }],
      examples: { missing: ['a.json', 'b.json'] },
    },
  })
  const { doneSecondsAgo, failedSecondsAgo } = await readReconcileRuns(db, poll)
  expect(doneSecondsAgo).toBeLessThan(30)
  expect(failedSecondsAgo).toBeNull()
  expect(await readReconcileRuns(db, { ...poll, purpose: 'schedule' })).toMatchObject({
    doneSecondsAgo: null,
  })
})

test('a failed run is not completed; a stopped run has not failed either', async () => {
  const { db } = database
  await endReconcileRun(db, await startReconcileRun(db, poll), { ...nothing, error: stoppedError })
  expect(await readReconcileRuns(db, poll)).toEqual({ doneSecondsAgo: null, failedSecondsAgo: null })
  await endReconcileRun(db, await startReconcileRun(db, poll), { ...nothing, error: 'access_denied' })
  const { doneSecondsAgo, failedSecondsAgo } = await readReconcileRuns(db, poll)
  expect(doneSecondsAgo).toBeNull()
  expect(failedSecondsAgo).toBeLessThan(30)
})

test('runs of a dead process are ended; those of others are not', async () => {
  const { db } = database
  await startReconcileRun(db, poll)
  const other = await startReconcileRun(db, { ...poll, source: 'globex' })
  await endLostRuns(db, poll)
  const runs = await database.dump('ingest.reconcile_run')
  expect(runs.filter((run) => run.ended_at === null).map((run) => String(run.run_id))).toEqual([other.runId])
})

test('the last thousand runs of a source and purpose are kept', async () => {
  const { db } = database
  await sql`
    insert into ingest.reconcile_run (source, purpose, host, ended_at)
    select 'acme', purpose, 'here', now() from generate_series(1, 1200), unnest('{poll,command}'::text[]) as p (purpose)
  `.execute(db)
  const run = await startReconcileRun(db, poll)
  await endReconcileRun(db, run, nothing)
  const kept = await sql<{ purpose: string; runs: number; newest: string }>`
    select purpose, count(*)::integer as runs, max(run_id) as newest from ingest.reconcile_run group by 1 order by 1
  `.execute(db)
  expect(kept.rows.map(({ purpose, runs }) => [purpose, runs])).toEqual([
    ['command', 1_200],
    ['poll', 1_000],
  ])
  expect(kept.rows[1]?.newest).toBe(run.runId)
})

const listOf = (host = 'test') => openSortedObjects(database.db, { purpose: 'gone_object', host })

test('objects added in any order come back in byte order, each key once', async () => {
  const sorted = await listOf()
  const other = await listOf()
  const lastModified = new Date('2026-03-01T10:00:00.123Z')
  await sorted.add([{ key: '\u{1f600}' }, { key: 'b', etag: 'e', sizeBytes: 5_000_000_000, lastModified }])
  await other.add([{ key: 'of another run' }])
  await sorted.add([{ key: '\uffff' }, { key: 'B' }, { key: 'b', etag: 'later' }])
  const pages: unknown[] = []
  for await (const page of sorted.pages(2)) pages.push(page.map(({ key, ...rest }) => [key, rest.etag]))
  expect(pages).toEqual([
    [
      ['B', undefined],
      ['b', 'e'],
    ],
    [
      ['\uffff', undefined],
      ['\u{1f600}', undefined],
    ],
  ])
  await Promise.all([sorted.close(), other.close()])
  expect(await database.dump('ingest.listed_object')).toEqual([])
})

test('a list that the server lost in a crash is never read as one that ends there', async () => {
  const sorted = await listOf()
  await sorted.add([{ key: 'a' }, { key: 'b' }, { key: 'c' }])
  const pages = sorted.pages(2)
  expect((await pages.next()).value).toHaveLength(2)
  // What recovery does with unlogged tables.
  await sql`truncate ingest.object_list, ingest.listed_object`.execute(database.db)
  await expect(pages.next()).rejects.toMatchObject({ code: 'object_list_lost', retryable: true })
  await expect(sorted.add([{ key: 'd' }])).rejects.toMatchObject({ code: 'object_list_lost' })
})

test('the list of a dead process is deleted by the next one, and a list in use is not', async () => {
  const [gone, used] = [await listOf('gone'), await listOf('used')]
  await gone.add([{ key: 'a' }])
  await used.add([{ key: 'a' }])
  await sql`update ingest.object_list set used_at = now() - interval '25 hours' where host = 'gone'`.execute(
    database.db,
  )
  const next = await listOf('next')
  expect((await database.dump('ingest.object_list')).map((row) => row.host).sort()).toEqual(['next', 'used'])
  expect(await database.dump('ingest.listed_object')).toHaveLength(1)
  await Promise.all([used.close(), next.close()])
})

test('a missing object is recorded as gone unless it changed since, and keeps its outcome', async () => {
  const { db } = database
  await sql`
    insert into ingest.object (bucket, object_key, outcome, code, settled_at, removed_at) values
      ('files', 'a', 'stored', null, now() - interval '1 hour', null),
      ('files', 'b', 'stored', null, now() + interval '1 hour', null),
      ('files', 'c', 'missing', null, now() - interval '1 hour', null),
      ('files', 'd', 'stored', null, now() - interval '1 hour', '2026-01-01'),
      ('files', 'e', 'rejected', 'not_json', now() - interval '1 hour', null),
      ('others', 'a', 'stored', null, now() - interval '1 hour', null)
  `.execute(db)
  const keys = ['e', 'd', 'c', 'b', 'a', 'unknown']
  const gone = { bucket: 'files', keys, settledBefore: new Date() }
  expect(await recordGone(db, gone)).toBe(2)
  expect(await recordGone(db, gone)).toBe(0)
  const rows = await database.dump('ingest.object')
  const removed = rows.filter((row) => row.removed_at !== null)
  expect(removed.map((row) => [row.bucket, row.object_key, row.outcome]).sort()).toEqual([
    ['files', 'a', 'stored'],
    ['files', 'd', 'stored'],
    ['files', 'e', 'rejected'],
  ])
})
