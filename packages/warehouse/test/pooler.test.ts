import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { openTransactionPooler, type TransactionPooler } from '@aftercall/testkit/transaction-pooler'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { hasTransactionPooler } from '../src/connection/find-pooler.ts'
import { withLease } from '../src/leases/with-lease.ts'
import { createBackfillRun } from '../src/ledger/backfill-runs.ts'
import { RunBusyError, withRunLock } from '../src/ledger/run-lock.ts'

let database: TestDatabase
let pooler: TransactionPooler
const handles: DatabaseHandle[] = []

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  pooler = await openTransactionPooler(database.url)
})
afterEach(async () => {
  await Promise.all(handles.splice(0).map((handle) => handle.close()))
})
afterAll(async () => {
  await pooler.close()
  await database.drop()
})

type Options = { readOnly?: true; poolMax?: number; url?: string; statementTimeoutSeconds?: number }

function open(options: Options = {}): DatabaseHandle {
  const { url = pooler.through(database.url), poolMax = 3, ...rest } = options
  const handle = openDatabase({
    ...{ url, poolMax, applicationName: 'test', statementTimeoutSeconds: 2, ...rest },
    onIdleError: () => {},
  })
  handles.push(handle)
  return handle
}

/** Sessions that the pooler cannot give to another client. */
async function openTransactions(): Promise<unknown[]> {
  const { rows } = await sql`
    select pid, state, query, xact_start from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
      and xact_start is not null
  `.execute(database.db)
  return rows
}

/** Longer than `noneStaysOpen` waits: Postgres would end a transaction that stays open. */
const holding = { statementTimeoutSeconds: 60 }

/** A session of a test before may still be ending. */
const noneStaysOpen = () => expect.poll(openTransactions, { timeout: 20_000 }).toEqual([])

/** So that each transaction gets another session than the one before. */
async function warmUp({ db }: DatabaseHandle): Promise<void> {
  await Promise.all([1, 2, 3].map(() => sql`select pg_sleep(0.05)`.execute(db)))
}

test('the pooler of these tests gives a client another session for each transaction, and drops options', async () => {
  const handle = open({ url: `${pooler.through(database.url)}?options=-c%20work_mem%3D1234kB` })
  await warmUp(handle)
  const seen = new Set<unknown>()
  await handle.db.connection().execute(async (connection) => {
    for (let time = 0; time < 4; time += 1) {
      const { rows } = await sql<{ pid: number; memory: string }>`
        select pg_backend_pid() as pid, current_setting('work_mem') as memory`.execute(connection)
      seen.add(rows[0]?.pid)
      expect(rows[0]?.memory).not.toBe('1234kB')
    }
  })
  expect(seen.size).toBeGreaterThan(1)
})

test('behind a transaction pooler, every query has its limits and settings, and leaves none of them to others', async () => {
  const handle = open()
  await warmUp(handle)
  const read = sql<Record<string, string>>`
    select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
           current_setting('TimeZone') as zone, current_setting('DateStyle') as style`
  const expected = { statement: '2s', lock: '1s', zone: 'UTC', style: 'ISO, YMD' }
  for (let time = 0; time < 4; time += 1) expect((await read.execute(handle.db)).rows).toEqual([expected])
  await handle.db.transaction().execute(async (transaction) => {
    expect((await read.execute(transaction)).rows).toEqual([expected])
  })
  await expect(sql`select pg_sleep(5)`.execute(handle.db)).rejects.toMatchObject({ code: '57014' })
  const other = new pg.Client(pooler.through(database.url))
  await other.connect()
  for (let time = 0; time < 4; time += 1) {
    const { rows } = await other.query(`select current_setting('statement_timeout') as statement`)
    expect(rows).toEqual([{ statement: '0' }])
  }
  await other.end()
})

test('behind a transaction pooler, a read-only pool cannot write, outside a transaction or in one', async () => {
  const { db } = open({ readOnly: true })
  const write = sql`insert into ingest.source (name, bucket, prefix) values ('x', 'y', 'z')`
  await expect(write.execute(db)).rejects.toMatchObject({ code: '25006' })
  await expect(db.transaction().execute((transaction) => write.execute(transaction))).rejects.toMatchObject({
    code: '25006',
  })
})

test('behind a transaction pooler, one process at a time holds a lease, and no transaction stays open', async () => {
  const [one, two] = [open(holding), open(holding)]
  await warmUp(one)
  for (let time = 0; time < 5; time += 1) {
    const end = await withLease(one.db, { name: 'acme', host: 'first' }, async () => {
      await warmUp(one)
      await noneStaysOpen()
      return withLease(two.db, { name: 'acme', host: 'second' }, async () => 'twice')
    })
    expect(end).toMatchObject({ kind: 'done', answer: { kind: 'held', by: { host: 'first' } } })
    expect(await database.dump('ingest.lease')).toEqual([])
  }
})

test('behind a transaction pooler, one process works on a backfill run, and the run is free afterwards', async () => {
  const [one, two] = [open(holding), open(holding)]
  const request = {
    source: 'acme',
    bucket: 'files',
    prefix: '',
    via: 'direct' as const,
    request: {},
    host: 'a',
  }
  const { runId } = await createBackfillRun(one.db, { ...request, shards: [] })
  const lock = (host: string) => ({ runId, host, onWait: () => {}, signal: AbortSignal.timeout(30_000) })
  await withRunLock(one.db, lock('first'), async () => {
    await warmUp(one)
    await noneStaysOpen()
    await expect(withRunLock(two.db, lock('second'), async () => {})).rejects.toThrow(RunBusyError)
  })
  expect(await withRunLock(two.db, lock('second'), async () => 'worked')).toBe('worked')
})

test('a pooler that gives each transaction another session is distinguished from a server', async () => {
  expect(await hasTransactionPooler(open({ poolMax: 2 }).db)).toBe(true)
  expect(await hasTransactionPooler(open({ poolMax: 2, url: database.url }).db)).toBe(false)
})

test('if a pooler refuses a startup parameter, the error says what to change', async () => {
  const strict = await openTransactionPooler(database.url, { startupOptions: 'refused' })
  onTestFinished(() => strict.close())
  const url = strict.through(database.url)
  expect((await sql`select 1 as one`.execute(open({ url }).db)).rows).toEqual([{ one: 1 }])
  const asking = open({ url: `${url}?options=-c%20work_mem%3D8MB` })
  await expect(sql`select 1`.execute(asking.db)).rejects.toMatchObject({
    code: 'startup_parameter_unsupported',
    message: expect.stringContaining('ignore_startup_parameters of pgbouncer'),
  })
})
