import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { seedOfTest } from '@aftercall/testkit/test-seed'
import { openTransactionPooler } from '@aftercall/testkit/transaction-pooler'
import { sql } from 'kysely'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  onTestFinished,
  test,
} from 'vitest'
import { openReadOnlySession, type ReadOnlySession } from '../src/read-only/read-only-query.ts'

let database: TestDatabase
let session: ReadOnlySession

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await sql`
    insert into warehouse.session (source, channel, session_id, created_at, bucket, object_key)
    values ('acme', 'call', 1, '2026-03-01', 'files', 'a.json')`.execute(database.db)
  await sql`create sequence public.numbers`.execute(database.db)
  await sql`create function public.write_one() returns bigint language plpgsql as $$
    begin insert into ingest.source (name, bucket, prefix) values ('x', 'y', 'z'); return 1; end $$`.execute(
    database.db,
  )
  await sql`select ingest.create_month('2026-03-01')`.execute(database.db)
})
beforeEach(async () => {
  session = await openReadOnlySession({ url: database.url })
})
afterEach(async () => {
  await session.close()
  expect(await state()).toEqual(untouched)
})
afterAll(() => database.drop())

const untouched = { sessions: 1, sources: 0, tables: 0, number: null, locks: 0, large_objects: 0 }
const state = async () => {
  const { rows } = await sql<typeof untouched>`
    select (select count(*)::int from warehouse.session) as sessions, (select count(*)::int from ingest.source) as sources,
           (select count(*)::int from pg_class where relname like 'evil%') as tables,
           (select last_value from pg_sequences where sequencename = 'numbers') as number,
           (select count(*)::int from pg_locks where locktype = 'advisory' and granted
              and database = (select oid from pg_database where datname = current_database())) as locks,
           (select count(*)::int from pg_largeobject_metadata) as large_objects`.execute(database.db)
  return rows[0]
}

const write = `update warehouse.session set session_id = 2`
const attacks = [
  `begin read write; ${write}; commit`,
  `begin; set transaction read write; ${write}; commit`,
  `commit; ${write}`,
  `rollback; ${write}`,
  `end; ${write}`,
  `abort; ${write}`,
  `set transaction read write`,
  `set transaction read write; ${write}`,
  `start transaction read write`,
  `set session characteristics as transaction read write`,
  `set default_transaction_read_only = off`,
  `set local transaction_read_only = off`,
  `set role postgres`,
  `reset role`,
  `reset all`,
  `discard all`,
  `prepare transaction 'x'`,
  `savepoint x`,
  write,
  `delete from session`,
  `select 1; delete from session`,
  `select 1;;/* ; */ -- ;\n delete from session;`,
  `/* select */ delete from session`,
  `-- select\ndelete from session`,
  `(delete from session)`,
  `with gone as (delete from warehouse.session returning *) select * from gone`,
  `explain analyze ${write}`,
  `explain (analyze) delete from warehouse.session`,
  `select * into evil from session`,
  `select * into temp evil from session`,
  `create table evil (a int)`,
  `create temp table evil (a int)`,
  `copy (select 1) to program 'touch /tmp/evil'`,
  `copy (select 1) to '/tmp/evil'`,
  `copy session from stdin`,
  `do $$ begin ${write}; end $$`,
  `call evil()`,
  `execute evil`,
  `prepare evil as ${write}`,
  `declare evil cursor for select 1`,
  `listen evil`,
  `notify evil`,
  `lock table warehouse.session`,
  `vacuum`,
  `truncate warehouse.session`,
  `security label on table session is null`,
  `select * from warehouse.session for update`,
  `select ingest.drop_month('2026-03-01')`,
  `select ingest.create_month('2031-01-01')`,
  `select public.write_one()`,
  `select nextval('public.numbers')`,
  `select "nextval"('public.numbers')`,
  `select pg_catalog.nextval /* x */ ('public.numbers')`,
  `select U&"n\\0065xtval"('public.numbers')`,
  `select setval('public.numbers', 7)`,
  `select set_config('transaction_read_only', 'off', true), public.write_one()`,
  `select set_config('role', 'postgres', true)`,
  `select set_config('search_path', 'evil', false)`,
  `select query_to_xml('select set_config(''transaction_read_only'',''off'',true)', true, true, '')`,
  `select * from ts_stat('select set_config(''role'', ''none'', true)::tsvector')`,
  `select pg_advisory_lock(1)`,
  `select pg_try_advisory_lock(1)`,
  `select pg_notify('evil', '')`,
  `select lo_creat(-1)`,
  `select lo_import('/etc/passwd')`,
  `select lo_from_bytea(0, 'x')`,
  `select pg_read_file('/etc/passwd')`,
  `select pg_ls_dir('/')`,
  `select pg_terminate_backend(pg_backend_pid())`,
  `select pg_cancel_backend(pg_backend_pid())`,
  `select pg_reload_conf()`,
  `select pg_switch_wal()`,
  `select pg_logical_emit_message(false, 'evil', 'evil')`,
  `select pg_create_physical_replication_slot('evil')`,
  `select pg_stat_reset()`,
]

