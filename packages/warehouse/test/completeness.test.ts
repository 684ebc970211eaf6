import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { type RawBuilder, sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import type { Database } from '../src/connection/database.ts'
import type { Settlement } from '../src/load/loader.ts'
import { makeMonth } from '../src/maintenance/months.ts'
import { markChanged, refreshAllRollups } from '../src/rollups/refresh-rollups.ts'
import { expectCompletenessOfFacts } from './completeness-of-facts.ts'
import type { Draft } from './document.ts'
import { settlementOfSource, store } from './maintenance-fixture.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterEach(() => database.drop())

type Row = Record<string, unknown>

async function rowsOf(query: RawBuilder<unknown>, db: Database = database.db): Promise<Row[]> {
  const answer = await sql<{ row: Row }>`
    select to_jsonb(found) as row from (${query}) found order by day, source, channel
  `.execute(db)
  return answer.rows.map(({ row }) => row)
}

/** What the tests write by hand lists no hour. What is read then has to be what the sessions say. */
async function countAgain(): Promise<void> {
  await markChanged(database.db, '2000-01-01', '2100-01-01')
  await refreshAllRollups(database.db, { quietMs: 0, patienceMs: 0 })
  await expectCompletenessOfFacts(database.db, '2025-12-01', '2026-07-01')
}

const everyDay = sql`select * from analytics.completeness_daily`

/** Some columns of every row, by day, source, and channel. */
async function reported(...columns: string[]): Promise<Record<string, unknown[]>> {
  await countAgain()
  const rows = await rowsOf(everyDay)
  return Object.fromEntries(
    rows.map((row) => [
      `${row.day} ${row.source} ${row.channel}`,
      columns.map((column) => {
        expect(row).toHaveProperty(column)
        return row[column]
      }),
    ]),
  )
}

type Reported = Draft & { source?: string; channel?: 'call' | 'chat'; eventName?: string }

function settlementReported({
  source = 'acme',
  channel = 'call',
  eventName,
  ...draft
}: Reported): Settlement {
  const key = draft.key ?? `${source}-${channel}-${draft.id}.json`
  const settlement = settlementOfSource(source, { ...draft, key, channel })
  if (settlement.object !== null && eventName !== undefined) settlement.object.eventName = eventName
  return settlement
}

const load = (...drafts: Reported[]): Promise<void> => store(database.db, drafts.map(settlementReported))

/** As if the session had been stored this many hours after its end. */
async function storeLate(sessionId: number, hours: number): Promise<void> {
  await sql`
    update ingest.session_head head set first_loaded_at = session.ended_at + ${hours} * interval '1 hour'
    from warehouse.session session
    where head.session_id = ${sessionId} and session.session_id = ${sessionId}
  `.execute(database.db)
}

/** This many calls, a minute apart, with consecutive ids. */
async function insertCalls(firstId: number, firstAt: string, count: number, everyMinutes = 1): Promise<void> {
  const calls = sql`
    (select ${firstId}::bigint + n as id, ${firstAt}::timestamptz + n * ${everyMinutes} * interval '1 minute' as at
     from generate_series(0, ${count}::integer - 1) n) call
  `
  await sql`
    insert into warehouse.session (source, channel, session_id, created_at, local_created_at, bucket, object_key)
    select 'acme', 'call', id, at, at at time zone 'UTC', 'files', id::text from ${calls}
  `.execute(database.db)
  await sql`
    insert into ingest.session_head (source, channel, session_id, created_at, revision_updated_at, latest_event_at,
      object_last_modified, mapping_version, content_sha256)
    select 'acme', 'call', id, at, at, at, at, 1, '' from ${calls}
  `.execute(database.db)
}

test('a missing id counts once, on the local day of the session with the next id, by source and channel', async () => {
  await load(
    { id: 100, createdAt: '2026-03-01T10:00:00-08:00' },
    { id: 101, createdAt: '2026-03-01T23:00:00-08:00' },
    { id: 105, createdAt: '2026-03-01T23:59:59-08:00' },
    { id: 104, createdAt: '2026-03-02T00:00:00-08:00' },
    { id: 107, createdAt: '2026-03-02T09:00:00-08:00' },
    { id: 100, createdAt: '2026-03-01T11:00:00-08:00', channel: 'chat' },
    { id: 103, createdAt: '2026-03-01T12:00:00-08:00', channel: 'chat' },
    { id: 101, createdAt: '2026-03-02T08:59:59+09:00', source: 'beta' },
    { id: 103, createdAt: '2026-03-03T00:00:00+09:00', source: 'beta' },
  )
  const columns = ['sessions', 'first_session_id', 'last_session_id', 'missing_ids', 'missing_id_share']
  expect(await reported(...columns, 'implausible_missing_ids', 'id_jumps')).toEqual({
    '2026-03-01 acme call': [3, 100, 105, 0, 0, null, 0],
    '2026-03-01 acme chat': [2, 100, 103, 2, 0.5, null, 0],
    '2026-03-02 acme call': [2, 104, 107, 3, 0.6, 3, 0],
    '2026-03-02 beta call': [1, 101, 101, 0, 0, null, 0],
    '2026-03-03 beta call': [1, 103, 103, 1, 0.5, 1, 0],
  })
})

test('the usual share is the median of the 28 days before, and only more than that is implausible', async () => {
  await load(
    { id: 1, createdAt: '2026-01-01T12:00:00Z' },
    { id: 10, createdAt: '2026-01-01T12:00:00Z' },
    { id: 11, createdAt: '2026-01-02T12:00:00Z' },
    { id: 13, createdAt: '2026-01-02T12:00:00Z' },
    { id: 14, createdAt: '2026-01-20T12:00:00Z' },
    { id: 15, createdAt: '2026-01-20T12:00:00Z' },
    { id: 17, createdAt: '2026-01-29T12:00:00Z' },
    { id: 20, createdAt: '2026-01-29T12:00:00Z' },
    { id: 21, createdAt: '2026-01-30T12:00:00Z' },
    { id: 30, createdAt: '2026-01-30T12:00:00Z' },
    { id: 31, createdAt: '2026-01-31T12:00:00Z' },
  )
  const columns = ['missing_ids', 'missing_id_share', 'usual_missing_id_share', 'implausible_missing_ids']
  expect(await reported(...columns)).toEqual({
    '2026-01-01 acme call': [8, 0.8, null, null],
    '2026-01-02 acme call': [1, 0.3333, 0.8, 0],
    '2026-01-20 acme call': [0, 0, 0.5667, 0],
    '2026-01-29 acme call': [3, 0.6, 0.3333, 1],
    // Without the 1st, which is 29 days before: the median of 1/3, 0 and 3/5; 8 - 10/3.
    '2026-01-30 acme call': [8, 0.8, 0.3333, 5],
    '2026-01-31 acme call': [0, 0, 0.6, 0],
  })
})

test('a stray id makes no missing ids, whether it is huge, negative or will be reached one day', async () => {
  await insertCalls(10_000, '2026-03-01T00:00:00Z', 600)
  await insertCalls(10_601, '2026-03-02T00:00:00Z', 100)
  await insertCalls(2_000_000_000, '2026-03-02T12:00:00Z', 1)
  await insertCalls(9_223_372_036_854_775_000, '2026-03-02T12:00:00Z', 1)
  await insertCalls(-9_223_372_036_854_775_000, '2026-03-02T12:00:00Z', 1)
  await insertCalls(20_000, '2026-02-20T00:00:00Z', 1)
  expect(await reported('sessions', 'missing_ids', 'id_jumps')).toEqual({
    '2026-02-20 acme call': [1, 0, 1],
    '2026-03-01 acme call': [600, 0, 0],
    '2026-03-02 acme call': [103, 1, 2],
  })
})

test('the ids of days without any session are missing on the next day with sessions', async () => {
  await insertCalls(10_000, '2026-03-01T00:00:00Z', 1440)
  await insertCalls(10_000 + 4 * 1440, '2026-03-05T00:00:00Z', 1440)
  const columns = ['missing_ids', 'usual_missing_id_share', 'implausible_missing_ids', 'id_jumps']
  expect(await reported(...columns)).toEqual({
    '2026-03-01 acme call': [0, null, null, 0],
    '2026-03-05 acme call': [3 * 1440, 0, 3 * 1440, 0],
  })
})

test('a session counts between ids of other days, however far its own day is from them', async () => {
  for (const month of ['01', '06', '12']) await makeMonth(database.db, `2026-${month}`)
  await insertCalls(100, '2026-06-01T00:00:00Z', 50)
  await insertCalls(150, '2026-01-01T00:00:00Z', 1)
  await insertCalls(152, '2026-06-01T01:00:00Z', 50)
  await insertCalls(210, '2026-12-01T00:00:00Z', 2)
  await insertCalls(300, '2026-06-01T02:00:00Z', 1)
  await insertCalls(90, '2025-11-01T00:00:00Z', 5)
  await insertCalls(-8, '2026-06-01T03:00:00Z', 1)
  expect(await reported('sessions', 'missing_ids')).toEqual({
    '2025-11-01 acme call': [5, 0],
    '2026-01-01 acme call': [1, 0],
    // 95 to 99, 151, and 212 to 299.
    '2026-06-01 acme call': [102, 5 + 1 + 88],
    // 202 to 209.
    '2026-12-01 acme call': [2, 8],
  })
  for (const day of ['2025-11-01', '2026-01-01', '2026-06-01', '2026-12-01'])
    expect(await expectCompletenessOfFacts(database.db, day, day)).toBe(1)
})

const anId = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 60 }) },
  fc.constantFrom(-9_000_000_000, -1, 0, 2_000, 3_000, 9_000_000_000),
)
const someSessions = fc.uniqueArray(fc.record({ id: anId, day: fc.integer({ min: 0, max: 150 }) }), {
  ...{ minLength: 1, maxLength: 40 },
  selector: ({ id }) => id,
})
/** Days before and after one that has a session. */
const some = fc.integer({ min: 0, max: 45 })
const dateOf = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)

