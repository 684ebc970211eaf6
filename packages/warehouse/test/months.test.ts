import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'
import { createMonths, isPlausibleMonth } from '../src/months.ts'
import { settlementOf } from './document.ts'
import { loaderOf, openTransaction, openVictim, rowsByPartition, waitingFor } from './maintenance-fixture.ts'

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
  let time = Date.parse('2026-06-01T00:00:00Z')
  const failures: string[] = []
  const months = createMonths({
    db: database.db,
    onFailure: (month) => failures.push(month),
    now: () => new Date(time),
  })
  await sql`alter function ingest.create_month(date) rename to create_month_away`.execute(database.db)
  await months.ensure(['2026-03-01T00:00:00Z'])
  time += 59_999
  await months.ensure(['2026-03-01T00:00:00Z'])
  expect(failures).toEqual(['2026-03'])
  time += 1
  await months.ensure(['2026-03-01T00:00:00Z'])
  expect(failures).toEqual(['2026-03', '2026-03'])

  await sql`alter function ingest.create_month_away(date) rename to create_month`.execute(database.db)
  expect(await isMade()).toBe(false)
  time += 60_000
  await months.ensure(['2026-03-01T00:00:00Z'])
  expect(await isMade()).toBe(true)
  expect(failures).toHaveLength(2)
})

test('a database that is away says nothing about a month, so that it is not put off once it is back', async () => {
  const failures: string[] = []
  const victim = openVictim(database.url)
  const months = createMonths({
    db: victim,
    onFailure: (month) => failures.push(month),
    now: () => new Date('2026-06-01T00:00:00Z'),
  })
  const holder = await openTransaction(database.db, 'lock table ingest.session_head')
  const ensured = months.ensure(['2026-03-01T00:00:00Z'])
  const [pid] = await waitingFor(database.db, 'create_month')
  await sql`select pg_terminate_backend(${pid})`.execute(database.db)
  await ensured
  await holder.end()
  expect([failures, await isMade()]).toEqual([[], false])
  // Without a minute's wait, as soon as there is a connection again.
  await vi.waitUntil(async () => {
    await months.ensure(['2026-03-01T00:00:00Z'])
    return isMade()
  })
  expect(failures).toEqual([])
  await victim.destroy()
})

test('a month too far ahead is made once its time has come, also by a process that has seen it before', async () => {
  let time = Date.parse('2025-12-31T23:59:59Z')
  const months = createMonths({ db: database.db, onFailure: () => {}, now: () => new Date(time) })
  await months.ensure(['2026-03-01T00:00:00Z'])
  expect(await isMade()).toBe(false)
  time += 1_000
  await months.ensure(['2026-03-01T00:00:00Z'])
  expect(await isMade()).toBe(true)
})

test('only months that a session can have are made: from 2010 to two months ahead', () => {
  const at = new Date('2026-11-30T23:59:59Z')
  const months = ['0001-01', '2009-12', '2010-01', '2026-11', '2027-01', '2027-02', '9999-12', '10000-01']
  expect(months.filter((month) => isPlausibleMonth(month, at))).toEqual(['2010-01', '2026-11', '2027-01'])
})

test('I5 a loader that writes to a month while it is made waits for it, and no document is taken for bad', async () => {
  const loader = loaderOf(database.db, undefined, undefined, 1)
  const maker = await openTransaction(database.db, `select ingest.create_month('2026-03-01')`)
  const settled = loader.settle(settlementOf({ id: 1 }))
  await waitingFor(database.db, 'insert into')
  await maker.end()
  expect(await settled).toMatchObject({ outcome: 'stored' })
  expect(await rowsByPartition(database.db, 'session')).toEqual({ '2026_03': 1 })
})

test('I12 making a month gets no reader killed: it lets go of what a reader waits for', async () => {
  const reader = await openTransaction(database.db, 'select from warehouse.call_participant')
  const made = sql`select ingest.create_month('2026-03-01')`.execute(database.db)
  await waitingFor(database.db, 'create_month')
  await reader.run('select from warehouse.session')
  await reader.run('select from warehouse.transfer')
  await reader.end()
  await made
  expect(await isMade()).toBe(true)
})