describe('as a superuser', () => {
  test.each(attacks)('aftercall sql does not run: %s', async (attack) => {
    await expect(session.query(attack)).rejects.toThrow()
    // The session continues, and still only reads.
    expect((await session.query('show transaction_read_only'))[0]?.rows).toEqual([['on']])
    expect((await session.query('select 1'))[0]?.rows).toEqual([['1']])
  })
})

test.each(['aftercall_owner', 'aftercall_loader'])(
  'a login of %s cannot change anything either',
  async (role) => {
    const login = await createTestLogin(inject('postgresUrl'), { inRoles: [role] })
    const own = await openReadOnlySession({ url: login.urlOf(database.url) })
    onTestFinished(async () => {
      await own.close()
      await login.drop()
    })
    for (const attack of attacks) {
      await expect(own.query(attack), attack).rejects.toThrow()
      expect((await own.query('show transaction_read_only'))[0]?.rows).toEqual([['on']])
    }
  },
)

test.each(['options=-c%20default_transaction_read_only%3Doff', 'options=-c%20transaction_read_only%3Doff'])(
  'a URL with %s cannot make it write',
  async (options) => {
    const own = await openReadOnlySession({ url: `${database.url}?${options}` }).catch(
      (error: unknown) => error,
    )
    if (!(own instanceof Error)) {
      const writing = own as ReadOnlySession
      await expect(writing.query(`select public.write_one()`)).rejects.toMatchObject({ code: '25006' })
      await expect(writing.query(`select ingest.drop_month('2026-03-01')`)).rejects.toThrow()
      await writing.close()
    }
  },
)

test('behind a pooler that drops options and shares sessions, it still only reads', async () => {
  const pooler = await openTransactionPooler(database.url)
  const [own, other] = [1, 2].map(() => openReadOnlySession({ url: pooler.through(database.url) }))
  onTestFinished(async () => {
    for (const opened of [own, other]) await (await opened)?.close()
    await pooler.close()
  })
  const shared = attacks.filter((one) => !one.includes('backend'))
  // Each is refused for a session that is not shared in a test of its own.
  const share = countOf({ quick: 4, thorough: 1 })
  const first = seedOfTest() % share
  for (const attack of shared.filter((_, position) => position % share === first)) {
    await expect((await own)?.query(attack), attack).rejects.toThrow()
    expect((await (await other)?.query('show transaction_read_only'))?.[0]?.rows).toEqual([['on']])
  }
})

test('a superuser and an owner get a warning, and read as a role that can do nothing else', async () => {
  expect(session.warning).toMatch(/"postgres" is a superuser.*which reading does not need.*docs\/access\.md/)
  const who = 'select current_user, session_user'
  expect((await session.query(who))[0]?.rows).toEqual([['pg_read_all_data', 'postgres']])
  for (const table of ['session', 'rejection', 'schema_drift', 'object', 'analytics.completeness_daily']) {
    expect((await session.query(`select count(*) from ${table}`))[0]?.command).toBe('SELECT')
  }
})

test.each(['aftercall_analyst', 'aftercall_supervisor', 'aftercall_cleared', 'aftercall_operator'])(
  'a login of %s gets no warning, and reads as itself',
  async (role) => {
    const login = await createTestLogin(inject('postgresUrl'), { inRoles: [role] })
    const own = await openReadOnlySession({ url: login.urlOf(database.url) })
    onTestFinished(async () => {
      await own.close()
      await login.drop()
    })
    expect(own.warning).toBeUndefined()
    expect((await own.query('select current_user'))[0]?.rows).toEqual([[login.name]])
    expect((await own.query('select count(*) from analytics.completeness_daily'))[0]?.rows).toHaveLength(1)
  },
)

