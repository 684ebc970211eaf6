import { pick, randomFrom } from '@aftercall/samples/random'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import type { Database } from '@aftercall/warehouse/connection/database'
import { sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest'
import { call1418, callWithId, sampleFiles } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import type { RunningWorker } from '../e2e/worker.ts'
import { type OwnPostgres, openAdmin, startOwnPostgres } from './own-postgres.ts'
import {
  expectAllStored,
  expectWell,
  openPostgresBench,
  type PostgresBench,
  slowDown,
  untilNotReady,
  untilRetried,
} from './postgres-bench.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 2, thorough: 'all' })

const connectionsMax = 24

let server: OwnPostgres
beforeAll(async () => {
  server = await startOwnPostgres({
    max_connections: String(connectionsMax),
    superuser_reserved_connections: '0',
  })
})
afterAll(() => server.close())

type Injected = { what: string; states: string[]; at: 'statement' | 'commit'; poolMax?: number }

/** The next batches fail with these, one after the other. A sequence counts, because it is not rolled back. */
async function injectStates({ rows }: PostgresBench, { states, at }: Injected): Promise<void> {
  const trigger =
    at === 'commit'
      ? 'constraint trigger fail after insert or update on ingest.object deferrable initially deferred for each row'
      : 'trigger fail before insert on ingest.object for each statement'
  await rows(`
    create sequence ingest.failures;
    create function ingest.fail() returns trigger language plpgsql as $$
      declare state text := ('{${states.join()}}'::text[])[nextval('ingest.failures')];
      begin
        if state is not null then raise 'injected' using errcode = state; end if;
        return null;
      end $$;
    create ${trigger} execute function ingest.fail()`)
}

const many = (state: string, times: number): string[] => Array<string>(times).fill(state)

/** The first are the quick run's: one that is waited for, one that has tries, and both. */
const injections: Injected[] = [
  { what: 'a full disk at the commit', states: many('53100', 8), at: 'commit' },
  // Fewer than one batch may have, however they fall.
  { what: 'a deadlock', states: many('40P01', 4), at: 'statement' },
  // One batch at a time has them all: what was waited for does not use up its tries.
  {
    ...{ what: 'a deadlock after an outage', states: [...many('53100', 5), ...many('40P01', 3)] },
    ...{ at: 'statement', poolMax: 2 },
  },
  { what: 'a full disk', states: many('53100', 8), at: 'statement' },
  { what: 'no memory', states: many('53200', 8), at: 'statement' },
  { what: 'a serialization failure at the commit', states: many('40001', 4), at: 'commit' },
]

it.each(injections)(
  'I1 I5 $what is tried again until it is over, and harms no document',
  async (injected) => {
    const bench = await openPostgresBench(server)
    const sample = sampleFiles(injected.what, 20)
    await bench.putAll(sample.files)
    await injectStates(bench, injected)
    const worker = await bench.start({ database: { poolMax: injected.poolMax ?? 4 } })
    for (const state of new Set(injected.states)) {
      await untilRetried(worker, state, injected.states.filter((one) => one === state).length)
    }
    await expectAllStored(bench, sample)
    await expectWell(worker)
  },
)

type OpenTransaction = { db: Database; end(): Promise<void> }

/** A transaction beside the worker's. It ends with the test, if not before. */
async function openTransaction(url: string): Promise<OpenTransaction> {
  const admin = openAdmin(url)
  try {
    const transaction = await admin.db.startTransaction().execute()
    const end = async (): Promise<void> => {
      if (!transaction.isRolledBack) await transaction.rollback().execute()
      await admin.close()
    }
    onTestFinished(end)
    return { db: transaction, end }
  } catch (error) {
    await admin.close()
    throw error
  }
}

/** As an administrator or a failover does it. */
const endSessions = ({ rows }: PostgresBench) =>
  rows(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'aftercall-worker' and datname = current_database()`)

it('I1 a server that takes no writes for a while is left for one that does, without ending the sessions', async () => {
  const bench = await openPostgresBench(server)
  const sample = sampleFiles('read-only', 40)
  await bench.putAll(sample.files)
  await slowDown(bench, 0.03)
  const worker = await bench.start()
  await bench.untilStored(10)
  const name = new URL(bench.database.url).pathname.slice(1)
  const admin = openAdmin(server.url)
  onTestFinished(() => admin.close())
  await sql`alter database ${sql.id(name)} set default_transaction_read_only = on`.execute(admin.db)
  await endSessions(bench)
  await untilRetried(worker, '25006', 6)
  // What is connected by now stays read-only, as a connection to what is a standby now would.
  await sql`alter database ${sql.id(name)} reset default_transaction_read_only`.execute(admin.db)
  await expectAllStored(bench, sample)
  await expectWell(worker)
})

/** Takes every connection that the server has left. */
async function takeFreeConnections(): Promise<OpenTransaction[]> {
  const taken: OpenTransaction[] = []
  for (;;) {
    try {
      taken.push(await openTransaction(server.url))
    } catch (error) {
      if (sqlStateOf(error) === '53300') return taken
      throw error
    }
  }
}

/**
 * Until all connections are this test's. Those of others are ended: one that a pool closes when it was idle for long, or
 * whose end the server has not noticed yet, would be free for the worker a moment later.
 */
async function takeAllConnections(own: Database): Promise<OpenTransaction[]> {
  const taken: OpenTransaction[] = []
  await until('every connection is taken', async () => {
    taken.push(...(await takeFreeConnections()))
    const others = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where backend_type = 'client backend' and application_name <> 'aftercall-faults'`.execute(own)
    return others.rows.length === 0 && taken.length === connectionsMax - 1
  })
  return taken
}

