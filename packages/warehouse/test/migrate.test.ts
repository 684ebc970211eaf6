import { tables } from '@aftercall/metadata/tables'
import { postgresType } from '@aftercall/metadata/tables/columns'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { templateName } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { migrate, migrationStates, readMigrations } from '../src/schema/migrate.ts'

const it = drawnTests({ quick: 5, thorough: 'all' })

const directory = new URL('../../../migrations', import.meta.url).pathname
const handles: DatabaseHandle[] = []
let url: URL

function open(): DatabaseHandle {
  const handle = openDatabase({
    url: url.href,
    poolMax: 2,
    applicationName: 'aftercall-test',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  handles.push(handle)
  return handle
}

beforeEach(async () => {
  url = new URL(inject('postgresUrl'))
  const name = `aftercall_test_empty_${process.pid}_${performance.now().toString().replace('.', '_')}`
  await sql`create database ${sql.id(name)}`.execute(open().db)
  url.pathname = name
})
afterEach(async () => {
  await Promise.all(handles.splice(0).map((handle) => handle.close()))
})

it('I12 two callers at once apply every migration once', async () => {
  const migrations = await readMigrations(directory)
  const applied = await Promise.all([migrate(open().db, migrations), migrate(open().db, migrations)])
  expect(applied.flat().sort()).toEqual(migrations.map((one) => one.name))
  expect(await migrate(open().db, migrations)).toEqual([])
  const states = await migrationStates(open().db, migrations)
  expect(new Set(states.map((one) => one.state))).toEqual(new Set(['applied']))
})

it('I12 a migration that fails leaves nothing of itself, and is named', async () => {
  const bad = {
    name: '0001_break.sql',
    text: 'create table ingest.t (a int); select 1/0;',
    contentSha256: 'x',
  }
  await expect(migrate(open().db, [bad])).rejects.toThrow(
    '0001_break.sql failed and was rolled back: division by zero',
  )
  const answer = await sql<{ there: boolean }>`select to_regclass('ingest.t') is not null as there`.execute(
    open().db,
  )
  expect(answer.rows).toEqual([{ there: false }])
})

it('I12 an applied migration that was changed is refused', async () => {
  const one = { name: '0001_make.sql', text: 'create table ingest.t (a int)', contentSha256: 'x' }
  await migrate(open().db, [one])
  await expect(migrate(open().db, [{ ...one, contentSha256: 'y' }])).rejects.toThrow('0001_make.sql differs')
})

it('I12 a database that a newer release has migrated is recognized', async () => {
  const one = { name: '0001_make.sql', text: 'create table ingest.t (a int)', contentSha256: 'x' }
  await migrate(open().db, [one])
  expect(await migrationStates(open().db, [])).toMatchObject([{ name: '0001_make.sql', state: 'unknown' }])
})

it('I12 a month that many callers request at once is made once, for every partitioned table', async () => {
  await migrate(open().db, await readMigrations(directory))
  const handle = open()
  const ask = () => sql<{ made: number }>`select ingest.create_month('2026-03-01') as made`.execute(handle.db)
  const answers = await Promise.all([ask(), ask(), ask(), ask()])
  // The tables for documents, for revisions, and for collisions.
  expect(answers.map((answer) => answer.rows[0]?.made).sort()).toEqual([0, 0, 0, tables.length + 3])
})

it('the tables have exactly the columns that the mapping fills, with their types', async () => {
  const handle = openDatabase({
    url: Object.assign(new URL(inject('postgresUrl')), { pathname: templateName }).href,
    poolMax: 1,
    applicationName: 'aftercall-test',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  handles.push(handle)
  for (const table of tables) {
    const answer = await sql<{ name: string; type: string }>`
      select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = ${`warehouse.${table.name}`}::regclass and attnum > 0 and not attisdropped order by attnum
    `.execute(handle.db)
    const around = new Set([
      'bucket',
      'object_key',
      'loaded_at',
      'session_created_at',
      ...(table.name === 'session' ? [] : ['source', 'channel', 'session_id']),
    ])
    const own = answer.rows.filter((row) => !around.has(row.name))
    const expected = table.columns.map((column) => ({
      name: column.name,
      type: postgresType[column.kind]
        .replace(/^timestamp$/, 'timestamp without time zone')
        .replace('timestamptz', 'timestamp with time zone'),
    }))
    expect(own).toEqual(expected)
  }
})

it('I12 a caller waits for another one to finish migrating, without a time limit', async () => {
  const migrations = await readMigrations(directory)
  const other = open()
  const impatient = openDatabase({
    url: url.href,
    poolMax: 1,
    applicationName: 'aftercall-test',
    statementTimeoutSeconds: 1,
    onIdleError: () => {},
  })
  handles.push(impatient)
  await migrate(other.db, [])
  const holder = await other.db.startTransaction().execute()
  await sql`lock table ingest.migration in exclusive mode`.execute(holder)
  const waiting = migrate(impatient.db, migrations)
  await sql`select pg_sleep(1.3)`.execute(holder)
  await holder.commit().execute()
  const waited = await waiting
  expect(waited).toEqual(migrations.map((one) => one.name))
})

it('I12 no login but the owner can block a migration, even with every advisory lock', async () => {
  const migrations = await readMigrations(directory)
  const holder = await open().db.startTransaction().execute()
  await sql`select pg_advisory_xact_lock(hashtextextended(name, 0))
            from unnest(array['aftercall.migrate', 'aftercall.create_month']) name`.execute(holder)
  expect(await migrate(open().db, migrations)).toHaveLength(migrations.length)
  await holder.rollback().execute()
})

it('a migration uses only objects that it names with their schema, for any search path of the login', async () => {
  const { db } = open()
  await migrate(db, [])
  // Without the fixed path this would be the better match for a varchar.
  await sql`create function public.length(varchar) returns integer language sql as 'select -1'`.execute(db)
  const text = `create table ingest.t as select length('ab'::varchar) as n`
  await migrate(db, [{ name: '0001_make.sql', text, contentSha256: 'x' }])
  expect((await sql`select n from ingest.t`.execute(db)).rows).toEqual([{ n: 2 }])
})

it('I12 a migration that cannot lock a table gives up before workers are blocked, and says so', async () => {
  const { db } = open()
  const migrations = await readMigrations(directory)
  await migrate(db, migrations)
  const text = 'alter table ingest.source add column note text'
  const next = [...migrations, { name: '9999_add_note.sql', text, contentSha256: 'x' }]
  await open()
    .db.transaction()
    .execute(async (transaction) => {
      await sql`lock table ingest.source in access share mode`.execute(transaction)
      await expect(migrate(db, next, { tableLockMsMax: 100 })).rejects.toMatchObject({
        code: 'migration_failed',
        message: expect.stringContaining(
          'another session held a table for 0.1 s; run it again at a quieter time',
        ),
      })
    })
  expect(await migrate(db, next)).toEqual(['9999_add_note.sql'])
})
