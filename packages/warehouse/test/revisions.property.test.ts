import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Draft, settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 6 })
})
afterAll(() => database.drop())

const facts = ['warehouse.session', 'warehouse.call_participant', 'warehouse.transfer']

async function clear(): Promise<void> {
  const tables = [
    ...facts,
    'warehouse.session_revision',
    'ingest.session_head',
    'ingest.object',
    'ingest.rejection',
  ].map((name) => sql.table(name))
  await sql`truncate ${sql.join(tables)}`.execute(database.db)
}

const worker = (batchSize: number) => openLoader(database.db, { batchSize })

async function tables(): Promise<unknown> {
  const without = [
    'loaded_at',
    'first_loaded_at',
    'revision_count',
    'previous_created_at',
    'content_changed',
    'changed_tables',
  ]
  return Promise.all([...facts, 'ingest.session_head'].map((name) => database.dump(name, without)))
}

const instant = fc.constantFrom('2026-03-23T20:13:00Z', '2026-03-23T20:28:00Z', '2026-03-23T20:28:00.5Z')
const draft: fc.Arbitrary<Draft> = fc.record({
  id: fc.integer({ min: 1, max: 3 }),
  createdAt: fc.constantFrom('2026-03-23T20:00:00Z', '2026-03-23T20:00:00Z', '2026-04-01T00:00:00Z'),
  updatedAt: fc.option(instant),
  rating: fc.integer({ min: 1, max: 2 }),
  participants: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
  transfers: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  key: fc.constantFrom('a.json', 'b.json', 'c.json'),
  lastModified: fc.constantFrom('2026-03-24T00:00:00Z', '2026-03-25T00:00:00Z'),
})

test('I2 I3 any order, repetition and interleaving over workers and batch sizes ends in the same tables', async () => {
  const deliveries = fc.array(draft, { minLength: 1, maxLength: 12 }).chain((drafts) =>
    fc.record({
      drafts: fc.constant(drafts),
      order: fc.shuffledSubarray([...drafts.keys(), ...drafts.keys()], { minLength: drafts.length * 2 }),
      batchSizes: fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })),
    }),
  )
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ drafts, order, batchSizes }) => {
      await clear()
      const plain = worker(1)
      for (const one of drafts) await plain.settle(settlementOf(one))
      const expected = await tables()

      await clear()
      const workers = batchSizes.map(worker)
      await Promise.all(
        order.map((index, turn) => workers[turn % workers.length]?.settle(settlementOf(drafts[index] ?? {}))),
      )
      expect(await tables()).toEqual(expected)
    }),
    { seed: Number(process.env.FC_SEED ?? Date.now() % 2 ** 31), numRuns: Number(process.env.FC_RUNS ?? 40) },
  )
})
