import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { findMarks, mark, markedId, plantPersons } from './plant-persons.ts'

let database: TestDatabase
const logins: TestLogin[] = []
const clients: pg.Client[] = []
let analyst: pg.Client
let supervisor: pg.Client
let views: string[]
/** Everything that the server has sent beside rows: notices, and errors with all their parts. */
let heard = ''

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await plantPersons(database.db)
  // A database whose owner has not revoked this: an analyst can then bring functions along.
  await sql`
    do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$
  `.execute(database.db)
  const found = await sql<{ name: string }>`
    select relname::text as name from pg_class where relnamespace = 'analytics'::regnamespace and relkind = 'v'
  `.execute(database.db)
  views = found.rows.map(({ name }) => name)
  analyst = await connectAs('aftercall_analyst')
  supervisor = await connectAs('aftercall_supervisor')
})
afterEach(() => {
  heard = ''
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()))
  await Promise.all(logins.map((login) => login.drop()))
  await database.drop()
})

async function connectAs(role: string): Promise<pg.Client> {
  const login = await createTestLogin(inject('postgresUrl'), { inRoles: [role] })
  logins.push(login)
  const client = new pg.Client({ connectionString: login.urlOf(database.url) })
  client.on('notice', (notice) => {
    heard += JSON.stringify({ ...notice, message: notice.message })
  })
  await client.connect()
  clients.push(client)
  // As cheap as can be, so that the planner runs it before every other condition.
  await client.query(`
    create function pg_temp.leak(said text) returns boolean language plpgsql cost 0.0000001 as $f$
    begin raise notice 'leaked %', said; return true; end $f$`)
  return client
}

async function ask(client: pg.Client, statement: string): Promise<string> {
  try {
    return JSON.stringify((await client.query(statement)).rows)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    heard += JSON.stringify({ ...error, message: error.message })
    return ''
  }
}

const calls = [
  "service_level('2026-03-01', '2026-03-31', 20)",
  "abandons('2026-03-01', '2026-03-31')",
  "repeat_contacts('2026-03-01', '2026-03-31')",
  "concurrency('2026-03-05', '2026-03-06', 'agent', '1 hour', true)",
  "csat('2026-03-01', '2026-03-31')",
  "interval_feed('2026-03-05', '2026-03-05', 60)",
  "timeline('acme', 'call', 1)",
  "customers('2026-03-01', '2026-03-31')",
  "completeness('2026-03-01', '2026-03-31')",
]

test('I10 no view and no function of analytics answers with a value of a person', async () => {
  for (const relation of [...views, ...calls]) {
    const answer = await ask(analyst, `select * from analytics.${relation} own`)
    expect([relation, findMarks(answer)]).toEqual([relation, []])
  }
  const [shown] = (
    await analyst.query('select count(*)::int as rows, count(agent_key)::int as keys from analytics.segment')
  ).rows
  expect(shown).toEqual({ rows: 13, keys: 10 })
  expect(heard).toBe('')
})

test('I10 a function that an analyst brings along sees no value of a person', async () => {
  for (const view of views) {
    const columns = await analyst.query(`select * from analytics.${view} limit 0`)
    const conditions = [`own::text`, ...columns.fields.map(({ name }) => `own."${name}"::text`)]
    for (const condition of conditions) {
      await ask(analyst, `select count(*) from analytics.${view} own where pg_temp.leak(${condition})`)
    }
    await ask(
      analyst,
      `explain (analyze, verbose) select * from analytics.${view} own where pg_temp.leak(own::text)`,
    )
    expect([view, findMarks(heard)]).toEqual([view, []])
  }
  expect(heard).toContain('leaked acme')
})

test('the same function does leak from a view that hides rows by their values', async () => {
  await sql`create view analytics.leaking as select note from warehouse.disposition where note = 'nothing'`.execute(
    database.db,
  )
  await sql`grant select on analytics.leaking to aftercall_analyst`.execute(database.db)
  try {
    expect(await ask(analyst, 'select * from analytics.leaking where pg_temp.leak(note)')).toBe('[]')
    expect(findMarks(heard)).toContain(`${mark}-note`)
  } finally {
    await sql`drop view analytics.leaking`.execute(database.db)
  }
})

test('I10 an error about a value that cannot be cast quotes no value of a person', async () => {
  for (const view of views) {
    const columns = await analyst.query(`select * from analytics.${view} limit 0`)
    for (const { name } of columns.fields) {
      await ask(analyst, `select own."${name}"::text::money from analytics.${view} own`)
    }
    await ask(analyst, `select own::text::money from analytics.${view} own`)
  }
  expect(heard).toContain('invalid input syntax')
  expect(findMarks(heard)).toEqual([])
})

test('I10 the catalog, statistics, and functions of the server tell an analyst no value of a person', async () => {
  await sql`select lo_from_bytea(7001, ${Buffer.from(mark)})`.execute(database.db)
  // Another login's statement, as the last of a connection that stays open.
  const other = new pg.Client({ connectionString: database.url })
  clients.push(other)
  await other.connect()
  await other.query(`select '${mark}-in-a-statement'`)
  const seen = await sql<{ query: string }>`select query from pg_stat_activity`.execute(database.db)
  expect(findMarks(JSON.stringify(seen.rows))).toContain(`${mark}-in-a-statement`)
  const tells = [
    'select * from pg_stats',
    'select * from pg_stats_ext',
    'select * from pg_stats_ext_exprs',
    'select query from pg_stat_activity',
    'select * from pg_prepared_statements',
    'select * from pg_cursors',
    'select * from pg_largeobject_metadata',
    'select * from pg_views',
    'select * from information_schema.columns',
    'select prosrc from pg_proc',
    "select pg_get_viewdef(oid) from pg_class where relkind = 'v'",
  ]
  for (const statement of tells) {
    const answer = await ask(analyst, statement)
    expect([statement, answer === '', findMarks(answer)]).toEqual([statement, false, []])
  }
  expect(heard).toBe('')
})

