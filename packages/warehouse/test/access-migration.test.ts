import { chmod, cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startPostgres } from '@aftercall/embedded/postgres'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { countOf } from '@aftercall/testkit/test-count'
import { testPostgres } from '@aftercall/testkit/test-postgres'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject } from 'vitest'
import { type Database, type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { refreshAllRollups } from '../src/rollups/refresh-rollups.ts'
import { readAccess, readRoles, rolesStillToDo } from '../src/schema/access.ts'
import { makeLoaderLogin } from '../src/schema/make-login.ts'
import { type Migration, migrate, readMigrations } from '../src/schema/migrate.ts'
import { settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

const it = drawnTests({ quick: 1, thorough: 'all' })

const directory = new URL('../../../migrations', import.meta.url).pathname
let base: string
/** A separate cluster: the roles exist already in that of the other tests. */
let server: EmbeddedPostgres
let admin: Database
const handles: DatabaseHandle[] = []

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'aftercall-test-'))
  await chmod(base, 0o711)
  await cp(inject('emptyCluster'), join(base, 'data'), { recursive: true })
  server = await startPostgres({ ...testPostgres(), dataDir: join(base, 'data'), settings: { fsync: 'off' } })
  admin = open('postgres')
})
afterEach(async () => {
  await Promise.all(handles.splice(0).map((handle) => handle.close()))
  await server.stop()
  await rm(base, { recursive: true, force: true })
})

