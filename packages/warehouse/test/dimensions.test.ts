import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { setAgentVisibility } from '../src/schema/agent-visibility.ts'
import { type Draft, settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 12 })
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`delete from warehouse.agent`.execute(database.db)
})

let sessions = 0

/** Loads a session in which this agent took part, by this loader or by one of another process. */
async function load(draft: Draft, loader = openLoader(database.db)): Promise<void> {
  sessions += 1
  const end = await loader.commit(settlementOf({ id: sessions, ...draft }))
  expect(end.kind).toBe('stored')
}

type Agent = { agent_key: string; name: string | null; first: string; last: string; xmin: string }

async function agents(): Promise<Agent[]> {
  const answer = await sql<Agent>`
    select agent_key::text, name, to_char(first_seen_at at time zone 'UTC', 'MM-DD HH24:MI') as first,
           to_char(last_seen_at at time zone 'UTC', 'MM-DD HH24:MI') as last, xmin::text
    from warehouse.agent order by source, agent_id`.execute(database.db)
  return answer.rows
}

const named = (name: string | null, createdAt: string): Draft => ({
  createdAt,
  participants: [5],
  agentName: name,
})

test('several workers that meet the same agents at once give each of them one key, and none waits for facts', async () => {
  const loaders = Array.from({ length: 6 }, () => openLoader(database.db))
  const ids = Array.from({ length: 40 }, (_, index) => index + 1)
  await Promise.all(
    loaders.map((loader, turn) =>
      load(
        { participants: turn % 2 === 0 ? ids : ids.toReversed(), createdAt: '2026-03-23T13:00:00Z' },
        loader,
      ),
    ),
  )
  const found = await agents()
  expect(found.length).toBe(40)
  expect(new Set(found.map(({ agent_key: key }) => key)).size).toBe(40)
})

test('an agent keeps the key, and has the name that the newest session states', async () => {
  await load(named('Jane Smith', '2026-03-23T13:00:00Z'))
  const [before] = await agents()
  await load(named('Jane Jones', '2026-03-24T13:00:00Z'))
  await load(named('Jane Smith', '2026-03-22T13:00:00Z'))
  await load(named(null, '2026-03-26T13:00:00Z'))
  const [after] = await agents()
  expect(after).toMatchObject({ agent_key: before?.agent_key, name: 'Jane Jones' })
  expect([after?.first, after?.last]).toEqual(['03-22 13:00', '03-26 13:00'])
})

test('a loader writes an agent again only for a change, or for another day', async () => {
  const loader = openLoader(database.db)
  await load(named('Jane Smith', '2026-03-23T13:00:00Z'), loader)
  const [before] = await agents()
  await load(named('Jane Smith', '2026-03-23T22:00:00Z'), loader)
  await load(named(null, '2026-03-23T02:00:00Z'), loader)
  expect((await agents())[0]?.xmin).toBe(before?.xmin)
  await load(named('Jane Smith', '2026-03-25T13:00:00Z'), loader)
  const [later] = await agents()
  expect([later?.first, later?.last]).toEqual(['03-23 13:00', '03-25 13:00'])
  await load(named('Jane Jones', '2026-03-25T15:00:00Z'), loader)
  expect((await agents())[0]).toMatchObject({ agent_key: before?.agent_key, name: 'Jane Jones' })
})

test('an agent whose row was deleted is forgotten: a new row has another key', async () => {
  await load(named('Jane Smith', '2026-03-23T13:00:00Z'))
  const [before] = await agents()
  await sql`delete from warehouse.agent`.execute(database.db)
  await load(named('Jane Smith', '2026-03-24T13:00:00Z'))
  const [after] = await agents()
  expect(after?.agent_key).not.toBe(before?.agent_key)
})

test('I10 a supervisor reads who stands behind a key, and an analyst does not; where agents are hidden, no one does', async () => {
  await load(named('Jane Smith', '2026-03-23T13:00:00Z'))
  const [agent] = await agents()
  const read = async (role: string): Promise<unknown> => {
    const login = await createTestLogin(inject('postgresUrl'), { inRoles: [role] })
    const client = new pg.Client({ connectionString: login.urlOf(database.url) })
    await client.connect()
    try {
      return (await client.query('select agent_key::text, name from people.agent')).rows
    } finally {
      await client.end()
      await login.drop()
    }
  }
  expect(await read('aftercall_supervisor')).toEqual([{ agent_key: agent?.agent_key, name: 'Jane Smith' }])
  await expect(read('aftercall_analyst')).rejects.toMatchObject({ code: '42501' })
  onTestFinished(() => setAgentVisibility(database.db, 'shown'))
  await setAgentVisibility(database.db, 'hidden')
  expect(await read('aftercall_supervisor')).toEqual([])
})
