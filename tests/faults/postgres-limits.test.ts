import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest'
import { callWithId, sampleFiles } from '../e2e/documents.ts'
import { testMs } from '../e2e/until.ts'
import { type OwnPostgres, openAdmin, startOwnPostgres } from './own-postgres.ts'
import {
  expectAllStored,
  expectWell,
  openPostgresBench,
  type PostgresBench,
  untilRetried,
} from './postgres-bench.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

const tenant = builtInTenants[0]?.name ?? ''
let server: OwnPostgres
beforeAll(async () => {
  server = await startOwnPostgres({ autovacuum: 'off' })
})
afterAll(() => server.close())

/**
 * As if two thousand million transactions had passed since a table of another database was vacuumed: the server refuses
 * transaction ids to everybody, with 54000. The table is locked, so that no vacuum of the server's own mends it before.
 */
async function useUpTransactionIds(): Promise<{ mend(): Promise<void> }> {
  const admin = openAdmin(server.url)
  await sql`create database neglected`.execute(admin.db)
  const other = openAdmin(Object.assign(new URL(server.url), { pathname: 'neglected' }).href)
  await sql`create table old (a int)`.execute(other.db)
  const lock = await other.db.startTransaction().execute()
  await sql`lock table old`.execute(lock)
  const beside = openAdmin(Object.assign(new URL(server.url), { pathname: 'neglected' }).href)
  const longAgo = sql`(((pg_current_xact_id()::text::bigint + 4294967296 - 2147483648 + 1000000) % 4294967296)::text)::xid`
  await sql`update pg_class set relfrozenxid = ${longAgo} where relname = 'old'`.execute(beside.db)
  await sql`update pg_database set datfrozenxid = ${longAgo} where datname = 'neglected'`.execute(beside.db)
  await sql`vacuum (freeze)`.execute(admin.db)
  let isMended = false
  const mend = async (): Promise<void> => {
    if (isMended) return
    isMended = true
    await lock.rollback().execute()
    await sql`vacuum (freeze)`.execute(beside.db)
    await Promise.all([beside.close(), other.close()])
    await sql`drop database neglected with (force)`.execute(admin.db)
    await admin.close()
  }
  onTestFinished(mend)
  return { mend }
}

it('I1 I5 a server that has no transaction ids left is waited out, and no document is taken for bad', async () => {
  const bench = await openPostgresBench(server)
  const sample = sampleFiles('transaction ids', 20)
  const worker = await bench.start()
  await worker.untilLogs('receiving')
  const { mend } = await useUpTransactionIds()
  const admin = openAdmin(server.url)
  await expect(sql`select pg_current_xact_id()`.execute(admin.db)).rejects.toMatchObject({ code: '54000' })
  await admin.close()
  await bench.putAll(sample.files)
  // More tries than a batch has for other reasons.
  await untilRetried(worker, '54000', 12)
  await mend()
  await expectAllStored(bench, sample)
  await expectWell(worker)
})

/** The next statements that write sessions fail with these, one after the other. A sequence counts: it is not rolled back. */
async function refuse({ rows }: PostgresBench, table: string, state: string, times: number): Promise<void> {
  await rows(`
    create sequence ingest.refusals;
    create function ingest.refuse() returns trigger language plpgsql as $$
      begin
        if nextval('ingest.refusals') <= ${times} then raise 'injected' using errcode = '${state}'; end if;
        return null;
      end $$;
    create trigger refuse before insert on ${table} for each statement execute function ingest.refuse()`)
}

it('I5 a document that was refused once for any limit or constraint, and is not the second time, is stored', async () => {
  const bench = await openPostgresBench(server)
  const worker = await bench.start()
  for (const state of ['54000', '54001', '22003', '23514', '23505', '21000']) {
    await refuse(bench, 'warehouse.session', state, 1)
    await bench.put(`${tenant}/call-${state}.json`, callWithId(Number(state), {}))
    await untilRetried(worker, state)
    await bench.untilSettled()
    expect([state, await bench.rows(lastObject)]).toEqual([
      state,
      [{ object_key: `${tenant}/call-${state}.json`, outcome: 'stored', code: null, receive_count: 1 }],
    ])
    await bench.rows('drop function ingest.refuse() cascade; drop sequence ingest.refusals')
  }
  expect(await bench.rows('select code from ingest.rejection')).toEqual([])
  await expectWell(worker)
})

const lastObject = `
  select object_key, outcome, code, receive_count from ingest.object order by settled_at desc limit 1`

it('I5 a limit that refuses the ledger too is no fault of the document', async () => {
  const bench = await openPostgresBench(server)
  await refuse(bench, 'ingest.object', '54000', 4)
  await bench.put(`${tenant}/call.json`, callWithId(1, {}))
  const worker = await bench.start()
  await bench.untilSettled()
  expect(await bench.rows('select outcome, receive_count from ingest.object')).toEqual([
    { outcome: 'stored', receive_count: 1 },
  ])
  await expectWell(worker)
})

it('I4 a table that was changed by hand stops the worker, and no message is used up for it', async () => {
  const bench = await openPostgresBench(server)
  await bench.rows('alter table ingest.session_head drop constraint session_head_pkey')
  await bench.put(`${tenant}/call.json`, callWithId(1, {}))
  const worker = await bench.start()
  const { code, stderr } = await worker.ended()
  expect({ code, said: /stopping, because nothing can be loaded: .*SQLSTATE 42/.test(stderr) }).toEqual({
    code: 1,
    said: true,
  })
  expect(await bench.rows('select from ingest.rejection')).toEqual([])
  const { visible, inFlight, delayed } = await bench.depth()
  expect(visible + inFlight + delayed).toBeGreaterThan(0)
  expect(await bench.deadLetters()).toBe(0)
})
