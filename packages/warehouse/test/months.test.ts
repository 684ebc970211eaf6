import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'
import { isPlausibleMonth, monthFrom } from '../src/maintenance/months.ts'
import { refreshAllRollups } from '../src/rollups/refresh-rollups.ts'
import { settlementOf } from './document.ts'
import { loaderOf, openTransaction, openVictim, rowsByPartition, waitingFor } from './maintenance-fixture.ts'
import { monthLimits, openLoader, openMonths } from './open-loader.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 12 })
})
afterEach(() => database.drop())

const isMade = async (): Promise<boolean> => {
  const answer = await sql<{ made: boolean }>`
    select to_regclass('warehouse.session_2026_03') is not null as made
  `.execute(database.db)
  return answer.rows[0]?.made === true
}

test('a month that could not be made is tried again after a minute, and not before', async () => {
  let time = 0
  const failures: string[] = []
  const months = openMonths(database.db, { onFailure: (month) => failures.push(month), nowMs: () => time })
  const rename = (from: string, to: string) =>
    sql
      .raw(`alter function ingest.${from}(date, integer, integer, integer) rename to ${to}`)
      .execute(database.db)
  await rename('ensure_month', 'away')
  await months.ensure(['2026-03-01T00:00:00Z'])
  time += 59_999
  await months.ensure(['2026-03-01T00:00:00Z'])
  expect(failures).toEqual(['2026-03'])
  time += 1
  await months.ensure(['2026-03-01T00:00:00Z'])
  expect(failures).toEqual(['2026-03', '2026-03'])

  await rename('away', 'ensure_month')
  expect(await isMade()).toBe(false)
  time += 60_000
  await months.ensure(['2026-03-01T00:00:00Z'])
  expect(await isMade()).toBe(true)
  expect(failures).toHaveLength(2)
})

test('a month is not put off because the database was away', async () => {
  const failures: string[] = []
  const victim = openVictim(database.url)
  const months = openMonths(victim, { onFailure: (month) => failures.push(month) })
  const holder = await openTransaction(database.db, 'lock table ingest.session_head')
  const ensured = months.ensure(['2026-03-01T00:00:00Z'])
  const [pid] = await waitingFor(database.db, 'ensure_month')
  await sql`select pg_terminate_backend(${pid})`.execute(database.db)
  await ensured
  await holder.end()
  expect([failures, await isMade()]).toEqual([[], false])
  // Without a minute's wait, as soon as the connection is back.
  await vi.waitUntil(async () => {
    await months.ensure(['2026-03-01T00:00:00Z'])
    return isMade()
  }, 60_000)
  expect(failures).toEqual([])
  await victim.destroy()
})

/** By the database's clock, which decides. */
const monthsFromNow = async (months: number): Promise<string> => {
  const answer = await sql<{ now: Date }>`select now()`.execute(database.db)
  return monthFrom(answer.rows[0]?.now ?? new Date(), months)
}
const madeMonths = async (): Promise<string[]> => {
  const answer = await sql<{ month: string }>`
    select distinct to_char(month, 'YYYY-MM') as month from ingest.month_partitions() order by 1
  `.execute(database.db)
  return answer.rows.map((row) => row.month)
}

test('I5 only months within the span are made, by the clock of the database; all others are left out by name', async () => {
  const leftOut: string[] = []
  const months = openMonths(database.db, {
    onLeftOut: (month, reason) => leftOut.push(`${month} ${reason}`),
  })
  const [first, last] = [await monthsFromNow(-120), await monthsFromNow(1)]
  const [before, after] = [await monthsFromNow(-121), await monthsFromNow(2)]
  const wanted = ['0001-01', before, first, last, after, '9999-12', '+010000']
  await months.ensure(wanted.map((month) => `${month}-01T00:00:00Z`))
  expect(await madeMonths()).toEqual([first, last].sort())
  expect(leftOut.sort()).toEqual(
    ['+010000', '0001-01', before, after, '9999-12'].map((m) => `${m.slice(0, 7)} outside`).sort(),
  )
})

