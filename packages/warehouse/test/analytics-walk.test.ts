import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { readDictionary } from '../src/schema/dictionary.ts'
import { readPersonalReads, readReaderRisks } from '../src/schema/reader-rights.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

/** Ids of agents are read to find the key that stands for the agent, and are not shown. */
const agentIds = (table: string, ...columns: string[]) => [
  'warehouse.agent.agent_id',
  ...columns.map((column) => `warehouse.${table}.${column}`),
]

/**
 * Every column with personal data that a view of analytics reads, written down a second time: one that a migration adds
 * is added here by hand, after checking that no reader can see it.
 */
const allowed: Record<string, string[]> = {
  // Numbers of the tenant: of inbound sessions, and not of direct lines.
  session: ['warehouse.session.support_number'],
  queue_entry: agentIds('queue_duration', 'agent_id'),
  handled_interaction: agentIds('handle_duration', 'agent_id'),
  agent_attempt: agentIds('handle_duration', 'agent_id'),
  barge: agentIds('handle_duration', 'agent_id'),
  transfer: agentIds('transfer', 'from_agent_id', 'to_agent_id'),
  disposition: agentIds('disposition', 'user_id'),
  escalation: agentIds('escalation', 'to_agent_id'),
  agent_daily: ['warehouse.agent.agent_id', 'rollup.agent_day.agent_id'],
  agent_hourly: ['warehouse.agent.agent_id', 'rollup.agent_hour.agent_id'],
  segment: [
    ...agentIds('handle_duration', 'agent_id'),
    'warehouse.queue_duration.agent_id',
    'warehouse.transfer.from_agent_id',
  ],
}

test('I10 every column of analytics says that it holds no personal data', async () => {
  const { schemas } = await readDictionary(database.db)
  const analytics = schemas.find(({ name }) => name === 'analytics')
  const columns = analytics?.tables.flatMap(({ name, columns: own }) =>
    own.map((column) => ({ place: `${name}.${column.name}`, isPersonalData: column.isPersonalData })),
  )
  expect(columns?.length).toBeGreaterThan(400)
  expect(columns?.filter(({ isPersonalData }) => isPersonalData !== false)).toEqual([])
})

test('I10 a view of analytics reads no column with personal data that is not allowed by name', async () => {
  const found: Record<string, string[]> = {}
  for (const { view, column } of await readPersonalReads(database.db)) {
    found[view] = [...(found[view] ?? []), column].sort()
  }
  const expected = Object.entries(allowed).map(([view, columns]) => [view, [...columns].sort()])
  expect(found).toEqual(Object.fromEntries(expected))
  expect(await readReaderRisks(database.db)).toEqual([])
})

test('I10 the walk sees a column in a condition, behind another view, and in a whole row', async () => {
  await sql`
    create view analytics.walked as
    select source, (select own from warehouse.disposition own limit 1)::text as whole from warehouse.session
    where feedback is not null and exists (select from people.agent where agent.name > '')
  `.execute(database.db)
  try {
    const found = (await readPersonalReads(database.db)).filter(({ view }) => view === 'walked')
    expect(found.map(({ column }) => column)).toEqual(
      expect.arrayContaining([
        'warehouse.session.feedback',
        'warehouse.agent.name',
        'warehouse.disposition.note',
      ]),
    )
    expect(await readReaderRisks(database.db)).toContainEqual({
      risk: 'analytics.walked reads warehouse.session.feedback, which is personal data',
      fix: 'drop view analytics.walked;',
    })
  } finally {
    await sql`drop view analytics.walked`.execute(database.db)
  }
})

test.each([
  [
    'grant select (note) on warehouse.disposition to aftercall_analyst; grant usage on schema warehouse to aftercall_analyst',
    'aftercall_analyst can read warehouse.disposition',
  ],
  [
    'grant select on ingest.rejection to public; grant usage on schema ingest to public',
    'aftercall_supervisor can read ingest.rejection',
  ],
  [
    'grant usage on schema people to aftercall_analyst; grant select on people.agent to aftercall_analyst',
    'aftercall_analyst can read people.agent',
  ],
  [
    'grant execute on function ingest.rejected_content(bigint) to aftercall_analyst',
    'aftercall_analyst can call ingest.rejected_content with the rights of its owner',
  ],
])('I10 a right that was granted by hand is found, and closed by its fix: %s', async (grant, risk) => {
  await sql
    .raw(`do $$ begin ${grant.replaceAll(/grant .*?(?=;|$)/g, (one) => `execute '${one}'`)}; end $$`)
    .execute(database.db)
  const found = await readReaderRisks(database.db)
  const own = found.find((one) => one.risk === risk)
  expect(found.map((one) => one.risk)).toContain(risk)
  await sql.raw(own?.fix ?? '').execute(database.db)
  expect(await readReaderRisks(database.db)).toEqual([])
})