test('I10 every other way to a row is refused for lack of a right', async () => {
  await sql`select lo_from_bytea(7002, ${Buffer.from(mark)})`.execute(database.db)
  const relations = await sql<{ name: string }>`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('warehouse', 'ingest', 'people') and c.relkind in ('r', 'p', 'v', 'S')
  `.execute(database.db)
  expect(relations.rows.length).toBeGreaterThan(80)
  const refused = [
    ...relations.rows.flatMap(({ name }) => [`select * from ${name}`, `explain select * from ${name}`]),
    'select * from pg_statistic',
    'select * from pg_largeobject',
    'select lo_get(7002)',
    'select * from pg_authid',
    "select query_to_xml('select * from warehouse.session', true, false, '')",
    "select table_to_xml('warehouse.session', true, false, '')",
    "select schema_to_xml('warehouse', true, false, '')",
    "select pg_read_file('postgresql.conf')",
    "select * from pg_ls_dir('.')",
    'copy warehouse.session to stdout',
    "copy (select 1) to program 'id'",
    'set role aftercall_cleared',
    'set role aftercall_owner',
    'set session authorization postgres',
    'select * from people.agent',
    'create view analytics.own as select 1',
    "create function analytics.own() returns int language sql as 'select 1'",
    'do $$ begin lock table warehouse.session; end $$',
    'select ingest.grant_access()',
    'select * from ingest.rejected_content(1)',
    'select * from ingest.session_months()',
    'alter view analytics.session owner to current_user',
    'create rule own as on select to analytics.session do instead select 1',
    'create policy own on warehouse.session',
    'create trigger own before insert on warehouse.session execute function own()',
    'create statistics own on session_id, source from warehouse.session',
    'create publication own for table warehouse.session',
    'update analytics.sms set status = null',
    'delete from analytics.source',
    "insert into analytics.offer (source) values ('acme')",
    'select * from analytics.source for update',
  ]
  for (const statement of refused) {
    const code = await analyst.query(statement).then(
      () => 'answered',
      (error: pg.DatabaseError) => error.code,
    )
    expect([statement, code]).toEqual([statement, '42501'])
  }
})

test('I10 a supervisor reads names of agents, and still no consumer and no note', async () => {
  const people = await ask(supervisor, 'select * from people.agent')
  expect(new Set(findMarks(people))).toEqual(new Set([`${mark}-name`, `${mark}-email`, `${mark}-teams`]))
  const joined = await ask(
    supervisor,
    'select own.*, agent.name from analytics.handled_interaction own join people.agent using (source, agent_key)',
  )
  expect(findMarks(joined)).toEqual([`${mark}-name`])
  for (const view of views)
    expect([view, findMarks(await ask(supervisor, `select * from analytics.${view}`))]).toEqual([view, []])
  for (const statement of [
    'select * from warehouse.agent',
    'select agent_id from warehouse.handle_duration',
    'select * from ingest.setting',
  ]) {
    expect(await ask(supervisor, statement)).toBe('')
  }
})

test('I10 where agents are hidden, no reader can tell one from another, nor by a function brought along', async () => {
  await sql`insert into ingest.setting values ('analytics.agents', 'hidden')`.execute(database.db)
  try {
    for (const view of views) {
      const fields = (await analyst.query(`select * from analytics.${view} limit 0`)).fields.map(
        ({ name }) => name,
      )
      for (const name of fields.filter((one) => one.endsWith('agent_key'))) {
        const { rows } = await analyst.query(
          `select count(*)::int as shown from analytics.${view} where ${name} is not null`,
        )
        expect([view, rows]).toEqual([view, [{ shown: 0 }]])
        await ask(
          analyst,
          `select ${name} from analytics.${view} where pg_temp.leak('key ' || ${name}::text)`,
        )
      }
    }
    for (const client of [analyst, supervisor])
      await ask(client, "select * from analytics.agent where pg_temp.leak('key ' || agent_key)")
    expect(await ask(supervisor, "select * from people.agent where pg_temp.leak('key ' || name)")).toBe('[]')
    expect(heard).not.toContain('key ')
    const concurrent =
      "select * from analytics.concurrency('2026-03-05', '2026-03-06', 'agent', '1 hour', true)"
    expect(await ask(analyst, concurrent)).toBe('[]')
    expect(findMarks(heard)).toEqual([])
  } finally {
    await sql`delete from ingest.setting`.execute(database.db)
  }
  const { rows } = await analyst.query('select count(agent_key)::int as shown from analytics.agent')
  expect(rows).toEqual([{ shown: 1 }])
})

test('the planted values are there', async () => {
  const { rows } = await sql<{ note: string; agent_id: string }>`
    select note, agent_id::text from warehouse.disposition join warehouse.agent on agent_id = user_id
  `.execute(database.db)
  expect(rows).toEqual([{ note: `${mark}-note`, agent_id: markedId }])
})
