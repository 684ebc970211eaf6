import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Database, type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { applyMaintenance, planMaintenance } from '../src/maintenance/maintain.ts'
import { readAccess, requireAccess } from '../src/schema/access.ts'
import { settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

type Who = 'loader' | 'analyst' | 'cleared' | 'outsider'

let database: TestDatabase
const logins: TestLogin[] = []
const handles: DatabaseHandle[] = []
const as = {} as Record<Who, Database>

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  for (const who of ['loader', 'analyst', 'cleared', 'outsider'] as const) {
    const inRoles = who === 'outsider' ? [] : [`aftercall_${who}`]
    const login = await createTestLogin(inject('postgresUrl'), { inRoles })
    logins.push(login)
    as[who] = openAs(login.urlOf(database.url)).db
  }
})
afterAll(async () => {
  await Promise.all(handles.map((handle) => handle.close()))
  await Promise.all(logins.map((login) => login.drop()))
  await database.drop()
})

function openAs(url: string): DatabaseHandle {
  const handle = openDatabase({
    url,
    poolMax: 2,
    applicationName: 'aftercall-test',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  handles.push(handle)
  return handle
}

async function run(who: Who, statement: string): Promise<unknown[]> {
  return (await sql.raw(statement).execute(as[who])).rows
}

/** Refused for lack of a right (42501), not for another reason. */
async function expectRefused(who: Who, ...statements: string[]): Promise<void> {
  for (const statement of statements) {
    const ended = await run(who, statement).catch((error: { code?: string }) => error.code)
    expect([statement, ended]).toEqual([statement, '42501'])
  }
}

test('I1 the whole load path works for a login in aftercall_loader, new months and maintenance included', async () => {
  const loader = openLoader(as.loader)
  await Promise.all([
    loader.commit(settlementOf({ id: 1, transfers: [7] })),
    loader.commit(settlementOf({ id: 2, createdAt: '2025-11-02T00:00:00Z' })),
  ])
  await loader.commit(
    settlementOf({ id: 1, transfers: [8], updatedAt: '2026-03-25T00:00:00Z', key: 'later.json' }),
  )
  await loader.drain()
  const options = {
    sources: [{ name: 'acme', retentionMonths: 1 }],
    now: new Date('2026-04-15T00:00:00Z'),
    span: { yearsBack: 10, ahead: 1 },
  }
  const plan = await planMaintenance(as.loader, options)
  expect(plan.retain).toMatchObject([{ month: '2025-11', how: 'drop' }])
  expect(await run('cleared', 'select session_id from warehouse.session order by 1')).toMatchObject([{}, {}])
  const steps = await applyMaintenance(as.loader, plan, { stepEnded() {}, batchDeleted() {} })
  expect(steps.map((one) => one.kind).sort()).toEqual(['dropped', 'made', 'made'])
  expect(await run('cleared', 'select transfer_id::int from warehouse.transfer')).toEqual([
    { transfer_id: 8 },
  ])
  expect(
    await run('cleared', 'select document is null as gone from warehouse.session_document'),
  ).toContainEqual({
    gone: false,
  })
})

test('the loader cannot drop, truncate, or create anything, and reads no more than it writes', async () => {
  await expectRefused(
    'loader',
    'drop table warehouse.session',
    'truncate ingest.object',
    'alter table warehouse.session add column more text',
    'create table warehouse.own ()',
    'create table ingest.own ()',
    'create table public.own ()',
    'create schema own',
    'delete from ingest.object',
    'delete from ingest.session_head',
    "update ingest.migration set name = 'other'",
    'delete from warehouse.status',
    'select * from analytics.completeness_daily',
    "select ingest.make_month('2026-05-01', true)",
    'select ingest.grant_access()',
  )
})

test('an analyst can read every view of analytics and nothing else', async () => {
  const views = await sql<{ name: string }>`
    select format('%I.%I', schemaname, viewname) as name from pg_views where schemaname = 'analytics'
    union select format('%I.%I', schemaname, matviewname) from pg_matviews where schemaname = 'analytics'
    union select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'analytics'
  `.execute(database.db)
  expect(views.rows.length).toBeGreaterThan(1)
  for (const { name } of views.rows) {
    for (const who of ['analyst', 'cleared'] as const) await run(who, `select * from ${name} limit 1`)
  }
  await run('analyst', "select * from analytics.completeness('2026-03-01', '2026-03-31')")
  await expectRefused(
    'analyst',
    'select * from warehouse.session',
    'select * from warehouse.session_2026_03',
    'select * from warehouse.session_change',
    'select * from warehouse.status',
    'select * from ingest.rejection',
    'select * from ingest.session_months()',
    'create view analytics.own as select 1',
    'create table public.own ()',
  )
})

test('the role cleared can read the warehouse, raw documents included, and change nothing', async () => {
  await run('cleared', 'select * from warehouse.session_change')
  await expectRefused(
    'cleared',
    'select * from ingest.rejection',
    'update warehouse.session set rating = 5',
    'delete from warehouse.session',
    'create table warehouse.own ()',
    "select ingest.drop_month('2026-03-01', '{acme}')",
  )
})

test('a login without any of the roles has no rights', async () => {
  await expectRefused(
    'outsider',
    'select * from warehouse.session',
    'select * from ingest.object',
    'select * from analytics.completeness_daily',
    "select ingest.create_month('2026-05-01')",
    "select * from analytics.completeness('2026-03-01', '2026-03-31')",
    'create table public.own ()',
  )
  const routines = await sql<{ name: string }>`
    select p.oid::regprocedure::text as name from pg_proc p
    where p.pronamespace::regnamespace::text in ('ingest', 'warehouse', 'analytics', 'people', 'rollup', 'lake')
      and has_function_privilege(${logins[3]?.name}, p.oid, 'execute')`.execute(database.db)
  expect(routines.rows).toEqual([])
})

test('everything belongs to aftercall_owner, so that no function runs as a superuser', async () => {
  const strangers = await sql`
    select relname::text as name from pg_class
    where relnamespace::regnamespace::text in ('ingest', 'warehouse', 'analytics', 'people', 'rollup', 'lake') and relowner <> 'aftercall_owner'::regrole
    union all
    select proname::text from pg_proc
    where pronamespace::regnamespace::text in ('ingest', 'warehouse', 'analytics', 'people', 'rollup', 'lake') and proowner <> 'aftercall_owner'::regrole
  `.execute(database.db)
  expect(strangers.rows).toEqual([])
})

test('objects of a later migration are closed until a rule names them, and then open to the roles of the rule', async () => {
  await database.db.transaction().execute(async (transaction) => {
    await sql`set local role aftercall_owner`.execute(transaction)
    await sql`create table ingest.later (n int)`.execute(transaction)
    await sql`create table warehouse.later (n int)`.execute(transaction)
    await sql`create view analytics.later as select n from warehouse.later`.execute(transaction)
    await sql`create function ingest.later() returns int language sql as 'select 1'`.execute(transaction)
  })
  await expectRefused('loader', 'select n from ingest.later', 'insert into warehouse.later values (1)')
  await expectRefused('analyst', 'select n from analytics.later')
  await expectRefused('cleared', 'select n from warehouse.later')
  await sql`
    insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
    values ('aftercall_loader', 'table', 'warehouse.later', 'select, insert'),
           ('aftercall_analyst', 'table', 'analytics.later', 'select')
  `.execute(database.db)
  await sql`select ingest.grant_access()`.execute(database.db)
  await run('loader', 'insert into warehouse.later values (1)')
  expect(await run('analyst', 'select n from analytics.later')).toEqual([{ n: 1 }])
  await expectRefused('analyst', 'select n from warehouse.later')
  await expectRefused('cleared', 'select n from warehouse.later')
  await expectRefused('loader', 'select ingest.later()', 'delete from warehouse.later')
})

describe('requireAccess', () => {
  test('accepts a loader, and a superuser only if the configuration allows it', async () => {
    await requireAccess(as.loader, {})
    await requireAccess(database.db, { allowSuperuser: true })
    await expect(requireAccess(database.db, {})).rejects.toMatchObject({
      code: 'superuser_refused',
      retryable: false,
      message: expect.stringMatching(/"postgres" is a superuser.*database\.allowSuperuser: true/),
    })
  })

  test.each(['analyst', 'outsider'] as const)('names a missing right of %s and what to run', async (who) => {
    await expect(requireAccess(as[who], {})).rejects.toMatchObject({
      code: 'privileges_missing',
      retryable: true,
      message: expect.stringMatching(
        /lacks what loading needs: .*; and \d+ more; run: grant aftercall_loader to/,
      ),
    })
  })

  test('names a single missing right, and a table that was dropped', async () => {
    const other = await createTestDatabase(inject('postgresUrl'))
    const { db } = openAs(logins[0]?.urlOf(other.url) ?? '')
    await sql`revoke update on ingest.object from aftercall_loader`.execute(other.db)
    await sql`drop table ingest.backfill_shard`.execute(other.db)
    expect((await readAccess(db)).lacks).toEqual([
      'ingest.backfill_shard, which does not exist',
      'update on ingest.object',
    ])
    await Promise.all([handles.pop()?.close(), other.drop()])
  })
})