test('for any ids on any days, the days that are asked for get what their sessions say', async () => {
  await fc.assert(
    fc.asyncProperty(someSessions, some, some, async (sessions, before, after) => {
      await sql`truncate warehouse.session, ingest.session_head, ingest.changed_hour, rollup.session_hour,
        rollup.session_day, rollup.arrival_hour, rollup.arrival_day`.execute(database.db)
      for (const { id, day } of sessions) await insertCalls(id, `${dateOf(day)}T12:00:00Z`, 1)
      await countAgain()
      const day = sessions[0]?.day ?? 0
      const rows = await expectCompletenessOfFacts(database.db, dateOf(day - before), dateOf(day + after))
      expect(rows).toBeGreaterThan(0)
    }),
    propertyOptions({ quick: 5, thorough: 150 }),
  )
})

test('delay is measured for sessions from live messages, not for those from a bulk load or a listing', async () => {
  const createdAt = '2026-03-01T12:00:00Z'
  const events = [
    'ObjectCreated:Put',
    'ObjectCreated:CompleteMultipartUpload',
    'Object Created',
    'ObjectCreated:Copy',
    'ObjectCreated:Backfill',
    'Backfill',
    'Load',
    'Reconcile',
    'Poll',
  ]
  await load(...events.map((eventName, index) => ({ id: index + 1, createdAt, eventName })))
  const hours = [0.5, 5, 20, 100, 1000, 1000, 1000, 1000, 1000]
  for (const [index, late] of hours.entries()) await storeLate(index + 1, late)
  await countAgain()
  const [day] = await rowsOf(everyDay)
  expect(day).toMatchObject({
    sessions: 9,
    sessions_by_event: 4,
    sessions_by_backfill: 3,
    sessions_by_reconcile: 2,
    stored_within_1h_share: 0.25,
    stored_within_6h_share: 0.5,
    stored_within_24h_share: 0.75,
    stored_within_72h_share: 0.75,
    stored_later_share: 0.25,
    hours_to_store_p50: 12.5,
    hours_to_store_p95: 88,
  })
})

