import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { checkDayIfDue, checkRollups, readLastCheck } from '../src/rollups/check-rollups.ts'
import {
  markChanged,
  readRollupLag,
  refreshAllRollups,
  refreshRollups,
  sumDays,
} from '../src/rollups/refresh-rollups.ts'
import type { Draft } from './document.ts'
import { apply, maintain, plan, settlementOfSource, store } from './maintenance-fixture.ts'
import { draftOf, halfYear, load } from './retention-fixture.ts'
import { expectRollupsOfViews } from './rollups-of-views.ts'

let database: TestDatabase
const atOnce = { quietMs: 0, patienceMs: 0 }

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await sql`insert into ingest.source (name, bucket, prefix) values ('acme', 'files', 'a/'), ('beta', 'files', 'b/')`.execute(
    database.db,
  )
})
afterEach(() => database.drop())

async function sessionsByMonth(): Promise<Record<string, number>> {
  const { rows } = await sql<{ month: string; sessions: number }>`
    select source || ' ' || to_char(local_day, 'YYYY-MM') as month, sum(sessions)::integer as sessions
    from analytics.session_daily group by 1
  `.execute(database.db)
  return Object.fromEntries(rows.map((row) => [row.month, row.sessions]))
}

async function differences(): Promise<string[]> {
  const found: string[] = []
  for await (const { differences: own } of checkRollups(database.db, {
    fromDay: '2026-05-01',
    toDay: '2026-05-03',
  })) {
    found.push(
      ...own.map(
        (one) =>
          `${one.source} ${one.day} ${one.table}: ${one.missing} missing, ${one.unexpected} unexpected`,
      ),
    )
  }
  return found
}

test('an hour waits until its changes rest, or until the oldest is old', async () => {
  await load(database.db, 'acme', '2026-05')
  const hour = 3_600_000
  expect(await refreshRollups(database.db, { quietMs: hour, patienceMs: hour })).toBe(0)
  expect((await readRollupLag(database.db)).waitingHours).toBe(1)
  expect(await refreshRollups(database.db, { quietMs: hour, patienceMs: 0 })).toBe(1)
  expect(await readRollupLag(database.db)).toEqual({ waitingHours: 0, oldestSeconds: 0 })
})

test('a late revision is due after 30 s at most, even in an hour that other sessions never let rest', async () => {
  const createdAt = '2026-05-02T10:00:00Z'
  const stored = (draft: Draft) => store(database.db, [settlementOfSource('acme', { createdAt, ...draft })])
  const rated = async () => {
    const { rows } = await sql<{ row: number[] }>`
      select array[sum(sessions)::integer, sum(rated)::integer] as row from analytics.session_daily
    `.execute(database.db)
    return rows[0]?.row
  }
  await stored({ id: 1 })
  await refreshAllRollups(database.db, atOnce)
  expect(await rated()).toEqual([1, 0])
  await stored({ id: 1, updatedAt: '2026-05-20T10:00:00Z', rating: 5 })
  await sql`update ingest.changed_hour set changed_at = changed_at - interval '30 seconds'`.execute(
    database.db,
  )
  await stored({ id: 2 })
  // With the times that a worker uses, which asks every 10 s.
  expect(await refreshRollups(database.db)).toBe(1)
  expect(await rated()).toEqual([2, 1])
})

test('the newest hours come first', async () => {
  for (const month of ['2026-03', '2026-05', '2026-04']) await load(database.db, 'acme', month)
  expect(await refreshRollups(database.db, { ...atOnce, hoursMax: 1 })).toBe(1)
  expect(await sessionsByMonth()).toEqual({ 'acme 2026-05': 5 })
})

test('an old hour gets its turn, however many newer hours change before each refresh', async () => {
  const change = (days: readonly string[]) =>
    sql`
    insert into ingest.changed_hour (source, home_month, home_hour)
    select 'acme', date_trunc('month', day)::date, day from unnest(${days}::timestamp[]) day`.execute(
      database.db,
    )
  const oldDays = ['2025-01-03', '2025-01-01', '2025-01-02']
  const oldLeft = async () => {
    const { rows } = await sql<{ day: string }>`
      select home_hour::date::text as day from ingest.changed_hour where home_hour < '2026-01-01' order by changed_at
    `.execute(database.db)
    return rows.map(({ day }) => day)
  }
  await change(oldDays)
  for (let turn = 1; turn <= oldDays.length; turn++) {
    await change(Array.from({ length: 20 }, (_, at) => `2026-05-${at + 1}`))
    expect(await refreshRollups(database.db, { ...atOnce, hoursMax: 8 })).toBe(8)
    expect(await oldLeft()).toEqual(oldDays.slice(turn))
  }
})

test('a row that was changed by hand is found, and corrected by making its day again', async () => {
  await load(database.db, 'acme', '2026-05')
  await refreshAllRollups(database.db, atOnce)
  expect(await differences()).toEqual([])
  await sql`update rollup.session_hour set sessions = sessions + 1`.execute(database.db)
  expect(await differences()).toEqual([
    'acme 2026-05-02 session_hour: 1 missing, 1 unexpected',
    'acme 2026-05-02 session_day: 1 missing, 1 unexpected',
  ])
  await sql`delete from rollup.transfer_day`.execute(database.db)
  expect(await differences()).toHaveLength(3)
  expect(await markChanged(database.db, '2026-05-02', '2026-05-02')).toBe(1)
  await refreshAllRollups(database.db, atOnce)
  expect(await differences()).toEqual([])
  expect(await expectRollupsOfViews(database.db)).toBeGreaterThan(0)
})

