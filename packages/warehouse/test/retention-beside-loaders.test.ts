import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject } from 'vitest'
import {
  apply,
  everything,
  expectWhole,
  loaderOf,
  maintain,
  openTransaction,
  openVictim,
  plan,
  settlementOfSource,
  waitingFor,
} from './maintenance-fixture.ts'
import { draftOf, halfYear, load, sourcesLeft } from './retention-fixture.ts'

const it = drawnTests({ quick: 2, thorough: 'all' })

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 16 })
})
afterEach(() => database.drop())

it('I3 I12 retention beside running loaders: they only wait, and a session is removed or kept as a whole', async () => {
  for (const month of ['2025-01', '2025-02']) await load(database.db, 'acme', month, 60)
  await load(database.db, 'beta', '2025-01', 60)
  await maintain(database.db)
  const troubles = { retried: 0, split: 0 }
  const loader = loaderOf(database.db, undefined, troubles, 7)
  const rewritten = ['2025-01', '2025-02'].flatMap((month) =>
    Array.from({ length: 60 }, (_, index) => {
      // Every third moves into a month that stays.
      const createdAt = index % 3 === 0 ? '2026-05-02T10:00:00Z' : `${month}-02T10:00:00Z`
      const updatedAt = '2026-06-01T00:00:00Z'
      const times = { createdAt, updatedAt, lastModified: updatedAt }
      return settlementOfSource('acme', { ...draftOf(month, index + 1), ...times, rating: 5 })
    }),
  )
  const settled = Promise.all(rewritten.map((one) => loader.commit(one)))
  const steps = await Promise.all([maintain(database.db, halfYear), maintain(database.db, halfYear)])
  const ends = await settled
  expect(steps.flat().filter((step) => step.kind === 'failed')).toEqual([])
  expect(new Set(ends.map((end) => end.kind))).toEqual(new Set(['stored']))
  expect(troubles).toEqual({ retried: 0, split: 0 })
  await expectWhole(database.db)

  await maintain(database.db, halfYear)
  await maintain(database.db, halfYear)
  expect(await sourcesLeft(database.db)).toEqual({ 'acme 2026-05': 40, 'beta 2025-01': 60 })
  expect(await expectWhole(database.db)).toBe(100)
})

it('I2 I12 retention waits for a loader that moves a session to a month that stays, and the session stays', async () => {
  await load(database.db, 'acme', '2025-01', 3)
  await load(database.db, 'beta', '2025-01', 1)
  await maintain(database.db)
  const planned = await plan(database.db, halfYear)
  const { id } = draftOf('2025-01', 2)
  // Like a loader: first the head, then the facts.
  const loader = await openTransaction(
    database.db,
    `update ingest.session_head set created_at = '2026-05-02' where source = 'acme' and session_id = ${id}`,
  )
  const maintained = apply(database.db, planned)
  await waitingFor(database.db, 'delete_from_month')
  for (const [table, column] of [
    ['session', 'created_at'],
    ['call_participant', 'session_created_at'],
    ['transfer', 'session_created_at'],
    ['session_revision', 'session_created_at'],
    ['session_document', 'session_created_at'],
  ]) {
    await loader.run(`
      create temporary table moved on commit drop as
        select * from warehouse.${table} where source = 'acme' and session_id = ${id};
      delete from warehouse.${table} where source = 'acme' and session_id = ${id};
      update moved set ${column} = '2026-05-02';
      insert into warehouse.${table} select * from moved;
      drop table moved;
    `)
  }
  await loader.end()
  expect(await maintained).toMatchObject([{ kind: 'deleted', month: '2025-01', sessions: 2 }])
  expect(await sourcesLeft(database.db)).toEqual({ 'acme 2026-05': 1, 'beta 2025-01': 1 })
  expect(await expectWhole(database.db)).toBe(2)
})

it('I12 retention that is killed between batches or in one leaves whole sessions, and the next run continues', async () => {
  await load(database.db, 'acme', '2025-01', 9)
  await load(database.db, 'beta', '2025-01', 1)
  await maintain(database.db)
  const planned = await plan(database.db, halfYear)
  // Two a batch: the third batch waits for this one's head.
  const holder = await openTransaction(
    database.db,
    `select from ingest.session_head where source = 'acme' and session_id = ${draftOf('2025-01', 5).id} for update`,
  )
  const victim = openVictim(database.url)
  const maintained = apply(victim, planned)
  const [pid] = await waitingFor(database.db, 'delete_from_month')
  await sql`select pg_terminate_backend(${pid})`.execute(database.db)
  expect(await maintained).toMatchObject([{ kind: 'failed', task: 'retain' }])
  await holder.end()
  await victim.destroy()
  expect(await sourcesLeft(database.db)).toEqual({ 'acme 2025-01': 5, 'beta 2025-01': 1 })
  expect(await expectWhole(database.db)).toBe(6)
  await maintain(database.db, halfYear)
  expect(await sourcesLeft(database.db)).toEqual({ 'beta 2025-01': 1 })
})

it('I12 a drop that is killed half-way has dropped nothing', async () => {
  await load(database.db, 'acme', '2025-01')
  await maintain(database.db)
  const before = await everything(database)
  const holder = await openTransaction(database.db, `select from ingest.session_head for update`)
  const victim = openVictim(database.url)
  const maintained = apply(victim, await plan(database.db, halfYear))
  const [pid] = await waitingFor(database.db, 'drop_month')
  await sql`select pg_terminate_backend(${pid})`.execute(database.db)
  expect(await maintained).toMatchObject([{ kind: 'failed', task: 'retain' }])
  await holder.end()
  await victim.destroy()
  expect(await everything(database)).toEqual(before)
})