test('delay is not measured from an impossible end, nor for a session that took the id of an older one', async () => {
  const draft = { createdAt: '2026-03-01T12:00:00Z', updatedAt: '2026-03-01T12:30:00Z' }
  const lastModified = '2026-03-01T12:31:00Z'
  await load(
    { id: 1, ...draft, endsAt: '2026-03-01T12:10:00Z', lastModified },
    { id: 2, ...draft, endsAt: '1970-01-01T00:00:00Z', lastModified },
    { id: 3, ...draft, endsAt: '2099-01-01T00:00:00Z', lastModified },
    { id: 4, ...draft, endsAt: '2026-03-01T12:10:00Z', lastModified },
  )
  await sql`update ingest.session_head set first_loaded_at = '2026-03-01T17:10:00Z'
    where session_id < 4`.execute(database.db)
  await sql`update ingest.session_head set first_loaded_at = '2025-03-01T12:00:00Z'
    where session_id = 4`.execute(database.db)
  await countAgain()
  const [day] = await rowsOf(everyDay)
  expect(day).toMatchObject({
    ...{ sessions: 4, sessions_by_event: 4, stored_within_1h_share: 0, stored_within_6h_share: 1 },
    ...{ stored_later_share: 0, hours_to_store_p50: 5, hours_to_store_p95: 5 },
  })
})

