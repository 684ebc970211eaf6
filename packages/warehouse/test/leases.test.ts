import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { openTransactionPooler } from '@aftercall/testkit/transaction-pooler'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../src/connection/database.ts'
import { isOutage } from '../src/connection/error-class.ts'
import { type LeaseClaim, readLease, renewLease, takeLease } from '../src/leases/leases.ts'
import { type LeaseTerms, withLease } from '../src/leases/with-lease.ts'

let database: TestDatabase
const children: ChildProcess[] = []

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate ingest.lease`.execute(database.db)
})
afterEach(() => {
  vi.useRealTimers()
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const waiting = { timeout: 60_000, interval: 10 }
const hour = 3_600_000
/** Renewed only by `confirm`. */
const never: LeaseTerms = { lengthMs: 50, renewEveryMs: hour }

const here = (name: string, terms?: LeaseTerms) => ({ name, host: 'here', terms })
const elsewhere = (lengthMs: number): LeaseClaim => {
  return { name: 'acme', holder: 'of another machine', host: 'elsewhere', lengthMs }
}

function openAs(url: string) {
  const handle = openDatabase({
    ...{ url, poolMax: 2, applicationName: 'test', statementTimeoutSeconds: 5 },
    onIdleError: () => {},
  })
  onTestFinished(() => handle.close())
  return handle.db
}

async function untilExpired(name: string): Promise<void> {
  await vi.waitUntil(async () => ((await readLease(database.db, name))?.msLeft ?? 0) < 0, waiting)
}

test('one process at a time holds a lease, and it is released when the work ends or fails', async () => {
  const { db } = database
  const end = await withLease(db, here('acme'), async () => {
    expect(await withLease(db, here('globex'), async () => 'beside')).toMatchObject({ answer: 'beside' })
    return withLease(db, here('acme'), async () => 'twice')
  })
  expect(end).toMatchObject({ kind: 'done', answer: { kind: 'held', by: { host: 'here' } } })
  const failing = withLease(db, here('acme'), async () => {
    throw new Error('broken off')
  })
  await expect(failing).rejects.toThrow('broken off')
  expect(await database.dump('ingest.lease')).toEqual([])
})

test('of many processes that ask at once, one gets the lease, even if the server defaults to serializable', async () => {
  const name = new URL(database.url).pathname.slice(1)
  await sql`alter database ${sql.id(name)} set default_transaction_isolation = 'serializable'`.execute(
    database.db,
  )
  onTestFinished(async () => {
    await sql`alter database ${sql.id(name)} reset all`.execute(database.db)
  })
  await takeLease(database.db, { ...elsewhere(1) })
  await untilExpired('acme')
  const claims = Array.from({ length: 8 }, (_, index) => ({ ...elsewhere(hour), holder: String(index) }))
  const pools = [openAs(database.url), openAs(database.url)]
  const answers = await Promise.all(
    claims.map((claim, index) => takeLease(pools[index % 2] ?? database.db, claim)),
  )
  expect(answers.map(({ kind }) => kind).sort()).toEqual(['granted', ...Array(7).fill('held')])
})

test('a lease is renewed while the work lasts, and no transaction stays open for it', async () => {
  const { db } = database
  const terms = { lengthMs: 60_000, renewEveryMs: 10 }
  await withLease(db, here('acme', terms), async ({ confirm }) => {
    const first = await readLease(db, 'acme')
    await vi.waitUntil(async () => {
      const now = await readLease(db, 'acme')
      return now !== undefined && first !== undefined && now.renewedAt > first.renewedAt
    }, waiting)
    await confirm()
  })
  await withLease(db, here('acme', { ...terms, renewEveryMs: hour }), async () => {
    const open = await sql`
      select state, query from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
        and xact_start is not null`.execute(db)
    expect(open.rows).toEqual([])
    const locks = await sql`
      select from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())`.execute(db)
    expect(locks.rows).toEqual([])
  })
})

test.each(['1999-01-01', '2040-01-01'])(
  'the clock of the database decides when a lease expires, also for a process in which it is %s',
  async (now) => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(now) })
    const { db } = database
    await takeLease(db, elsewhere(hour))
    expect(await withLease(db, here('acme'), async () => 'taken')).toMatchObject({ kind: 'held' })
    await sql`update ingest.lease set expires_at = clock_timestamp()`.execute(db)
    const end = await withLease(db, here('acme'), async ({ confirm }) => {
      await confirm()
      expect(await takeLease(db, elsewhere(hour))).toMatchObject({ kind: 'held', by: { host: 'here' } })
      return 'taken'
    })
    expect(end).toEqual({ kind: 'done', answer: 'taken' })
  },
)

test('a process that was blocked past the end of its lease continues if no other has acquired it', async () => {
  const { db } = database
  await withLease(db, here('acme', never), async ({ confirm, signal }) => {
    await untilExpired('acme')
    await confirm()
    expect(signal.aborted).toBe(false)
    expect(await database.dump('ingest.lease')).toMatchObject([{ host: 'here' }])
  })
})

test('a process that was blocked notices, before it writes again, that another has acquired its lease', async () => {
  const { db } = database
  await withLease(db, here('acme', never), async ({ confirm, signal }) => {
    await untilExpired('acme')
    expect(await takeLease(db, elsewhere(hour))).toEqual({ kind: 'granted' })
    const lost = { code: 'lease_lost', message: expect.stringContaining('elsewhere has taken it') }
    await expect(confirm()).rejects.toMatchObject(lost)
    expect(signal.reason).toMatchObject(lost)
    await expect(confirm()).rejects.toMatchObject(lost)
  })
  expect(await database.dump('ingest.lease')).toMatchObject([{ host: 'elsewhere' }])
})

test('while the database is away, nothing is confirmed, the reason is an outage, and the lease expires', async () => {
  const pooler = await openTransactionPooler(database.url)
  const db = openAs(pooler.through(database.url))
  const end = await withLease(db, here('acme', never), async ({ confirm, signal }) => {
    await pooler.close()
    await untilExpired('acme')
    await expect(confirm()).rejects.toSatisfy(isOutage)
    expect(signal.aborted).toBe(false)
    return 'waited'
  })
  expect(end).toEqual({ kind: 'done', answer: 'waited' })
  expect(await withLease(database.db, here('acme'), async () => 'again')).toMatchObject({ answer: 'again' })
})

/** A process that acquires the lease and works until it is killed. */
async function startHolder(): Promise<ChildProcess> {
  const module = (name: string) => JSON.stringify(new URL(`../src/${name}.ts`, import.meta.url).href)
  const script = `
    const { openDatabase } = await import(${module('connection/database')})
    const { withLease } = await import(${module('leases/with-lease')})
    const { db } = openDatabase({ url: ${JSON.stringify(database.url)}, poolMax: 1, applicationName: 'holder',
      statementTimeoutSeconds: 5, onIdleError: () => {} })
    const end = await withLease(db, { name: 'acme', host: 'the other process' }, async () => {
      process.stdout.write('working')
      await new Promise((resolve) => setTimeout(resolve, ${hour}))
    })
    process.stdout.write(end.kind)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