it('I1 a server without a free connection is waited for, at the start and in the middle of a load', async () => {
  const bench = await openPostgresBench(server)
  const sample = sampleFiles('connections', 40)
  const half = sample.files.length / 2
  await bench.putAll(sample.files.slice(0, half))
  await slowDown(bench, 0.03)
  const admin = openAdmin(server.url)
  onTestFinished(() => admin.close())
  const worker = await admin.db.connection().execute(async (own) => {
    const taken = await takeAllConnections(own)
    const started = await bench.start()
    await started.untilLogs('cannot use the database yet')
    await untilNotReady(started)
    await endAll(taken)
    await bench.untilStored(10)
    const takenAgain = await takeAllConnections(own)
    // Files that certainly find no connection, on a machine of any speed.
    await bench.putAll(sample.files.slice(half))
    await until('the worker finds no free connection', () => refusals(started) > 0)
    await endAll(takenAgain)
    return started
  })
  await expectAllStored(bench, sample)
  await expectWell(worker)
})

const endAll = (taken: OpenTransaction[]) => Promise.all(taken.map((one) => one.end()))

const refusals = (worker: RunningWorker): number =>
  worker
    .logs()
    .filter((line) => String(line.msg).includes('trying again') && JSON.stringify(line).includes('53300'))
    .length

it('I4 a table that another session locks for longer than any limit is waited for, and no message is given back', async () => {
  const bench = await openPostgresBench(server)
  const sample = sampleFiles('locked', 40)
  await bench.putAll(sample.files)
  await slowDown(bench, 0.03)
  const worker = await bench.start()
  await bench.untilStored(10)
  const other = await openTransaction(bench.database.url)
  await sql`lock table warehouse.session`.execute(other.db)
  // More tries than a batch has for other reasons.
  await untilAttempt(worker, 6)
  expect(
    await bench.rows("select count(*)::int as failed from ingest.object where outcome = 'failed'"),
  ).toEqual([{ failed: 0 }])
  await other.end()
  await expectAllStored(bench, sample)
  await expectWell(worker)
})

const untilAttempt = (worker: RunningWorker, least: number) =>
  until(`a batch was tried ${least} times`, () =>
    worker
      .logs()
      .some(({ msg, attempt }) => String(msg).includes('trying again') && Number(attempt) >= least),
  )

it('I2 I3 a real deadlock with a transaction that locks sessions in the opposite order costs one try and nothing else', async () => {
  const bench = await openPostgresBench(server)
  const { name } = pick(randomFrom('deadlock'), builtInTenants)
  const ids = [1, 2]
  const put = (updated_at: string) =>
    bench.put(`${name}/calls.json`, JSON.stringify(ids.map((id) => callWithId(id, { updated_at }))))
  await put('2026-03-24T00:00:00Z')
  const worker = await bench.start({ database: { statementTimeoutSeconds: 30 } })
  await bench.untilSettled()
  const other = await openTransaction(bench.database.url)
  const lockSession = (id: number) =>
    sql`select from ingest.session_head where session_id = ${id} for update`.execute(other.db)

  // The worker is the one who finds the circle, so the one who has to try again.
  await sql`set local deadlock_timeout = '1h'`.execute(other.db)
  await lockSession(2)
  await put('2026-03-25T00:00:00Z')
  await until('the worker has the first session and waits for the second', async () => {
    const waiting = await bench.rows(`select from pg_stat_activity
      where application_name = 'aftercall-worker' and wait_event_type = 'Lock'`)
    return waiting.length > 0
  })
  await lockSession(1)
  await untilRetried(worker, '40P01')
  await other.end()
  await bench.untilSettled()
  expect(
    await bench.rows(`select session_id::int as id, updated_at = '2026-03-25T00:00:00Z' as newest,
      (select count(*)::int from warehouse.transfer t where t.session_id = s.session_id) as transfers
      from warehouse.session s order by 1`),
  ).toEqual(ids.map((id) => ({ id, newest: true, transfers: call1418.transfers.length })))
  expect(await bench.rows('select outcome, receive_count from ingest.object')).toEqual([
    { outcome: 'stored', receive_count: 1 },
  ])
  expect(await bench.deadLetters()).toBe(0)
  await expectWell(worker)
})