test('a day that came only by bulk load has no delay', async () => {
  await load({ id: 1, createdAt: '2026-03-01T12:00:00Z', eventName: 'Backfill' })
  expect(await reported('stored_within_1h_share', 'stored_later_share', 'hours_to_store_p50')).toEqual({
    '2026-03-01 acme call': [null, null, null],
  })
})

test('a later revision neither counts again nor changes how late the session was first stored', async () => {
  const createdAt = '2026-03-01T12:00:00Z'
  await load({ id: 1, createdAt, updatedAt: '2026-03-01T12:30:00Z' })
  await storeLate(1, 3)
  await load({ id: 1, createdAt, updatedAt: '2026-03-09T12:00:00Z', rating: 5, key: 'again.json' })
  expect(await reported('sessions', 'sessions_by_event', 'hours_to_store_p50')).toEqual({
    '2026-03-01 acme call': [1, 1, 3],
  })
})

test('the function returns the rows of the view, for any days', async () => {
  await makeMonth(database.db, '2026-03')
  await insertCalls(1, '2026-01-15T00:00:00Z', 300, 180)
  await insertCalls(320, '2026-02-25T00:00:00Z', 300, 190)
  await load({ id: 900, createdAt: '2026-03-31T23:30:00-08:00' })
  await countAgain()
  const all = await rowsOf(everyDay)
  expect(all.length).toBeGreaterThan(75)
  expect(await rowsOf(sql`select * from analytics.completeness('-infinity', 'infinity')`)).toEqual(all)
  const apart = countOf({ quick: 7, thorough: 1 })
  for (const row of all.filter((_, at) => at % apart === 0)) {
    const { day } = row
    expect(await rowsOf(sql`select * from analytics.completeness(${day}, ${day})`)).toEqual([row])
  }
  const some = sql`${everyDay} where day > '2026-02-10' and day <= '2026-03-10' and source = 'acme'`
  expect(await rowsOf(some)).toEqual(
    all.filter(({ day }) => `${day}` > '2026-02-10' && `${day}` <= '2026-03-10'),
  )
})