test('one of two processes works, and when it is killed the other takes over', async () => {
  const first = await startHolder()
  expect(String((await once(first.stdout ?? first, 'data'))[0])).toBe('working')
  const second = await startHolder()
  expect(String((await once(second.stdout ?? second, 'data'))[0])).toBe('held')
  expect(await withLease(database.db, here('acme'), async () => 'twice')).toMatchObject({
    kind: 'held',
    by: { host: 'the other process' },
  })
  const closed = once(first, 'close')
  first.kill('SIGKILL')
  await closed
  // On this machine, a dead process is noticed at once; on another one, when the lease has expired.
  if (process.platform !== 'linux') {
    await sql`update ingest.lease set expires_at = clock_timestamp()`.execute(database.db)
  }
  expect(await withLease(database.db, here('acme'), async () => 'taken over')).toEqual({
    kind: 'done',
    answer: 'taken over',
  })
})

test('an analyst that takes every advisory lock blocks nothing, and cannot read, acquire, or lock a lease', async () => {
  const login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_analyst'] })
  const analyst = openDatabase({
    ...{ url: login.urlOf(database.url), poolMax: 2, applicationName: 'test', statementTimeoutSeconds: 5 },
    onIdleError: () => {},
  })
  onTestFinished(async () => {
    await analyst.close()
    await login.drop()
  })
  const holder = await analyst.db.startTransaction().execute()
  const names = ['acme', 'backfill 1', 'reconcile acme', 'aftercall.backfill.1', 'aftercall.reconcile acme']
  await sql`select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest(${names}::text[]) name`.execute(
    holder,
  )
  for (const name of ['acme', 'backfill 1', 'reconcile acme']) {
    expect(await withLease(database.db, here(name), async () => 'worked')).toMatchObject({ kind: 'done' })
  }
  await holder.rollback().execute()
  const refused = { code: '42501' }
  await expect(takeLease(analyst.db, elsewhere(hour))).rejects.toMatchObject(refused)
  await expect(readLease(analyst.db, 'acme')).rejects.toMatchObject(refused)
  await expect(renewLease(analyst.db, elsewhere(hour))).rejects.toMatchObject(refused)
  await expect(sql`lock table ingest.lease`.execute(analyst.db)).rejects.toMatchObject(refused)
})

test('leases that were not released are deleted a day later', async () => {
  await sql`
    insert into ingest.lease (name, holder, host, expires_at)
    values ('backfill 1', 'x', 'gone', clock_timestamp() - interval '25 hours'),
           ('backfill 2', 'x', 'just gone', clock_timestamp() - interval '1 hour')`.execute(database.db)
  await withLease(database.db, here('acme'), async () => 'worked')
  expect((await database.dump('ingest.lease')).map(({ host }) => host)).toEqual(['just gone'])
})
