import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { findRetentionHalt } from '../src/maintenance/hold-back-retention.ts'
import { endMaintenanceRun, removedBy, startMaintenanceRun } from '../src/maintenance/maintenance-runs.ts'
import { performMaintenance, readPlan } from '../src/maintenance/perform-maintenance.ts'
import { dropOldRows } from '../src/maintenance/retention/drop-old-rows.ts'
import { estimateRows, measureRetention } from '../src/maintenance/retention/measure-retention.ts'
import { datedKinds, monthsOfKind } from '../src/maintenance/retention/retention-kinds.ts'
import { readRetention } from '../src/maintenance/retention/retention-record.ts'
import {
  apply,
  expectWhole,
  loaderOf,
  maintain,
  openTransaction,
  plan,
  settlementOfSource,
} from './maintenance-fixture.ts'
import { draftOf, keptForAWhile, load } from './retention-fixture.ts'

let database: TestDatabase
let login: TestLogin
let loader: DatabaseHandle

beforeAll(async () => {
  login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_loader'] })
})
afterAll(() => login.drop())
beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  loader = openDatabase({
    ...{ url: login.urlOf(database.url), poolMax: 6, statementTimeoutSeconds: 30 },
    applicationName: 'aftercall-test',
    onIdleError: () => {},
  })
  return async () => {
    await loader.close()
    await database.drop()
  }
})

const settings = { ...keptForAWhile, ledgerDays: 365 }

/** Of every kind: rows that are due, rows that are too young, and one that is old enough and stays. */
async function fill(): Promise<void> {
  const { db } = database
  await sql`
    insert into ingest.object (bucket, object_key, outcome, settled_at)
    select 'files', name, outcome, now() - days * interval '1 day' from (values
      ('old-1', 'stored', 800), ('old-2', 'stored', 500), ('old-3', 'duplicate', 499), ('young', 'stored', 100),
      ('tried-again', 'failed', 900), ('open', 'rejected', 900)) as sample (name, outcome, days)
  `.execute(db)
  await sql`
    insert into ingest.rejection (fingerprint, bucket, object_key, code, detail, state, last_seen_at)
    values (sha256('1'), 'files', 'open', 'not_json', '', 'open', now() - interval '900 days'),
           (sha256('2'), 'files', 'x', 'not_json', '', 'replayed', now() - interval '900 days'),
           (sha256('3'), 'files', 'y', 'not_json', '', 'ignored', now() - interval '100 days')
  `.execute(db)
  await sql`insert into ingest.rejected_content (content_sha256, content) values (sha256('x'), 'x')`.execute(
    db,
  )
  await sql`update ingest.rejection set content_sha256 = sha256('x') where state <> 'replayed'`.execute(db)
  await sql`
    insert into ingest.schema_drift (source, channel, json_path, json_type, document_count, last_seen_at, example_bucket,
                                     example_key)
    select 'acme', 'call', '$.a', type, 1, now() - days * interval '1 day', 'files', 'a.json'
    from (values ('string', 400), ('number', 10)) as sample (type, days)
  `.execute(db)
  await sql`
    insert into ingest.action (kind, arguments, form_key, asked_by, asked_login, state, asked_at, ended_at)
    values ('maintain', '{}', gen_random_uuid(), 'a', 'a', 'done', now(), now() - interval '400 days'),
           ('maintain', '{}', gen_random_uuid(), 'a', 'a', 'waiting', now() - interval '400 days', null)
  `.execute(db)
  await sql`
    insert into ingest.backfill_run (source, bucket, prefix, via, request, state, host, updated_at, ended_at)
    values ('acme', 'files', '', 'direct', '{}', 'done', 'a', now(), now() - interval '400 days'),
           ('acme', 'files', '', 'direct', '{}', 'open', 'a', now() - interval '400 days', null)
  `.execute(db)
  await sql`insert into ingest.backfill_shard (run_id, shard) select run_id, 0 from ingest.backfill_run`.execute(
    db,
  )
  await sql`
    insert into ingest.reconcile_run (source, purpose, host, started_at, ended_at)
    select 'acme', 'schedule', 'a', now() - interval '402 days', now() - days * interval '1 day'
    from (values (401), (400)) as sample (days)
  `.execute(db)
  await sql`
    insert into ingest.maintenance_run (host, started_at, ended_at)
    select 'a', now() - interval '402 days', now() - days * interval '1 day'
    from (values (401), (400)) as sample (days)
  `.execute(db)
  await sql`
    insert into ingest.worker (worker_id, host, version, beat_at, receiving, in_flight)
    select gen_random_uuid(), 'a', '1', now() - days * interval '1 day', true, 0
    from (values (8), (0)) as sample (days)
  `.execute(db)
}

