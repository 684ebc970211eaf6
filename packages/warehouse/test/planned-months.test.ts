import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { Database } from '../src/connection/database.ts'
import { countSessions } from '../src/console/count-sessions.ts'
import { readBins } from '../src/console/read-bins.ts'
import { readDefaultPartitions, readMissingMonths } from '../src/console/read-partitions.ts'
import { readSessionPage, readSessionsOfDay } from '../src/console/session-page.ts'
import { readSessionParts } from '../src/console/session-parts.ts'
import { readSessionHistory } from '../src/ledger/history.ts'
import { settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase

const session = { source: 'acme', channel: 'call', sessionId: '1' } as const

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  const loader = openLoader(database.db)
  await loader.commit(settlementOf({ id: 1, createdAt: '2026-03-23T20:12:51.123456Z', transfers: [1] }))
  await loader.commit(settlementOf({ id: 2, createdAt: '2026-03-24T20:12:51Z' }))
  await loader.commit(settlementOf({ id: 3, createdAt: '2025-10-02T20:12:51Z' }))
  await loader.drain()
  await sql`
    select ingest.create_month(month::date) from generate_series(date '2025-01-01', date '2026-09-01', interval '1 month') month
  `.execute(database.db)
})
afterAll(() => database.drop())

/** The months of the tables whose key holds a session's time: a plan locks every partition that it does not leave out. */
async function monthsOpenedBy(read: (db: Database) => Promise<unknown>): Promise<string[]> {
  return database.db.transaction().execute(async (transaction) => {
    await read(transaction)
    const { rows } = await sql<{ month: string }>`
      select distinct right(own.relname, 7) as month
      from pg_locks held join pg_class own on own.oid = held.relation
      where held.pid = pg_backend_pid() and own.relispartition and own.relkind = 'r'
        and own.relname !~ '^session_(revision|collision|document)_'
      order by month
    `.execute(transaction)
    return rows.map(({ month }) => month)
  })
}

test('the page of a session opens the partitions of its own month only', async () => {
  const read = async (db: Database): Promise<void> => {
    const history = await readSessionHistory(db, session)
    expect(history?.rows.find(({ table }) => table === 'transfer')).toEqual({ table: 'transfer', rows: 1 })
    expect((await readSessionParts(db, session))?.parts.map(({ kind }) => kind)).toEqual(['transfer'])
  }
  expect(await monthsOpenedBy(read)).toEqual(['2026_03'])
})

test('a list of sessions opens the months that it shows', async () => {
  const ofChannel = async (db: Database): Promise<void> => {
    const { sessions, hasMore } = await readSessionPage(db, { ...session, before: '3', limit: 1 })
    expect([sessions, hasMore]).toMatchObject([[{ sessionId: '2', outcome: expect.any(String) }], true])
  }
  expect(await monthsOpenedBy(ofChannel)).toEqual(['2026_03'])
  const ofDay = async (db: Database): Promise<void> => {
    const page = await readSessionsOfDay(db, { source: 'acme', day: '2026-03-24', after: null, limit: 10 })
    expect(page.sessions).toMatchObject([{ sessionId: '2' }])
  }
  expect(await monthsOpenedBy(ofDay)).toEqual(['2026_03'])
})

test.each([
  ['+23:59', '2026-03-24', '2026-03-23T00:01:00+23:59'],
  ['-23:59', '2026-03-24', '2026-03-24T23:58:00-23:59'],
])('a day has the sessions of every clock: %s', async (_, day, createdAt) => {
  const id = createdAt.includes('+23') ? 91 : 92
  const loader = openLoader(database.db)
  await loader.commit(settlementOf({ id, createdAt, source: 'far' }))
  await loader.drain()
  const { rows } = await sql<{ day: string; at: string }>`
    select local_created_at::date::text as day, created_at::text as at from warehouse.session where session_id = ${id}
  `.execute(database.db)
  const [row] = rows
  const page = await readSessionsOfDay(database.db, {
    ...{ source: 'far', day: row?.day ?? day, after: null, limit: 10 },
  })
  expect(page.sessions.map(({ sessionId }) => sessionId)).toEqual([String(id)])
})

test('lag and freshness of ten minutes open the months of the sessions that were stored then', async () => {
  await sql`
    update ingest.object set lag_ms = 5,
      event_name = case when session_id in (1, 2) then 'ObjectCreated:Put' else 'ObjectCreated:Backfill' end
  `.execute(database.db)
  const { rows } = await sql<{ at: Date }>`select max(settled_at) as at from ingest.object`.execute(
    database.db,
  )
  const atMs = rows[0]?.at.getTime() ?? 0
  const read = async (db: Database): Promise<void> => {
    const bins = await readBins(db, { fromMs: atMs - 600_000, untilMs: atMs + 600_000 })
    expect(bins.flatMap(({ delays }) => delays).map(({ lagSeconds }) => lagSeconds)).toEqual([0.005, 0.005])
  }
  expect(await monthsOpenedBy(read)).toEqual(['2026_03'])
})

test('a month is missing until all of its partitions are there', async () => {
  expect(await readMissingMonths(database.db, new Date('2026-09-30T00:00:00Z'))).toEqual(['2026-10'])
  expect(await readMissingMonths(database.db, new Date('2026-08-30T00:00:00Z'))).toEqual([])
  await sql`drop table warehouse.media_2026_09`.execute(database.db)
  expect(await readMissingMonths(database.db, new Date('2026-08-30T00:00:00Z'))).toEqual(['2026-09'])
})

test('rows of default partitions wait for maintenance, or are outside the span of months', async () => {
  const now = new Date('2026-09-30T00:00:00Z')
  const span = { yearsBack: 10, ahead: 1, madePerHourMax: 24 }
  const read = () => readDefaultPartitions(database.db, now, span)
  expect(await read()).toEqual({ waitingRows: [], outsideRows: { count: 0, about: false } })
  for (const [id, at] of Object.entries({ 71: '2026-10-05', 72: '2099-01-01', 73: '1990-01-01' }))
    await sql`
      insert into warehouse.session (source, channel, session_id, created_at, bucket, object_key)
      values ('acme', 'call', ${id}::bigint, ${at}::timestamptz, 'files', 'x')
    `.execute(database.db)
  expect(await read()).toEqual({
    waitingRows: [{ table: 'session', rows: { count: 1, about: false } }],
    outsideRows: { count: 2, about: false },
  })
})

test('sessions are counted up to a bound, and estimated beyond it', async () => {
  await sql`
    insert into ingest.session_head (source, channel, session_id, created_at, revision_updated_at, latest_event_at,
      object_last_modified, mapping_version, content_sha256)
    select 'large', 'call', id, now(), now(), now(), now(), 1, '' from generate_series(1, 30000) id
  `.execute(database.db)
  const counts = async () => Object.fromEntries(await countSessions(database.db, ['acme', 'large']))
  const large = { count: expect.any(Number), about: true }
  expect(await counts()).toEqual({ acme: { count: 3, about: false }, large })
  await sql`analyze ingest.session_head`.execute(database.db)
  const { acme, large: estimated } = await counts()
  expect([acme, estimated]).toEqual([{ count: 3, about: false }, large])
  expect(estimated?.count).toBeGreaterThan(29_000)
})