test('ordinary queries run: comments, quotes, dollar quotes, several statements, sizes, random numbers', async () => {
  const reads = [
    `select 1; select ';' as a; select $$;$$ as b, $x$ $$ ; $x$ as c; select E'\\';' as d /* ; /* ; */ ; */;`,
    `with a as (select 1) select * from a`,
    `(select 1) union (select 2)`,
    `values (1), (2)`,
    `table ingest.source`,
    `explain select * from session`,
    `select pg_size_pretty(pg_total_relation_size('warehouse.session'))`,
    `select random() < 2, gen_random_uuid() is not null, clock_timestamp() > now() - interval '1 hour'`,
    `select count(*) from pg_locks`,
    `select count(*) as "delete from session" from session`,
  ]
  for (const read of reads) expect((await session.query(read)).length, read).toBeGreaterThan(0)
  const answers = await session.query(reads[0] ?? '')
  expect(answers.map(({ rows }) => rows)).toEqual([[['1']], [[';']], [[';', ' $$ ; ']], [["';"]]])
})

test('an answer comes in pages, of which the last says so, and ends when no more is wanted', async () => {
  const pages: { rows: number; isFirst: boolean; isLast: boolean }[] = []
  const read = (text: string, pagesMax = Number.POSITIVE_INFINITY): Promise<void> => {
    pages.length = 0
    return session.read(text, async ({ columns, rows, isFirst, isLast }) => {
      expect(columns).toHaveLength(1)
      pages.push({ rows: rows.length, isFirst, isLast })
      return pages.length < pagesMax
    })
  }
  await read('select generate_series(1, 110) as number')
  expect(pages).toEqual([
    { rows: 110, isFirst: true, isLast: false },
    { rows: 0, isFirst: false, isLast: true },
  ])
  await read('(select 1 as number) union all (select 2); show server_version; values (1)')
  expect(pages.map(({ rows }) => rows)).toEqual([2, 1, 1])
  await read("select repeat('x', 500000) from generate_series(1, 25)")
  expect(pages.map(({ rows }) => rows)).toEqual([10, 6, 6, 3])
  await read('select generate_series(1, 1000000000) as number', 2)
  expect(pages.map(({ isLast }) => isLast)).toEqual([false, false])
  await expect(read('select 1 as one; select wrong')).rejects.toMatchObject({ position: '8' })
  await expect(
    read('with gone as (delete from warehouse.session returning 1) select * from gone'),
  ).rejects.toThrow()
  await read('select 7 as number')
  expect(pages).toEqual([{ rows: 1, isFirst: true, isLast: true }])
})

test('queries made at the same time do not share a transaction', async () => {
  const answers = await Promise.all([1, 2, 3].map((number) => session.query(`select ${number}`)))
  expect(answers.map((one) => one[0]?.rows)).toEqual([[['1']], [['2']], [['3']]])
})

test('cancel ends a query, and the session continues', async () => {
  const slow = session.query('select pg_sleep(60)').catch((error: unknown) => error)
  await expect
    .poll(async () => {
      const { rows } =
        await sql`select from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`.execute(
          database.db,
        )
      return rows.length
    })
    .toBe(1)
  await session.cancel()
  expect(await slow).toMatchObject({ code: '57014' })
  expect((await session.query('select 1'))[0]?.rows).toEqual([['1']])
})

test('a join of a session with its children, bounded by the session alone, reads one month of both', async () => {
  const own = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(() => own.drop())
  for (const month of ['2026-05-01', '2026-06-01'])
    await sql`select ingest.create_month(${month}::date)`.execute(own.db)
  await sql`
    insert into warehouse.session (source, channel, session_id, created_at, bucket, object_key)
    select 'acme', 'call', id, timestamptz '2026-05-01' + id * interval '1 minute', 'files', 'k'
    from generate_series(1, 60000) as id`.execute(own.db)
  await sql`
    insert into warehouse.call_participant (source, channel, session_id, session_created_at, participant_id)
    select source, channel, session_id, created_at, session_id from warehouse.session`.execute(own.db)
  await sql`analyze warehouse.session, warehouse.call_participant`.execute(own.db)
  const reader = await openReadOnlySession({ url: own.url })
  onTestFinished(reader.close)
  const [answer] = await reader.query(`explain select count(*)
    from warehouse.session s join warehouse.call_participant p on (p.source, p.channel, p.session_id, p.session_created_at)
      = (s.source, s.channel, s.session_id, s.created_at)
    where s.created_at >= '2026-05-01Z' and s.created_at < '2026-06-01Z'`)
  const plan = answer?.rows.flat().join('\n')
  expect(plan).toContain('call_participant_2026_05')
  expect(plan).not.toContain('call_participant_2026_06')
})