const dueOfEach = {
  ...{
    ledger: 3,
    rejection: 1,
    rejection_content: 2,
    drift: 1,
    action: 1,
    backfill_run: 1,
    reconcile_run: 1,
  },
  ...{ maintenance_run: 1, worker: 1 },
}

test('of every kind what is due goes, and nothing else; a dry run counts the same beforehand and changes nothing', async () => {
  await fill()
  const measure = () => measureRetention(database.db, { sources: [], settings, plan: { empty: [] } })
  const before = await measure()
  const ofDated = before.filter(({ kind }) => datedKinds.some((one) => one === kind))
  expect(Object.fromEntries(ofDated.map(({ kind, due }) => [kind, due]))).toEqual(dueOfEach)
  expect(await measure()).toEqual(before)

  // As the role that maintenance runs as, in batches smaller than what is due.
  expect(await dropOldRows(loader.db, settings, 1)).toEqual(dueOfEach)
  const after = await measure()
  for (const { kind, rows } of ofDated) {
    const left = after.find((one) => one.kind === kind)
    expect([kind, left?.rows]).toEqual([kind, (rows ?? 0) - dueOfEach[kind as keyof typeof dueOfEach]])
    expect([kind, left?.due]).toEqual([kind, 0])
  }
  const left = await sql<{ key: string }>`select object_key as key from ingest.object order by 1`.execute(
    database.db,
  )
  expect(left.rows.map(({ key }) => key)).toEqual(['open', 'tried-again', 'young'])
  expect(await database.dump('ingest.rejected_content')).toHaveLength(1)
  expect(await dropOldRows(loader.db, settings)).toEqual({})
})

test('where counting takes too long, the estimate of Postgres stands for it, over all partitions', async () => {
  await fill()
  for (const month of ['2025-01', '2026-05']) await load(database.db, 'acme', month, 3)
  expect((await estimateRows(loader.db, 'ledger')).rows).toBeNull()
  await sql`analyze ingest.object`.execute(database.db)
  await sql`analyze warehouse.session_document`.execute(database.db)
  const unknown = { isEstimate: true, oldestAt: null, due: null }
  const objects = await database.dump('ingest.object')
  expect(await estimateRows(loader.db, 'ledger')).toEqual({ ...unknown, rows: objects.length })
  expect(await estimateRows(loader.db, 'document')).toEqual({ ...unknown, rows: 6 })
})

test('a kind without a period stays, whatever its age', async () => {
  await fill()
  expect(await dropOldRows(loader.db, keptForAWhile)).not.toHaveProperty('ledger')
  expect(await database.dump('ingest.object')).toHaveLength(6)
})

test('a row that a loader has locked is left for the next run, and nobody waits', async () => {
  await fill()
  const held = await openTransaction(
    database.db,
    `update ingest.object set settle_count = 2 where object_key = 'old-1'`,
  )
  const removed = await dropOldRows(loader.db, settings).finally(held.undo)
  expect(removed).toMatchObject({ ledger: 2 })
  expect(await dropOldRows(loader.db, settings)).toEqual({ ledger: 1 })
})

test('the functions refuse a period of no days, an unknown kind, and a month that is too recent', async () => {
  for (const [call, message] of [
    [sql`select * from ingest.tidy('ledger', 0, 10, null)`, /at least one day/],
    [sql`select * from ingest.tidy('session', 10, 10, null)`, /no rows/],
    [sql`select * from ingest.empty_month('session', '2020-01-01', 10)`, /there is no kind session/],
    [sql`select * from ingest.empty_month('document', now()::date, 10)`, /too recent to be removed/],
  ] as const)
    await expect(call.execute(loader.db)).rejects.toThrow(message)
})

