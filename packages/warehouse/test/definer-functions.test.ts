import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  // Like a database whose owner has not revoked these rights: the functions have to be safe without that.
  await sql`
    do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$
  `.execute(database.db)
})
afterAll(() => database.drop())

type Routine = { name: string; body: string; settings: string[]; definer: boolean }

async function readRoutines(): Promise<Routine[]> {
  const answer = await sql<Routine>`
    select p.oid::regprocedure::text as name, p.prosrc as body, coalesce(p.proconfig, '{}') as settings,
           p.prosecdef as definer
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('ingest', 'warehouse', 'analytics', 'rollup', 'lake') and p.prokind <> 'a' order by 1
  `.execute(database.db)
  return answer.rows
}

describe('every function', () => {
  test('sets its search path, with pg_temp at its end', async () => {
    const routines = await readRoutines()
    expect(routines.filter((one) => one.definer).length).toBeGreaterThan(5)
    const wrong = routines.filter((one) => !one.settings.includes('search_path=pg_catalog, pg_temp'))
    expect(wrong.map((one) => one.name)).toEqual([])
  })

  test('names every relation with its schema, except those of the catalog, which is searched first', async () => {
    const relations = await sql<{ name: string }>`
      select relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('ingest', 'warehouse', 'analytics', 'rollup', 'lake') and relkind in ('r', 'p', 'v', 'm', 'S')
    `.execute(database.db)
    const known = new Set(relations.rows.map((row) => row.name))
    const found = (await readRoutines()).flatMap(({ name, body }) => {
      const text = body.replaceAll(/--.*$/gm, '').replaceAll(/'(?:[^']|'')*'/g, "''")
      const own = new Set([...text.matchAll(/(\w+)\s+as\s+(?:materialized\s+)?\(/g)].map((match) => match[1]))
      return [
        ...text.matchAll(
          /\b(?:from|join|into|update|using|table)\s+(?:only\s+)?([a-z_][a-z_0-9]*)(?![\w.(])/g,
        ),
      ]
        .map((match) => match[1] ?? '')
        .filter((relation) => known.has(relation) && !own.has(relation))
        .map((relation) => `${name}: ${relation}`)
    })
    expect(found).toEqual([])
  })

  test('is closed to PUBLIC', async () => {
    const open = await sql<{ name: string }>`
      select p.oid::regprocedure::text as name
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
      where n.nspname in ('ingest', 'warehouse', 'analytics', 'rollup', 'lake') and acl.grantee = 0
    `.execute(database.db)
    expect(open.rows).toEqual([])
  })
})

/** Calls that run with the owner's rights, by role. */
/** Each of them runs to its refusal or to its end. */
const asking = [
  `ask_replay(array[1], null, null, null, null, false, 'x', 1, gen_random_uuid())`,
  `ask_replay(null, 'not_json', null, null, null, false, 'x', 1, gen_random_uuid())`,
  `ask_ignore(null, 'not_json', null, false, 'x', 1, gen_random_uuid())`,
  `ask_reconcile('acme', null, false, 'x', null, gen_random_uuid())`,
  `ask_backfill('acme', 'a/', null, null, 5, true, 'x', null, gen_random_uuid())`,
  `ask_pause(1, 'x', gen_random_uuid())`,
  `ask_resume(1, 'x', gen_random_uuid())`,
  `ask_maintain('x', gen_random_uuid())`,
  `cancel_action(1, 'x')`,
].map((call) => `do $d$ begin perform ingest.${call}; exception when sqlstate 'AC001' then null; end $d$`)

const doors: Record<string, string[]> = {
  aftercall_analyst: [
    'select count(*) from analytics.completeness_daily',
    'select count(*) from analytics.object_outcome_daily',
    "select count(*) from analytics.completeness('2026-03-01', '2026-03-31')",
    'select count(*) from analytics.session natural join analytics.queue_entry',
    'select count(agent_key) from analytics.agent',
    "select count(*) from analytics.interval_feed('2026-03-01', '2026-03-01')",
    "select count(*) from analytics.timeline('acme', 'call', 1)",
    "select count(*) from analytics.concurrency('2026-03-01', '2026-03-02', 'agent')",
  ],
  aftercall_cleared: [
    'select count(*) from analytics.completeness_daily',
    'select count(*) from warehouse.session_change',
  ],
  aftercall_operator: [
    'select count(*) from analytics.completeness_daily',
    "select * from ingest.waiting_rows('2010-01-01', '2030-01-01', 10)",
    'select * from ingest.rejected_content(1)',
    'select * from rollup.waiting()',
    'select * from rollup.checked()',
    'select * from lake.waiting()',
    "select * from ingest.session_parts('acme', 'call', 1, 10)",
    "select * from ingest.session_changes('acme', 'call', 1, 10)",
  ],
  aftercall_publisher: [
    "select lake.add_place('./lake', 60)",
    'select lake.find_days(5)',
    "select lake.is_closed('acme', '2026-03-01')",
    "select lake.note_waiting('acme', '2026-03-01')",
    'select * from lake.removed_months()',
    'select lake.shape()',
    'select * from lake.waiting()',
  ],
  aftercall_loader: [
    "select ingest.create_month('2026-01-01')",
    "select * from ingest.ensure_month('2026-02-01', 50, 12, 1000)",
    "select * from ingest.drain_month('2026-04-01')",
    "select ingest.drop_month('2026-01-01', '{}')",
    "select * from ingest.delete_from_month('2020-01-01', 'acme', 10)",
    "select * from ingest.months_of_kind('document', '2020-01-01')",
    "select * from ingest.empty_month('revision', '2020-01-01', 10)",
    "select * from ingest.tidy('ledger', 10, 10, null)",
    "select * from ingest.count_kept('ledger', 10)",
    "select * from ingest.waiting_rows('2010-01-01', '2030-01-01', 10)",
    "select * from ingest.month_sources('2026-04-01')",
    'select * from ingest.default_rows()',
    'select * from ingest.rejected_content(1)',
    ...asking,
    "select rollup.mark_changed('2026-03-01', '2026-03-02')",
    "begin isolation level repeatable read; select rollup.sum_days('2026-03-01', '2026-03-02'); commit",
    "select rollup.freeze_month('2020-01-01', '{acme}')",
    'select * from rollup.waiting()',
    "begin isolation level repeatable read; select rollup.refresh(5, '0 s', '0 s'); commit",
    "begin isolation level repeatable read; select * from rollup.differences('acme', '2026-03-01'); commit",
    'select rollup.day_to_check()',
    "select rollup.record_check('2026-03-01', 0)",
    'select * from rollup.checked()',
    'select * from lake.waiting()',
  ],
  aftercall_actor: asking,
}

/**
 * A temporary view for every relation of ours and for those of the catalog that ours read, with the same columns, and
 * functions that match better than those of the catalog. Each uses the owner's rights when the owner evaluates it.
 */
const trap = [
  `create function pg_temp.evil() returns boolean language plpgsql as $f$
   begin
     if current_user = 'aftercall_owner' then
       raise exception 'the trap ran as the owner';
     end if;
     return true;
   end $f$`,
  'grant execute on function pg_temp.evil() to public',
  `do $d$
   declare one record;
   begin
     for one in
       -- Two schemas may have a relation of one name: its stand-in has the columns of both.
       select own.relname, string_agg(format('null::%s as %I', own.type, own.attname), ', ') as columns
       from (
         select distinct on (c.relname, a.attname) c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as type
         from pg_catalog.pg_class c
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         join pg_catalog.pg_type t on t.oid = a.atttypid and t.typtype <> 'p'
         where n.nspname = 'pg_catalog' and c.relname in ('pg_class', 'pg_inherits', 'pg_namespace', 'pg_partitioned_table',
                 'pg_attribute', 'pg_proc', 'pg_roles', 'pg_depend', 'pg_type')
            or n.nspname in ('ingest', 'warehouse', 'analytics', 'rollup', 'lake') and c.relkind in ('r', 'p', 'v') and not c.relispartition
         order by c.relname, a.attname
       ) own
       group by own.relname
     loop
       execute format('create temporary view %I as select %s where pg_temp.evil() offset 0', one.relname, one.columns);
       execute format('grant all on %I to public', one.relname);
     end loop;
   end $d$`,
  `create function pg_temp.quote_ident(name) returns text language sql as 'select case when pg_temp.evil() then $1::text end'`,
  `create function pg_temp.format(text, name) returns text language sql as 'select case when pg_temp.evil() then $1 end'`,
  `create function pg_temp.right(name, integer) returns text language sql as 'select case when pg_temp.evil() then $1::text end'`,
]

describe.each(Object.entries(doors))('A login of %s', (role, statements) => {
  let login: TestLogin
  let client: pg.Client
  beforeAll(async () => {
    login = await createTestLogin(inject('postgresUrl'), { inRoles: [role] })
    client = new pg.Client({ connectionString: login.urlOf(database.url) })
    await client.connect()
    for (const statement of trap) await client.query(statement)
  })
  afterAll(async () => {
    await client.end()
    await login.drop()
  })

  test('has set its trap', async () => {
    const views = await client.query(`select 1 from pg_catalog.pg_class c
      where c.relnamespace = pg_my_temp_schema() and c.relkind = 'v'`)
    expect(views.rows.length).toBeGreaterThan(20)
    await expect(client.query('select 1 from pg_temp.pg_inherits')).resolves.toBeDefined()
  })

  test.each(statements)('cannot make the owner run its code: %s', async (statement) => {
    await client.query(statement)
    const owner = await client.query(
      `select pg_has_role(session_user, 'aftercall_owner', 'member') as is_owner`,
    )
    expect(owner.rows).toEqual([{ is_owner: false }])
  })

  test('can call no function with the rights of the owner that is not tried here', async () => {
    const found = await client.query(`
      select p.oid::regprocedure::text as name from pg_catalog.pg_proc p
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('ingest', 'warehouse', 'analytics', 'rollup', 'lake') and p.prosecdef and has_function_privilege(p.oid, 'execute')`)
    const called = [...statements, 'ingest.session_months('].join('\n')
    const untried = found.rows.filter(({ name }) => !called.includes(`${String(name).split('(')[0]}(`))
    expect(untried.filter(({ name }) => !/^analytics\.completeness\(/.test(String(name)))).toEqual([])
  })
})

test('the trap works against a function that leaves pg_temp out of its path', async () => {
  const login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_loader'] })
  const client = new pg.Client({ connectionString: login.urlOf(database.url) })
  await client.connect()
  for (const statement of trap) await client.query(statement)
  const setPath = (path: string) =>
    sql.raw(`alter function ingest.fact_tables() set search_path = ${path}`).execute(database.db)
  await setPath('pg_catalog')
  try {
    await expect(client.query('select * from ingest.default_rows()')).rejects.toThrow(
      'the trap ran as the owner',
    )
  } finally {
    await setPath('pg_catalog, pg_temp')
    await client.end()
    await login.drop()
  }
})