test('I5 195 sessions in 195 months make no more months than the bound of an hour, for any number of workers', async () => {
  const leftOut: string[] = []
  const limits = { ...monthLimits, madePerHourMax: 2 }
  const onLeftOut = (month: string, reason: string) => void leftOut.push(`${month} ${reason}`)
  const workers = [1, 2].map(() => openMonths(database.db, { limits, onLeftOut }))
  const wanted = await Promise.all(Array.from({ length: 195 }, (_, index) => monthsFromNow(1 - index)))
  const instants = wanted.map((month) => `${month}-02T00:00:00Z`)
  await Promise.all(workers.map((months) => months.ensure(instants)))
  expect(await madeMonths()).toHaveLength(2)
  // The first refusal is reported; the others would be the same, and are not even requested.
  expect(leftOut.filter((one) => one.endsWith('too_many'))).toHaveLength(2)
  // 122 months are within the span.
  expect(leftOut.filter((one) => one.endsWith('outside'))).toHaveLength(2 * (195 - 122))

  // Months made over an hour ago no longer count.
  await sql`update ingest.made_month set made_at = now() - interval '61 minutes'`.execute(database.db)
  await openMonths(database.db, { limits }).ensure(instants)
  expect(await madeMonths()).toHaveLength(4)
})

test('I5 I6 a file with 195 sessions in 195 months is stored whole, and most of it in the default partition', async () => {
  const limits = { ...monthLimits, madePerHourMax: 2 }
  const loader = openLoader(database.db, { months: openMonths(database.db, { limits }), batchSize: 200 })
  const months = await Promise.all(Array.from({ length: 195 }, (_, index) => monthsFromNow(-index)))
  const drafts = months.map((month, id) => settlementOf({ id: id + 1, createdAt: `${month}-02T00:00:00Z` }))
  const ends = await Promise.all(drafts.map((one) => loader.commit(one)))
  expect(new Set(ends.map((end) => end.kind))).toEqual(new Set(['stored']))
  expect(await madeMonths()).toHaveLength(2)
  const rows = await rowsByPartition(database.db, 'session')
  expect(Object.values(rows).reduce((sum, one) => sum + one, 0)).toBe(195)
  expect(rows.default).toBe(193)
  // Every day of them is found, in its own partition or the default one.
  await refreshAllRollups(database.db, { quietMs: 0, patienceMs: 0 })
  const days = await sql<{ days: number }>`
    select count(*)::integer as days from analytics.completeness_daily`.execute(database.db)
  expect(days.rows).toEqual([{ days: 195 }])
})

test('only months that a session can have are plausible', () => {
  const at = new Date('2026-11-30T23:59:59Z')
  const months = ['0001-01', '2016-10', '2016-11', '2026-11', '2026-12', '2027-01', '9999-12', '10000-01']
  const span = { yearsBack: 10, ahead: 1 }
  expect(months.filter((month) => isPlausibleMonth(month, at, span))).toEqual([
    '2016-11',
    '2026-11',
    '2026-12',
  ])
})

test('I5 no login but the owner can prevent a month, even with every advisory lock', async () => {
  const holder = await openTransaction(
    database.db,
    `select pg_advisory_xact_lock(hashtextextended('aftercall.create_month', 0))`,
  )
  const failures: string[] = []
  await openMonths(database.db, { onFailure: (month) => failures.push(month) }).ensure([
    '2026-03-01T00:00:00Z',
  ])
  expect([failures, await isMade()]).toEqual([[], true])
  await holder.undo()
})

test('I5 a loader that writes to a month while it is made waits, and no document is rejected', async () => {
  const loader = loaderOf(database.db, undefined, undefined, 1)
  const maker = await openTransaction(database.db, `select ingest.create_month('2026-03-01')`)
  const settled = loader.commit(settlementOf({ id: 1 }))
  await waitingFor(database.db, 'insert into')
  await maker.end()
  expect(await settled).toMatchObject({ kind: 'stored' })
  expect(await rowsByPartition(database.db, 'session')).toEqual({ '2026_03': 1 })
})

test('I12 making a month does not deadlock with a reader', async () => {
  const reader = await openTransaction(database.db, 'select from warehouse.call_participant')
  const made = sql`select ingest.create_month('2026-03-01')`.execute(database.db)
  await waitingFor(database.db, 'create_month')
  await reader.run('select from warehouse.session')
  await reader.run('select from warehouse.transfer')
  await reader.end()
  await made
  expect(await isMade()).toBe(true)
})