function open(database: string, username?: string, password = username): Database {
  const url = Object.assign(new URL(server.url), { pathname: database })
  if (username !== undefined) Object.assign(url, { username, password })
  const handle = openDatabase({
    url: url.href,
    poolMax: 2,
    applicationName: 'aftercall-test',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  handles.push(handle)
  return handle.db
}

async function run(db: Database, ...statements: string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

async function ownersOf(db: Database): Promise<unknown> {
  const answer = await sql<{ owner: string }>`
    select distinct relowner::regrole::text as owner from pg_class
    where relnamespace::regnamespace::text in ('ingest', 'warehouse', 'analytics', 'people', 'rollup', 'lake')`.execute(
    db,
  )
  return answer.rows.map((row) => row.owner)
}

const later: Migration = {
  name: '9999_later.sql',
  text: 'create table ingest.later (n int)',
  contentSha256: 'x',
}

it('I12 a login that may create roles and is not a superuser migrates several databases of a cluster at once', async () => {
  const migrations = await readMigrations(directory)
  await run(admin, `create role maker login createrole password 'maker'`)
  const names = ['one', 'two', 'three', 'four'].slice(0, countOf({ quick: 2, thorough: 4 }))
  for (const name of names) await run(admin, `create database ${name} owner maker`)
  await Promise.all(names.map((name) => migrate(open(name, 'maker'), migrations)))
  for (const name of names) {
    expect([name, await ownersOf(open(name))]).toEqual([name, ['aftercall_owner']])
    expect(rolesStillToDo(await readRoles(open(name)))).toEqual([])
  }
  // No superuser was needed: the same user continues, and makes a login that loads into a new month.
  expect(await migrate(open('one', 'maker'), [...migrations, later])).toEqual([later.name])
  expect(await ownersOf(open('one'))).toEqual(['aftercall_owner'])
  await makeLoaderLogin(open('one', 'maker'), { name: 'worker', password: 'worker' })
  const loader = openLoader(open('one', 'worker'))
  await loader.commit(settlementOf({}))
  await loader.drain()
  const month = await sql`select 1 from warehouse.session_2026_03`.execute(open('one', 'maker'))
  expect(month.rows).toHaveLength(1)
})

it('I12 a login that may not create roles migrates all the same, and learns what an administrator has to run', async () => {
  const migrations = await readMigrations(directory)
  await run(admin, `create role plain login password 'plain'`, 'create database own owner plain')
  const db = open('own', 'plain')
  expect(await migrate(db, migrations)).toHaveLength(migrations.length)
  expect(await ownersOf(db)).toEqual(['plain'])
  expect((await readAccess(db)).lacks).toEqual([])
  const loader = openLoader(db)
  await loader.commit(settlementOf({}))
  await loader.drain()

  const roles = await readRoles(db)
  expect(roles.missing).toEqual([
    'aftercall_actor',
    'aftercall_analyst',
    'aftercall_cleared',
    'aftercall_loader',
    'aftercall_operator',
    'aftercall_owner',
    'aftercall_publisher',
    'aftercall_supervisor',
  ])
  const toDo = rolesStillToDo(roles)
  expect(toDo.map((one) => one.by)).toEqual(['an administrator', 'plain'])
  await run(admin, ...(toDo[0]?.statements ?? []))
  await run(db, ...(toDo[1]?.statements ?? []))

  expect(rolesStillToDo(await readRoles(db))).toEqual([])
  expect(await ownersOf(db)).toEqual(['aftercall_owner'])
  expect(await migrate(db, [...migrations, later])).toEqual([later.name])
  expect(await ownersOf(db)).toEqual(['aftercall_owner'])
  await makeLoaderLogin(admin, { name: 'worker', password: 'worker' })
  expect((await readAccess(open('own', 'worker'))).lacks).toEqual([])
})

it('the SQL of docs/access.md works for an administrator who is not a superuser, and for each login it makes', async () => {
  const text = await readFile(new URL('../../../docs/access.md', import.meta.url), 'utf8')
  const [setUp = [], readers = []] = [...text.matchAll(/```sql\n(.*?)```/gs)].map((block) =>
    (block[1] ?? '').split(';\n').filter((statement) => statement !== ''),
  )
  await run(admin, `create role master login createrole createdb password 'master'`)
  await run(open('postgres', 'master'), ...setUp)
  const password = 'CHANGE-ME'
  const migrations = await readMigrations(directory)
  expect(await migrate(open('aftercall', 'aftercall_migrator', password), migrations)).toHaveLength(
    migrations.length,
  )
  await run(open('aftercall', 'master'), ...readers)
  expect(rolesStillToDo(await readRoles(open('aftercall')))).toEqual([])

  const worker = open('aftercall', 'aftercall_worker', password)
  expect((await readAccess(worker)).lacks).toEqual([])
  const loader = openLoader(worker)
  await loader.commit(settlementOf({}))
  await loader.drain()
  await refreshAllRollups(worker, { quietMs: 0, patienceMs: 0 })
  const [ana, carla] = ['ana', 'carla'].map((name) => open('aftercall', name, password))
  if (ana === undefined || carla === undefined) throw new Error('they are made above')
  const sessions = await sql`select sessions::int from completeness_daily`.execute(ana)
  expect(sessions.rows).toEqual([{ sessions: 1 }])
  const facts = await sql`select session_id::int from session`.execute(carla)
  expect(facts.rows).toEqual([{ session_id: 1 }])
  await expect(sql`select 1 from warehouse.session`.execute(ana)).rejects.toMatchObject({ code: '42501' })

  const [, limits = ''] = /## What every login may do .*?```sql\n(.*?)```/s.exec(text) ?? []
  const lever = ['select pg_advisory_lock(1)', `select lo_from_bytea(0, 'x')`, 'select lo_creat(-1)']
  for (const one of lever) await sql.raw(one).execute(ana)
  await sql.raw(limits).execute(open('aftercall'))
  for (const one of lever) await expect(sql.raw(one).execute(ana)).rejects.toMatchObject({ code: '42501' })
  await expect(sql`select pg_advisory_lock(1)`.execute(worker)).rejects.toMatchObject({ code: '42501' })
  const later = openLoader(worker)
  expect(await later.commit(settlementOf({ id: 2 }))).toMatchObject({ kind: 'stored' })
  await later.drain()
})
