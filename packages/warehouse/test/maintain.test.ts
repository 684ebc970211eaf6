import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject } from 'vitest'
import { type Draft, settlementOf } from './document.ts'
import {
  apply,
  everything,
  expectWhole,
  loaderOf,
  maintain,
  openTransaction,
  openVictim,
  plan,
  rowsByPartition,
  store,
  waitingFor,
} from './maintenance-fixture.ts'
import { openMonths } from './open-loader.ts'

const it = drawnTests({ quick: 3, thorough: 'all' })

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 16 })
})
afterEach(() => database.drop())

/** Sessions in all months of 2025, so that neighbors in a batch have different months. */
function draftsOf2025(count: number): Draft[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    createdAt: `2025-${String((index % 12) + 1).padStart(2, '0')}-15T10:00:00Z`,
    participants: [1, 2],
    transfers: [1],
  }))
}

const months2025 = (rows: number): Record<string, number> =>
  Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`2025_${String(index + 1).padStart(2, '0')}`, rows]),
  )

it('the current month and the next are made for every table, once', async () => {
  expect((await plan(database.db)).make).toEqual(['2026-06', '2026-07'])
  const steps = await maintain(database.db)
  expect(steps.map((step) => [step.kind, step.month])).toEqual([
    ['made', '2026-06'],
    ['made', '2026-07'],
  ])
  expect(await plan(database.db)).toEqual({
    ...{ make: [], drain: [], stay: [], retain: [], empty: [], misshapen: [] },
  })
  expect(await maintain(database.db)).toEqual([])
})

it('rows move from the default partition to their month, and later rows go there directly', async () => {
  const drafts = draftsOf2025(24)
  await store(database.db, drafts.map(settlementOf))
  expect(await rowsByPartition(database.db, 'session')).toEqual({ default: 24 })
  const before = await database.dump('warehouse.session')

  const { drain } = await plan(database.db)
  expect(drain).toHaveLength(12)
  expect(drain[0]?.month).toBe('2025-01')
  expect(drain[0]?.tables).toContainEqual({ table: 'call_participant', rows: 4 })
  const steps = await maintain(database.db)
  expect(steps[0]).toMatchObject({ kind: 'drained', month: '2025-01', tables: drain[0]?.tables })

  expect(await rowsByPartition(database.db, 'session')).toEqual(months2025(2))
  expect(await rowsByPartition(database.db, 'call_participant')).toEqual(months2025(4))
  expect(await database.dump('warehouse.session')).toEqual(before)
  await store(database.db, [settlementOf({ id: 100, createdAt: '2025-01-31T23:59:59Z' })])
  expect(await rowsByPartition(database.db, 'session')).toMatchObject({ '2025_01': 3 })
})