/** How often a query reads a table or an index of sessions or heads. */
async function sessionScans(query: RawBuilder<unknown>): Promise<{ scans: number; rows: number }> {
  return database.db.transaction().execute(async (transaction) => {
    const scans = async () => {
      const answer = await sql<{ scans: number }>`
        select coalesce(sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)), 0)::integer as scans
        from pg_stat_xact_user_tables where schemaname = 'warehouse' or relname = 'session_head'
      `.execute(transaction)
      return answer.rows[0]?.scans ?? 0
    }
    const before = await scans()
    const { length } = await rowsOf(query, transaction)
    return { scans: (await scans()) - before, rows: length }
  })
}

test('neither a session nor a head is read for missing ids, and the days of a month that retention has dropped stay as they were', async () => {
  for (const month of ['01', '02', '03']) await makeMonth(database.db, `2026-${month}`)
  await insertCalls(1, '2026-01-02T00:00:00Z', 70, 1440)
  await insertCalls(90, '2026-03-16T00:00:00Z', 3, 1440)
  await sql`delete from warehouse.session where session_id in (7, 40)`.execute(database.db)
  await sql`delete from ingest.session_head where session_id in (7, 40)`.execute(database.db)
  await countAgain()
  const inMonths = sql`${everyDay} where day >= '2026-02-01' and source = 'acme' and sessions > 0`
  expect(await sessionScans(inMonths)).toEqual({ scans: 0, rows: 42 })
  const before = await rowsOf(everyDay)
  await sql`select ingest.drop_month('2026-01-01', array['acme'])`.execute(database.db)
  expect(await rowsOf(everyDay)).toEqual(before)
})

test('a login that may read only the schema analytics gets the counts, and no session', async () => {
  await load({ id: 1, createdAt: '2026-03-01T12:00:00Z' })
  await countAgain()
  const asAnalyst = (query: RawBuilder<unknown>) =>
    database.db.transaction().execute(async (transaction) => {
      await sql`set local role aftercall_analyst`.execute(transaction)
      return rowsOf(query, transaction)
    })
  expect(await asAnalyst(everyDay)).toHaveLength(1)
  expect(
    await asAnalyst(sql`select * from analytics.object_outcome_daily, warehouse.session`).catch(String),
  ).toMatch(/permission denied for schema warehouse/)
})

test('an empty database has no days', async () => {
  expect(await rowsOf(everyDay)).toEqual([])
  expect(await rowsOf(sql`select * from analytics.completeness('-infinity', 'infinity')`)).toEqual([])
})

test('objects without a session are counted by the day on which they were modified, with their reason', async () => {
  await sql`
    insert into ingest.object (bucket, object_key, source, outcome, code, last_modified, event_time, first_seen_at)
    values ('files', 'a', 'acme', 'rejected', 'not_json', '2026-03-01T23:59:59Z', '2026-03-05Z', '2026-03-06Z'),
           ('files', 'b', 'acme', 'rejected', 'not_json', '2026-03-01T00:00:00Z', null, '2026-03-06Z'),
           ('files', 'c', 'acme', 'failed', 'access_denied', null, '2026-03-05Z', '2026-03-06Z'),
           ('files', 'd', 'acme', 'missing', null, null, null, '2026-03-06Z'),
           ('files', 'e', 'acme', 'stored', null, '2026-03-01Z', null, '2026-03-06Z')
  `.execute(database.db)
  const answer = await sql<{ reported: string }>`
    select concat_ws(' ', day, source, outcome, code, objects) as reported from analytics.object_outcome_daily order by 1
  `.execute(database.db)
  expect(answer.rows.map((row) => row.reported)).toEqual([
    '2026-03-01 acme rejected not_json 2',
    '2026-03-05 acme failed access_denied 1',
    '2026-03-06 acme missing 1',
  ])
})