test('I10 a function of another owner that reads for its callers is found, and closed by its fix', async () => {
  await sql`
    create function public.notes() returns setof text language sql security definer
    set search_path = pg_catalog, pg_temp as 'select note from warehouse.disposition'
  `.execute(database.db)
  const found = await readReaderRisks(database.db)
  expect(found.map(({ risk }) => risk)).toEqual([
    'aftercall_analyst can call public.notes with the rights of its owner',
    'aftercall_supervisor can call public.notes with the rights of its owner',
  ])
  await sql.raw(found[0]?.fix ?? '').execute(database.db)
  expect(await readReaderRisks(database.db)).toEqual([])
  await sql`drop function public.notes()`.execute(database.db)
})

test('I10 a right in advance is found, and closed by its fix', async () => {
  await sql`alter default privileges for role aftercall_owner in schema warehouse grant select on tables to aftercall_analyst`.execute(
    database.db,
  )
  const found = await readReaderRisks(database.db)
  expect(found).toEqual([
    {
      risk: 'aftercall_analyst gets rights on tables that aftercall_owner makes later',
      fix: 'alter default privileges for role aftercall_owner in schema warehouse revoke all on tables from aftercall_analyst;',
    },
  ])
  await sql.raw(found[0]?.fix ?? '').execute(database.db)
  expect(await readReaderRisks(database.db)).toEqual([])
})

test('I10 a role that a reader was made a member of is found', async () => {
  // Roles belong to the whole server: the grant is never committed.
  const undo = new Error('undo')
  const found: unknown[] = []
  const asked = database.db.transaction().execute(async (transaction) => {
    await sql`grant aftercall_cleared to aftercall_supervisor`.execute(transaction)
    found.push(...(await readReaderRisks(transaction)))
    throw undo
  })
  await expect(asked).rejects.toBe(undo)
  expect(found).toContainEqual({
    risk: 'aftercall_supervisor is a member of aftercall_cleared',
    fix: 'revoke aftercall_cleared from aftercall_supervisor;',
  })
  expect(found).toContainEqual({
    risk: 'aftercall_supervisor can read warehouse.disposition',
    fix: 'select ingest.grant_access();',
  })
})

/** With the owner's rights: they may read what the views do not show. */
const definers = ['analytics.completeness(date,date)']

test('I10 a function of analytics reads views of analytics with the rights of its caller, or is listed here', async () => {
  const answer = await sql<{ name: string; definer: boolean; body: string }>`
    select p.oid::regprocedure::text as name, p.prosecdef as definer, p.prosrc as body
    from pg_proc p where p.pronamespace = 'analytics'::regnamespace
  `.execute(database.db)
  expect(answer.rows.filter(({ definer }) => definer).map(({ name }) => name)).toEqual(definers)
  const others = answer.rows.filter(({ name }) => !definers.includes(name))
  expect(others.length).toBeGreaterThan(8)
  expect(others.filter(({ body }) => /\b(?:warehouse|ingest|people)\./.test(body))).toEqual([])
})

test('I10 the views call no function of ours that reads a table but those that completeness needs', async () => {
  const answer = await sql<{ view: string; called: string }>`
    select v.relname::text as view, d.refobjid::regprocedure::text as called
    from pg_class v
    join pg_rewrite r on r.ev_class = v.oid
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_proc'::regclass
    join pg_proc p on p.oid = d.refobjid and p.pronamespace <> 'pg_catalog'::regnamespace
    where v.relnamespace in ('analytics'::regnamespace, 'people'::regnamespace)
      and p.provolatile <> 'i'
    order by 1, 2
  `.execute(database.db)
  expect(answer.rows).toEqual([
    { view: 'completeness_daily', called: 'analytics.completeness(date,date)' },
    { view: 'completeness_daily', called: 'ingest.session_months()' },
  ])
})

test('no reader gets a right on a table that is made later, also not by grant_access', async () => {
  const schemas = ['ingest', 'warehouse', 'analytics', 'people', 'rollup', 'lake']
  for (const schema of schemas) {
    await sql`create table ${sql.id(schema, 'made_later')} (name text)`.execute(database.db)
    await sql`create view ${sql.id(schema, 'seen_later')} as select feedback from warehouse.session`.execute(
      database.db,
    )
  }
  const readers = [
    'aftercall_analyst',
    'aftercall_supervisor',
    'aftercall_cleared',
    'aftercall_operator',
    'public',
  ]
  const read = async () => {
    const answer = await sql<{ found: string }>`
      select format('%s reads %s', role, c.oid::regclass) as found
      from unnest(${readers}::text[]) role, pg_class c
      where c.relname in ('made_later', 'seen_later') and has_any_column_privilege(role, c.oid, 'select')
    `.execute(database.db)
    return answer.rows
  }
  expect(await read()).toEqual([])
  await sql`select ingest.grant_access()`.execute(database.db)
  expect(await read()).toEqual([])
})