it('months outside the span stay in the default partition, and are listed', async () => {
  const times = [
    '0001-01-01T00:00:00Z',
    '2016-05-31T23:59:59Z',
    '2026-08-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ]
  await store(
    database.db,
    times.map((createdAt, id) => settlementOf({ id, createdAt, participants: [] })),
  )
  const planned = await plan(database.db)
  expect(planned.drain).toEqual([])
  expect(planned.stay.map(({ month, tables }) => [month, tables[0]])).toEqual(
    ['0001-01', '2016-05', '2026-08', '9999-12'].map((month) => [month, { table: 'session', rows: 1 }]),
  )
  await apply(database.db, planned)
  expect(await rowsByPartition(database.db, 'session')).toEqual({ default: 4 })
})

it('a plan changes nothing', async () => {
  await store(database.db, draftsOf2025(24).map(settlementOf))
  const before = await everything(database)
  await plan(database.db, { sources: [{ name: 'acme', retentionMonths: 1 }] })
  expect(await everything(database)).toEqual(before)
})

it('I2 I3 I12 months are drained beside running loaders, which only wait, and every row is there once', async () => {
  const troubles = { retried: 0, split: 0 }
  const loaders = [1, 2].map(() => loaderOf(database.db, undefined, troubles))
  const count = countOf({ quick: 240, thorough: 720 })
  const drafts = draftsOf2025(count)
  const settled = drafts.flatMap((draft, index) => [
    loaders[index % 2]?.commit(settlementOf(draft)),
    loaders[(index + 1) % 2]?.commit(
      settlementOf({ ...draft, updatedAt: '2026-01-01T00:00:00Z', rating: 5, participants: [2, 3] }),
    ),
  ])
  let loading = true
  const drains: string[] = []
  const failed: unknown[] = []
  const maintainer = async (): Promise<void> => {
    while (loading) {
      const { drain } = await plan(database.db)
      // One month at a time, so that draining and loading overlap until the end.
      for (const step of await apply(database.db, {
        make: [],
        drain: drain.slice(0, 1),
        stay: [],
        retain: [],
        empty: [],
        misshapen: [],
      })) {
        if (step.kind === 'failed') failed.push(step)
        drains.push(step.month)
      }
    }
  }
  const maintainers = [maintainer(), maintainer()]
  const ends = await Promise.all(settled)
  loading = false
  await Promise.all(maintainers)
  await maintain(database.db)

  expect(failed).toEqual([])
  expect(troubles).toEqual({ retried: 0, split: 0 })
  expect(ends.filter((end) => end?.kind === 'stored').length).toBeGreaterThanOrEqual(count)
  expect(await database.dump('ingest.rejection')).toEqual([])
  expect(new Set(drains).size).toBe(drains.length)
  expect(drains.length).toBeGreaterThan(0)
  expect(await expectWhole(database.db)).toBe(count)
  expect(await rowsByPartition(database.db, 'session')).toEqual(months2025(count / 12))
  expect(await rowsByPartition(database.db, 'call_participant')).toEqual(months2025(count / 6))
  expect((await database.dump('warehouse.session')).every((row) => row.rating === 5)).toBe(true)
})

it('I12 many workers and maintainers at once make each month once, while they load', async () => {
  const troubles = { retried: 0, split: 0 }
  const failures: unknown[] = []
  const workers = [1, 2, 3].map(() => {
    const onFailure = (_: string, error: unknown): void => void failures.push(error)
    return loaderOf(database.db, openMonths(database.db, { onFailure }), troubles, 10)
  })
  const count = countOf({ quick: 120, thorough: 240 })
  const settled = draftsOf2025(count).map((draft, index) => workers[index % 3]?.commit(settlementOf(draft)))
  const maintained = await Promise.all([maintain(database.db), maintain(database.db), maintain(database.db)])
  const ends = await Promise.all(settled)
  expect(new Set(ends.map((end) => end?.kind))).toEqual(new Set(['stored']))
  expect([failures, troubles]).toEqual([[], { retried: 0, split: 0 }])
  expect(maintained.flat().filter((step) => step.kind === 'failed')).toEqual([])
  await maintain(database.db)
  expect(await expectWhole(database.db)).toBe(count)
  expect(await rowsByPartition(database.db, 'session')).toEqual(months2025(count / 12))
})

it('I12 a drain that is killed half-way leaves every row where it was, and the next one moves them', async () => {
  await store(database.db, draftsOf2025(24).map(settlementOf))
  const before = await everything(database)
  const planned = await plan(database.db)
  // Another login takes a name that the drain needs for one of the last tables, when the rows of the others have moved.
  const holder = await openTransaction(database.db, 'create table warehouse.transfer_2025_01 ()')
  const victim = openVictim(database.url)
  const maintained = apply(victim, { ...planned, drain: planned.drain.slice(0, 1), make: [] })
  const [pid] = await waitingFor(database.db, 'drain_month')
  await sql`select pg_terminate_backend(${pid})`.execute(database.db)
  expect(await maintained).toMatchObject([{ kind: 'failed', task: 'drain', month: '2025-01' }])
  await holder.undo()
  await victim.destroy()
  expect(await everything(database)).toEqual(before)

  await maintain(database.db)
  expect(await rowsByPartition(database.db, 'session')).toEqual(months2025(2))
  expect(await expectWhole(database.db)).toBe(24)
})

it('I12 a drain that cannot get a lock beside a reader gives up, reports it, and lets the other months be drained', async () => {
  await store(database.db, draftsOf2025(2).map(settlementOf))
  const reader = await openTransaction(database.db, 'select from warehouse.session_default')
  await sql`alter function ingest.drain_month(date) set lock_timeout = '50ms'`.execute(database.db)
  const steps = await apply(database.db, { ...(await plan(database.db)), make: [] })
  expect(steps).toMatchObject([
    { task: 'drain', month: '2025-01', code: '55P03' },
    { task: 'drain', month: '2025-02', code: '55P03' },
  ])
  await reader.end()
  expect((await maintain(database.db)).map((step) => step.kind)).toContain('drained')
})
