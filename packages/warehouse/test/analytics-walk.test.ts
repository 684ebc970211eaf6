import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { readDictionary } from '../src/schema/dictionary.ts'

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
  segment: [
    ...agentIds('handle_duration', 'agent_id'),
    'warehouse.queue_duration.agent_id',
    'warehouse.transfer.from_agent_id',
  ],
}

/**
 * What each view of analytics depends on, through other views, by the catalog: columns with their comments, and functions.
 * A reference to a whole row counts as every column of the relation.
 */
async function readDependencies() {
  const answer = await sql<{ view: string; column: string; comment: string | null }>`
    with recursive own as (
      select distinct v.relname::text as view, d.refclassid, d.refobjid as object, d.refobjsubid as place
      from pg_class v
      join pg_rewrite r on r.ev_class = v.oid
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refobjid <> v.oid
      where v.relnamespace = 'analytics'::regnamespace
      union
      select own.view, d.refclassid, d.refobjid, d.refobjsubid
      from own
      join pg_rewrite r on own.refclassid = 'pg_class'::regclass and r.ev_class = own.object
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refobjid <> own.object
    )
    select distinct own.view, format('%s.%s', c.oid::regclass, a.attname) as column,
           col_description(c.oid, a.attnum) as comment
    from own
    join pg_class c on own.refclassid = 'pg_class'::regclass and c.oid = own.object
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      and own.place in (0, a.attnum)
  `.execute(database.db)
  return answer.rows
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
  const dependencies = await readDependencies()
  expect(dependencies.length).toBeGreaterThan(400)
  const found: Record<string, string[]> = {}
  for (const { view, column, comment } of dependencies) {
    if (comment?.endsWith('Personal data: no.')) continue
    found[view] = [...(found[view] ?? []), column].sort()
  }
  const expected = Object.fromEntries(
    Object.entries(allowed).map(([view, columns]) => [view, [...columns].sort()]),
  )
  expect(found).toEqual(expected)
})

test('I10 the walk sees a column that a view reads only within a condition, and one behind another view', async () => {
  await sql`
    create view analytics.walked as
    select source from warehouse.session where feedback is not null and exists (select from people.agent own where own.name > '')
  `.execute(database.db)
  try {
    const found = (await readDependencies())
      .filter(({ view }) => view === 'walked')
      .map(({ column }) => column)
    expect(found).toContain('warehouse.session.feedback')
    expect(found).toContain('warehouse.agent.name')
  } finally {
    await sql`drop view analytics.walked`.execute(database.db)
  }
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

test('I10 the views call no function of ours but those that completeness needs', async () => {
  const answer = await sql<{ view: string; called: string }>`
    select v.relname::text as view, d.refobjid::regprocedure::text as called
    from pg_class v
    join pg_rewrite r on r.ev_class = v.oid
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_proc'::regclass
    join pg_proc p on p.oid = d.refobjid and p.pronamespace <> 'pg_catalog'::regnamespace
    where v.relnamespace in ('analytics'::regnamespace, 'people'::regnamespace)
    order by 1, 2
  `.execute(database.db)
  expect(answer.rows).toEqual([
    { view: 'completeness_daily', called: 'analytics.completeness(date,date)' },
    { view: 'completeness_daily', called: 'ingest.session_months()' },
  ])
})

test('no reader gets a right on a table that is made later, also not by grant_access', async () => {
  const schemas = ['ingest', 'warehouse', 'analytics', 'people']
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