test('once a day a random day is compared, and what differed is kept', async () => {
  await load(database.db, 'acme', '2026-05')
  await refreshAllRollups(database.db, atOnce)
  expect(await checkDayIfDue(database.db)).toBeUndefined()
  expect(await readLastCheck(database.db)).toBeUndefined()
  await sql`update rollup.last_check set checked_at = checked_at - interval '25 hours'`.execute(database.db)
  await sql`update rollup.session_day set sessions = 0`.execute(database.db)
  expect(await checkDayIfDue(database.db)).toMatchObject({
    day: '2026-05-02',
    differences: [{ table: 'session_day' }],
  })
  expect(await readLastCheck(database.db)).toMatchObject({ day: '2026-05-02', differences: 2 })
  expect(await checkDayIfDue(database.db)).toBeUndefined()
})

test('a day that differs is compared again each hour, and counts as corrected once it does not', async () => {
  await load(database.db, 'acme', '2026-05')
  await load(database.db, 'acme', '2026-04')
  await refreshAllRollups(database.db, atOnce)
  await sql`update rollup.last_check set local_day = '2026-05-02', differences = 2`.execute(database.db)
  expect(await checkDayIfDue(database.db)).toBeUndefined()
  for (const differs of [true, false]) {
    if (differs) await sql`update rollup.session_day set sessions = 0`.execute(database.db)
    else await sumDays(database.db, '2026-05-01', '2026-05-03')
    await sql`update rollup.last_check set checked_at = checked_at - interval '61 minutes'`.execute(
      database.db,
    )
    expect((await checkDayIfDue(database.db))?.day).toBe('2026-05-02')
    expect((await readLastCheck(database.db))?.differences).toBe(differs ? 2 : 0)
  }
})

test('the daily rows of a frozen month can be summed again', async () => {
  await load(database.db, 'acme', '2025-01')
  await maintain(database.db)
  await apply(database.db, await plan(database.db, halfYear))
  const before = await sessionsByMonth()
  await sql`update rollup.session_day set sessions = 0`.execute(database.db)
  await sumDays(database.db, '2025-01-01', '2025-01-31')
  expect(await sessionsByMonth()).toEqual(before)
})

test('rollups outlive the sessions that retention removes, dropped or deleted, and a late copy does not change them', async () => {
  for (const month of ['2025-01', '2025-02', '2026-05']) await load(database.db, 'acme', month)
  await load(database.db, 'beta', '2025-01')
  await maintain(database.db)
  // Nothing was refreshed before: what waits of a month goes into its rollups first.
  await apply(database.db, await plan(database.db, halfYear))
  await refreshAllRollups(database.db, atOnce)
  const kept = { 'acme 2025-01': 5, 'acme 2025-02': 5, 'acme 2026-05': 5, 'beta 2025-01': 5 }
  expect(await sessionsByMonth()).toEqual(kept)
  await store(database.db, [settlementOfSource('acme', draftOf('2025-02', 9))])
  await markChanged(database.db, '2025-01-01', '2025-12-31')
  await refreshAllRollups(database.db, atOnce)
  expect(await sessionsByMonth()).toEqual(kept)
  expect((await readRollupLag(database.db)).waitingHours).toBe(0)
})

test('sessions that are deleted without retention leave the rollups', async () => {
  await load(database.db, 'acme', '2026-05')
  await refreshAllRollups(database.db, atOnce)
  await sql`select * from ingest.delete_from_month('2026-05-01', 'acme', 2)`.execute(database.db)
  await refreshAllRollups(database.db, atOnce)
  expect(await sessionsByMonth()).toEqual({ 'acme 2026-05': 3 })
})

test('a refresh outside repeatable read is refused', async () => {
  const asked = sql`select rollup.refresh(1)`.execute(database.db)
  await expect(asked).rejects.toThrow('needs a transaction of isolation level repeatable read')
})

test('where agents are hidden, the views add them up', async () => {
  await load(database.db, 'acme', '2026-05', 1)
  await refreshAllRollups(database.db, atOnce)
  await sql`insert into rollup.agent_day select (row).* from (
    select jsonb_populate_record(null::rollup.agent_day, to_jsonb(own)) as row from (
      select 'acme' as source, date '2026-05-02' as local_day, 'call' as channel, agent_id, 1 as interactions, 0 as attempts,
             0 as barges, 60 as talk_sum, 0 as hold_sum, 0 as with_hold, 0 as acw_sum, 0 as bcw_sum, 0 as connect_sum,
             1 as handle_times, 60 as handle_sum, 0 as attempt_handle_sum, rollup.histogram(array[60]) as handle_histogram,
             0 as responses, 0 as response_sum, 0 as rated, 0 as rating_sum, 0 as rated_last, 0 as rating_last_sum,
             0 as transfers_out, 0 as transfers_out_cold, 0 as dispositions
      from generate_series(1, 2) agent_id) own) filled`.execute(database.db)
  await sql`insert into warehouse.agent (source, agent_id, first_seen_at, last_seen_at)
    values ('acme', 2, now(), now()) on conflict do nothing`.execute(database.db)
  const read = async () => {
    const { rows } = await sql<{ row: { interactions: number; aht: number } }>`
      select to_jsonb(own) as row from analytics.agent_daily own where interactions > 0`.execute(database.db)
    return rows.map(({ row: { interactions, aht } }) => ({ interactions, aht }))
  }
  expect(await read()).toEqual([
    { interactions: 1, aht: 60 },
    { interactions: 1, aht: 60 },
  ])
  await sql`insert into ingest.setting values ('analytics.agents', 'hidden')`.execute(database.db)
  expect(await read()).toEqual([{ interactions: 2, aht: 60 }])
})