describe('documents and revisions', () => {
  test('a document is kept no longer than its revision', () => {
    const of = (documentMonths?: number, revisionMonths?: number) =>
      (['document', 'revision'] as const).map((kind) =>
        monthsOfKind(kind, {
          ...(documentMonths === undefined ? {} : { documentMonths }),
          ...(revisionMonths === undefined ? {} : { revisionMonths }),
        }),
      )
    expect([of(), of(6), of(undefined, 3), of(6, 3), of(3, 6)]).toEqual([
      [null, null],
      [6, null],
      [3, 3],
      [3, 3],
      [3, 6],
    ])
  })

  const counts = async () => {
    const answer = await sql<{ sessions: number; revisions: number; documents: number }>`
      select (select count(*)::integer from warehouse.session) as sessions,
             (select count(*)::integer from warehouse.session_revision) as revisions,
             (select count(*)::integer from warehouse.session_document) as documents
    `.execute(database.db)
    return answer.rows[0]
  }

  test('I12 documents of old months go while their sessions stay, by partition and from the default partition', async () => {
    for (const month of ['2001-01', '2025-01', '2026-05']) await load(database.db, 'acme', month, 3)
    const retention = { documentMonths: 6 }
    const planned = await plan(loader.db, { retention })
    expect(planned.empty.map(({ month, kind, rows }) => [month, kind, rows])).toEqual([
      ['2001-01', 'document', 3],
      ['2025-01', 'document', 3],
    ])
    expect(await counts()).toEqual({ sessions: 9, revisions: 9, documents: 9 })
    const steps = await apply(loader.db, planned)
    expect(steps.filter(({ kind }) => kind === 'failed')).toEqual([])
    expect(removedBy(steps)).toEqual({ months: 2, sessions: 0 })
    expect(await counts()).toEqual({ sessions: 9, revisions: 9, documents: 3 })
    expect((await plan(loader.db, { retention })).empty).toEqual([])
    // A revision takes the documents with it that are left.
    await apply(loader.db, await plan(loader.db, { retention: { revisionMonths: 1 } }))
    expect(await counts()).toEqual({ sessions: 9, revisions: 3, documents: 3 })
  })

  test('months of documents count for the brake like months of a source', async () => {
    for (const month of ['2026-01', '2026-02']) await load(database.db, 'acme', month, 1)
    const planned = await plan(loader.db, { retention: { documentMonths: 2 } })
    expect(await findRetentionHalt(loader.db, planned, { allowedMonths: undefined })).toMatchObject({
      code: 'retention_too_large',
      message: expect.stringMatching(/2 months of the documents of all sources .*--allow-drop 2$/),
    })
    const runId = await startMaintenanceRun(database.db, 'test')
    await endMaintenanceRun(database.db, runId, { removed: { months: 1, sessions: 0 }, halted: null })
    expect(await findRetentionHalt(loader.db, planned, { allowedMonths: undefined })).toBeUndefined()
  })

  test('I3 I12 beside running loaders nothing fails and no session loses a row of its own', async () => {
    await load(database.db, 'acme', '2025-01', 40)
    await maintain(database.db)
    const troubles = { retried: 0, split: 0 }
    const running = loaderOf(database.db, undefined, troubles, 5)
    const again = Array.from({ length: 40 }, (_, index) => {
      const updatedAt = '2026-06-01T00:00:00Z'
      const times = { updatedAt, lastModified: updatedAt, rating: 5 }
      return running.commit(settlementOfSource('acme', { ...draftOf('2025-01', index + 1), ...times }))
    })
    const retention = { documentMonths: 6, revisionMonths: 6 }
    const steps = await Promise.all([maintain(loader.db, { retention }), maintain(loader.db, { retention })])
    const ends = await Promise.all(again)
    expect(steps.flat().filter(({ kind }) => kind === 'failed')).toEqual([])
    expect(new Set(ends.map(({ kind }) => kind))).toEqual(new Set(['stored']))
    expect(troubles).toEqual({ retried: 0, split: 0 })
    await maintain(loader.db, { retention })
    expect(await counts()).toEqual({ sessions: 40, revisions: 0, documents: 0 })
    // The next revision of each is loaded as ever.
    await load(database.db, 'beta', '2026-05', 5)
    expect(await expectWhole(database.db).catch(() => 'documents are gone')).toBe('documents are gone')
  })
})

test('a run records what is kept how long, how much there is, and what went; one that is held back only how much', async () => {
  await load(database.db, 'acme', '2020-01', 2)
  await fill()
  const config = {
    sources: [{ name: 'acme', retentionMonths: 600 }] as never,
    months: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
    retention: settings,
  }
  const events = { stepEnded() {}, batchDeleted() {} }
  const planned = await readPlan(loader.db, config, undefined)
  const halted = { ...planned, halted: { code: 'retention_too_large', message: '' } }
  await performMaintenance(loader.db, halted, config, events)
  const held = await readRetention(database.db)
  expect(held.lastRun).toMatchObject({ halted: 'retention_too_large' })
  expect(held.rows.every(({ tidiedAt }) => tidiedAt === null)).toBe(true)
  expect(held.rows[0]).toMatchObject({
    ...{ kind: 'session', source: 'acme', kept: { count: 600, unit: 'months' }, rows: 2, removed: 0 },
    oldestAt: new Date('2020-01-02T10:00:00Z'),
  })

  await performMaintenance(loader.db, planned, config, events)
  const { rows, lastRun } = await readRetention(database.db)
  expect(lastRun).toMatchObject({ halted: null })
  expect(rows.map(({ kind }) => kind)).toEqual(['session', 'document', 'revision', ...datedKinds])
  expect(rows.find(({ kind }) => kind === 'ledger')).toMatchObject({
    ...{ kept: { count: 365, unit: 'days' }, removed: 3, isEstimate: false, tidiedAt: expect.any(Date) },
  })
  expect(rows.find(({ kind }) => kind === 'document')).toMatchObject({ kept: null, rows: 2, removed: 0 })
})
