import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'
import { createExpiryClock } from '../src/load/expiry-clock.ts'
import { findRetentionHalt } from '../src/maintenance/hold-back-retention.ts'
import { endMaintenanceRun, removedBy, startMaintenanceRun } from '../src/maintenance/maintenance-runs.ts'
import { apply, plan } from './maintenance-fixture.ts'
import { load, sourcesLeft } from './retention-fixture.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterEach(async () => {
  vi.useRealTimers()
  await database.drop()
})

const keeping = (retentionMonths: number) => ({ sources: [{ name: 'acme', retentionMonths }] })
const haltOf = async (retentionMonths: number, allowedMonths?: number) =>
  findRetentionHalt(database.db, await plan(database.db, keeping(retentionMonths)), { allowedMonths })

async function recordRun(months: number, halted: string | null = null): Promise<void> {
  const runId = await startMaintenanceRun(database.db, 'test')
  await endMaintenanceRun(database.db, runId, { removed: { months, sessions: months }, halted })
}

const lastMonths = ['2025-12', '2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06']

test('a run removes at most one month more than the last one, unless it is given a number', async () => {
  for (const month of lastMonths) await load(database.db, 'acme', month, 1)
  expect(await haltOf(6)).toBeUndefined()
  expect(await haltOf(5)).toBeUndefined()
  expect(await haltOf(4)).toMatchObject({
    code: 'retention_too_large',
    message: expect.stringMatching(
      /2 months of a source \(2 sessions\); without --allow-drop it may remove 1\. .*--allow-drop 2$/,
    ),
  })
  expect(await haltOf(4, 1)).toMatchObject({ code: 'retention_too_large' })
  expect(await haltOf(4, 2)).toBeUndefined()
  await recordRun(1)
  expect(await haltOf(4)).toBeUndefined()
  expect(await haltOf(3)).toMatchObject({ code: 'retention_too_large' })
  // A run that was held back removed nothing, and says nothing about what is usual.
  await recordRun(0, 'retention_too_large')
  expect(await haltOf(4)).toBeUndefined()
})

test('a clock that is five years ahead removes nothing', async () => {
  for (const month of lastMonths) await load(database.db, 'acme', month, 1)
  const future = new Date('2031-06-15T00:00:00Z')
  const planned = await plan(database.db, { ...keeping(6), now: future })
  expect(planned.retain).toHaveLength(lastMonths.length)
  const halt = await findRetentionHalt(database.db, planned, { allowedMonths: undefined })
  expect(halt).toMatchObject({ code: 'retention_too_large', message: expect.stringContaining('7 months') })
})

test('a single month is removed unless it has most of the stored sessions', async () => {
  await load(database.db, 'acme', '2025-12', 8)
  await load(database.db, 'acme', '2026-06', 2)
  expect(await haltOf(5)).toMatchObject({
    code: 'retention_too_large',
    message: expect.stringContaining('80 % of all stored sessions'),
  })
  expect(await haltOf(5, 1)).toBeUndefined()
  await load(database.db, 'beta', '2026-06', 2)
  expect(await haltOf(5)).toBeUndefined()
})

test.each([
  { name: 'ahead', ms: 16 * 60_000, way: 'behind' },
  { name: 'behind', ms: -5 * 365 * 86_400_000, way: 'ahead of' },
])(
  'a machine whose clock is $name of the database’s removes nothing, even with --allow-drop',
  async ({ ms, way }) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })
    const halt = await haltOf(6, 100)
    expect(halt).toMatchObject({
      code: 'clock_disagrees',
      message: expect.stringContaining(`minutes ${way} this machine's`),
    })
  },
)

test('a difference between clocks that S3 would accept is accepted', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 14 * 60_000 })
  expect(await haltOf(6)).toBeUndefined()
})

test('the functions themselves remove no month that the shortest retention keeps, by the clock of the database', async () => {
  const recent = [0, 1].map(
    (back) =>
      sql<string>`to_char(date_trunc('month', now() at time zone 'UTC') - ${`${back} months`}::interval, 'YYYY-MM-DD')::date`,
  )
  for (const month of recent) {
    await sql`select ingest.create_month(${month})`.execute(database.db)
    for (const call of [
      sql`select ingest.drop_month(${month}, '{acme}')`,
      sql`select * from ingest.delete_from_month(${month}, 'acme', 10)`,
    ]) {
      await expect(call.execute(database.db)).rejects.toThrow(
        'is too recent to be removed: by the clock of the database',
      )
    }
  }
})

test('removed months are counted by source, also those of a default partition', async () => {
  await load(database.db, 'acme', '2001-01', 2)
  await load(database.db, 'acme', '2024-01', 3)
  await load(database.db, 'beta', '2024-01', 1)
  const steps = await apply(database.db, await plan(database.db, keeping(6)))
  expect(removedBy(steps)).toEqual({ months: 2, sessions: 5 })
  expect(await sourcesLeft(database.db)).toEqual({ 'beta 2024-01': 1 })
})

test('sessions expire by the database’s time, continued by a monotonic clock', async () => {
  let nowMs = 0
  const disagreements: number[] = []
  const clock = createExpiryClock({
    db: database.db,
    onDisagreement: (aheadMs) => disagreements.push(aheadMs),
    nowMs: () => nowMs,
  })
  const first = await clock.read()
  nowMs += 30_000
  const later = await clock.read()
  expect((later?.getTime() ?? 0) - (first?.getTime() ?? 0)).toBe(30_000)
  // The operator sets the clock of this machine five years ahead: with the next reading, the time is no longer certain.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 365 * 86_400_000 })
  nowMs += 31_000
  expect(await clock.read()).toBeUndefined()
  expect(disagreements).toHaveLength(1)
  expect(Math.round((disagreements[0] ?? 0) / 86_400_000)).toBe(-5 * 365)
})

test('nothing expires while the database is away', async () => {
  const own = await createTestDatabase(inject('postgresUrl'))
  await own.drop()
  const clock = createExpiryClock({ db: own.db, onDisagreement() {}, nowMs: () => performance.now() })
  expect(await clock.read()).toBeUndefined()
})
