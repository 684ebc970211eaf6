import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Draft, settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase
/** The machine may be busy, and a run that times out continues beside the next. */
const patienceMs = 180_000

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 6 })
})
afterAll(() => database.drop())

const facts = ['warehouse.session', 'warehouse.call_participant', 'warehouse.transfer']

async function clear(): Promise<void> {
  const tables = [
    ...facts,
    'warehouse.session_revision',
    'warehouse.session_document',
    'warehouse.session_collision',
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
    'replaced',
    'first_seen_at',
    'last_seen_at',
    'seen_count',
  ]
  const compared = [...facts, 'warehouse.session_collision', 'ingest.session_head']
  return Promise.all(compared.map((name) => database.dump(name, without)))
}

const instant = fc.constantFrom(
  ...['2026-03-23T20:13:00Z', '2026-03-23T20:28:00Z', '2026-03-23T20:28:00.5Z'],
  ...['1970-01-01T00:00:00Z', '2099-03-23T20:28:00Z'],
)
/** Documents of one instant are of one session, with its uuid or without, or of two, each with its own. */
const who = fc.constantFrom(
  { createdAt: '2026-03-23T20:00:00Z', uuid: 'aaaa' },
  { createdAt: '2026-03-23T20:00:00Z' },
  { createdAt: '2026-04-01T00:00:00Z', uuid: 'bbbb' },
  { createdAt: '2026-04-01T00:00:00Z', uuid: 'cccc' },
)
const exportOf = fc.record({
  id: fc.integer({ min: 1, max: 3 }),
  updatedAt: fc.option(instant),
  rating: fc.integer({ min: 1, max: 2 }),
  participants: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
  transfers: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  key: fc.constantFrom('a.json', 'b.json', 'c.json'),
  lastModified: fc.constantFrom(
    ...['2026-03-24T00:00:00Z', '2026-03-25T00:00:00Z', '2026-11-30T00:00:00Z'],
    ...['1970-01-01T00:00:00Z', '2200-01-01T00:00:00Z'],
  ),
})
const draft: fc.Arbitrary<Draft> = fc.tuple(exportOf, who).map(([one, identity]) => ({ ...one, ...identity }))

test(
  'I2 I3 any order, repetition, and interleaving of workers and batch sizes ends in the same tables',
  async () => {
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
        for (const one of drafts) await plain.commit(settlementOf(one))
        const expected = await tables()

        await clear()
        const workers = batchSizes.map(worker)
        await Promise.all(
          order.map((index, turn) =>
            workers[turn % workers.length]?.commit(settlementOf(drafts[index] ?? {})),
          ),
        )
        expect(await tables()).toEqual(expected)
      }),
      propertyOptions({ quick: 5, thorough: 25 }),
    )
  },
  patienceMs,
)

const wrongTimes = ['1970-01-01T00:00:00Z', '2062-01-01T00:00:00Z', '2099-03-23T17:12:00Z']
/** Jobs that copy old files give them new times, in any order, even after years; their clock may be behind or ahead. */
const copyTimes = [
  '2026-03-23T17:11:00Z',
  '2027-02-01T00:00:00Z',
  '2027-02-01T00:00:01Z',
  '2049-12-31T00:00:00Z',
]
/** True exports, one after another. `updated_at` may be wrong in all but the last, and unchanged in the last. */
const history = fc.array(
  fc.record({
    updatedAt: fc.constantFrom('right', 'right', 'unmoved', 'none', ...wrongTimes),
    endsAt: fc.constantFrom('right', 'right', '2099-01-01T00:00:00Z'),
    exportedAfterMinutes: fc.constantFrom(1, 15, 15, 300, 90 * 1440),
    createdAt: fc.constantFrom(
      ...[
        '2026-03-23T17:00:00Z',
        '2026-03-23T10:00:00-07:00',
        '2026-03-23T17:00:00.250Z',
        '2026-03-24T02:00:00+09:00',
      ],
    ),
    uuid: fc.constantFrom(undefined, 'aaaa', 'AAAA'),
    copies: fc.uniqueArray(fc.constantFrom(...copyTimes, '1970-01-01T00:00:00Z', '2200-01-01T00:00:00Z'), {
      maxLength: 2,
    }),
  }),
  { minLength: 2, maxLength: 4 },
)

test(
  'I2 the newest export is stored for any order of arrival, and one session is never mistaken for two',
  async () => {
    const deliveries = history.map(draftsOf).chain((drafts) => {
      const again = fc.shuffledSubarray([...drafts, ...drafts], { minLength: drafts.length * 2 })
      return fc.tuple(fc.shuffledSubarray(drafts, { minLength: drafts.length }), again)
    })
    await fc.assert(
      fc.asyncProperty(deliveries, fc.integer({ min: 1, max: 4 }), async (orders, batchSize) => {
        const states: unknown[] = []
        for (const drafts of orders) {
          await clear()
          const notices: string[] = []
          const one = openLoader(database.db, {
            batchSize,
            events: { ...quiet, noticed: ({ kind }) => notices.push(kind) },
          })
          await Promise.all(drafts.map((draft) => one.commit(settlementOf(draft))))
          const [session] = await database.dump('warehouse.session')
          expect(session?.rating).toBe(Math.max(...drafts.map(({ rating }) => rating ?? 0)))
          expect(notices).not.toContain('session_collision')
          states.push(await tables())
        }
        expect(states[1]).toEqual(states[0])
      }),
      propertyOptions({ quick: 5, thorough: 25 }),
    )
  },
  patienceMs,
)

const quiet = { batchCommitted() {}, batchRetried() {}, batchSplit() {} }

type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never

function draftsOf(exports: History): Draft[] {
  let minutes = 10
  let before = '2026-03-23T17:10:00Z'
  let wasWrong = false
  return exports.flatMap((one, turn) => {
    minutes += one.exportedAfterMinutes
    const exportedAt = new Date(Date.UTC(2026, 2, 23, 17, minutes)).toISOString()
    const isLast = turn === exports.length - 1
    // It cannot stay at the time of a wrong clock: then the next export is right.
    const sent = (isLast && one.updatedAt !== 'unmoved') || wasWrong ? 'right' : one.updatedAt
    wasWrong = !['right', 'unmoved', 'none'].includes(sent)
    const isUnmoved = sent === 'unmoved'
    const updatedAt = sent === 'right' ? exportedAt : isUnmoved ? before : sent === 'none' ? null : sent
    before = sent === 'right' ? exportedAt : before
    // If updated_at does not change, the wrap-up that was added decides.
    const ended = isUnmoved ? exportedAt : '2026-03-23T17:10:00Z'
    const draft: Draft = {
      ...{ createdAt: one.createdAt, uuid: one.uuid, rating: turn + 1, key: `${turn}.json`, updatedAt },
      ...{ endsAt: isLast || one.endsAt === 'right' ? ended : one.endsAt, lastModified: exportedAt },
    }
    return [draft, ...one.copies.map((lastModified) => ({ ...draft, lastModified }))]
  })
}
