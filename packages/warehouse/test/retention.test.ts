import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { isPastRetention } from '../src/maintenance/maintenance-plan.ts'
import {
  apply,
  expectWhole,
  maintain,
  now,
  plan,
  rowsByPartition,
  settlementOfSource,
  store,
} from './maintenance-fixture.ts'
import { draftOf, halfYear, load, sourcesLeft } from './retention-fixture.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 16 })
})
afterEach(() => database.drop())

const hasPartition = async (name: string): Promise<boolean> => {
  const answer = await sql<{
    made: boolean
  }>`select to_regclass(${`warehouse.${name}`}) is not null as made`.execute(database.db)
  return answer.rows[0]?.made === true
}

test('a month is past retention if all of it is older than configured', () => {
  const months = ['2025-11', '2025-12', '2026-05', '2026-06', '2030-01']
  const past = (retention: number | null) => months.filter((month) => isPastRetention(month, retention, now))
  expect(past(6)).toEqual(['2025-11'])
  expect(past(1)).toEqual(['2025-11', '2025-12'])
  expect(past(null)).toEqual([])
  expect(isPastRetention('2025-11-30T23:59:59.999999Z', 6, now)).toBe(true)
  expect(isPastRetention('2025-12-01T00:00:00.000000Z', 6, now)).toBe(false)
})

test('a month that no source keeps is dropped; from a month that others keep, only the expired source is removed', async () => {
  for (const month of ['2025-01', '2025-02', '2026-05']) await load(database.db, 'acme', month)
  for (const month of ['2025-01', '2025-03', '2026-05']) await load(database.db, 'beta', month)
  await maintain(database.db)
  const ledger = await database.dump('ingest.object')
  const planned = await plan(database.db, halfYear)
  expect(planned.retain).toMatchObject([
    { month: '2025-01', how: 'delete', sources: ['acme'], bytes: 0 },
    { month: '2025-02', how: 'drop', sources: ['acme'] },
  ])
  expect(planned.retain[0]?.tables).toContainEqual({ table: 'call_participant', rows: 10 })
  expect(planned.retain[1]?.tables).toContainEqual({ table: 'session', rows: 5 })
  expect(planned.retain[1]?.bytes).toBeGreaterThan(0)

  expect(await apply(database.db, planned)).toMatchObject([
    // Session, two participants, a transfer, a revision and its document each.
    { kind: 'deleted', month: '2025-01', source: 'acme', sessions: 5, rows: 30 },
    { kind: 'dropped', month: '2025-02', sources: ['acme'], sessions: 5 },
  ])
  expect(await sourcesLeft(database.db)).toEqual({
    'acme 2026-05': 5,
    'beta 2025-01': 5,
    'beta 2025-03': 5,
    'beta 2026-05': 5,
  })
  expect(await expectWhole(database.db)).toBe(20)
  expect(await hasPartition('session_2025_02')).toBe(false)
  expect(await hasPartition('session_revision_2025_02')).toBe(false)
  expect(await hasPartition('session_document_2025_02')).toBe(false)
  expect(await database.dump('ingest.object')).toEqual(ledger)
  expect((await plan(database.db, halfYear)).retain).toEqual([])
})

test('two expired sources lose a month together; a source that is no longer configured keeps its own', async () => {
  await load(database.db, 'acme', '2024-01')
  await load(database.db, 'beta', '2024-01')
  await load(database.db, 'acme', '2024-02')
  await load(database.db, 'gone', '2024-02')
  await maintain(database.db)
  const sources = [
    { name: 'acme', retentionMonths: 6 },
    { name: 'beta', retentionMonths: 24 },
  ]
  expect((await plan(database.db, { sources })).retain.map(({ month, how }) => [month, how])).toEqual([
    ['2024-01', 'drop'],
    ['2024-02', 'delete'],
  ])
  await maintain(database.db, { sources })
  expect(await sourcesLeft(database.db)).toEqual({ 'gone 2024-02': 5 })
})

test('expired rows are removed from the default partition too, and the far future stays', async () => {
  await load(database.db, 'acme', '2024-01')
  await load(database.db, 'acme', '2001-01')
  await load(database.db, 'beta', '2001-01')
  await load(database.db, 'acme', '9999-12')
  const steps = await maintain(database.db, halfYear)
  expect(steps.filter((step) => step.kind !== 'made').map((step) => [step.kind, step.month])).toEqual([
    ['drained', '2024-01'],
    ['deleted', '2001-01'],
    ['dropped', '2024-01'],
  ])
  expect(await sourcesLeft(database.db)).toEqual({ 'acme 9999-12': 5, 'beta 2001-01': 5 })
  expect(await expectWhole(database.db)).toBe(10)
})

test('a session of another source that arrives after the plan keeps its month', async () => {
  await load(database.db, 'acme', '2025-01')
  await maintain(database.db)
  const planned = await plan(database.db, halfYear)
  await load(database.db, 'beta', '2025-01', 1)
  expect(await apply(database.db, planned)).toMatchObject([{ kind: 'deleted', source: 'acme', sessions: 5 }])
  expect(await sourcesLeft(database.db)).toEqual({ 'beta 2025-01': 1 })
  expect(await expectWhole(database.db)).toBe(1)
})

test('earlier revisions of a session that moved to another month, and their documents, are removed with their own month', async () => {
  const moved = { ...draftOf('2025-01', 1), updatedAt: '2025-01-03T00:00:00Z' }
  await store(database.db, [settlementOfSource('acme', moved)])
  await store(database.db, [
    settlementOfSource('acme', {
      ...moved,
      createdAt: '2026-05-02T10:00:00Z',
      updatedAt: '2026-05-03T00:00:00Z',
    }),
  ])
  await load(database.db, 'beta', '2025-01', 1)
  await maintain(database.db)
  for (const table of ['session_revision', 'session_document'])
    expect(await rowsByPartition(database.db, table)).toEqual({ '2025_01': 2, '2026_05': 1 })
  await maintain(database.db, halfYear)
  for (const table of ['session_revision', 'session_document'])
    expect(await rowsByPartition(database.db, table)).toEqual({ '2025_01': 1, '2026_05': 1 })
  expect(await sourcesLeft(database.db)).toEqual({ 'acme 2026-05': 1, 'beta 2025-01': 1 })
  expect(await expectWhole(database.db)).toBe(2)
})

test('a session that retention removed can be loaded again on request', async () => {
  await load(database.db, 'acme', '2025-01', 1)
  await maintain(database.db, halfYear)
  expect(await sourcesLeft(database.db)).toEqual({})
  await load(database.db, 'acme', '2025-01', 1)
  expect(await expectWhole(database.db)).toBe(1)
})
