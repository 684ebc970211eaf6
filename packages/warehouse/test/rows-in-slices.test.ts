import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { type ChangedSession, rowsInSlices, sliceBytesMax } from '../src/load/rows-in-slices.ts'
import type { Documents } from '../src/load/settlement.ts'
import { type Draft, settlementOf, withSessions } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate ingest.session_head, ingest.object, ingest.rejection, warehouse.session, warehouse.call_participant,
    warehouse.session_revision, warehouse.session_document`.execute(database.db)
})

/** An object of this many documents; `change` varies them. */
function objectOf(count: number, change: (id: number) => Draft = () => ({})): Documents {
  const all = Array.from({ length: count }, (_, id) => settlementOf({ id: id + 1, ...change(id + 1) }))
  const [first] = all
  if (first === undefined) throw new Error('an object without documents')
  return withSessions(
    first,
    all.flatMap(({ sessions }) => sessions),
  )
}

function changedOf({ sessions }: Documents): ChangedSession[] {
  return sessions.map((session) => ({
    one: { key: 'key', session, bucket: 'files', objectKey: 'many.json', originalContent: null },
    replaced: null,
    rowsChanged: true,
    previousCreatedAt: null,
    loadedAt: '2026-03-24T00:00:00.000000Z',
    changedTables: ['call_participant'],
  }))
}

async function stored() {
  const answer = await sql<{ sessions: number; participants: number; revisions: number; heads: number }>`
    select (select count(*)::int from warehouse.session) as sessions,
           (select count(*)::int from warehouse.call_participant) as participants,
           (select count(*)::int from warehouse.session_revision) as revisions,
           (select count(*)::int from ingest.session_head) as heads`.execute(database.db)
  return answer.rows[0]
}

test('I8 many megabytes of rows are copied in slices not much larger than the bound, and none is left out', () => {
  const object = objectOf(30, () => ({ feedback: 'x'.repeat(600_000) }))
  const { slices, rowsByTable } = rowsInSlices(changedOf(object), new Map(), { raw: 'all' })
  const all = [...slices]
  const bytesOf = (slice: (typeof all)[number]) =>
    slice.flatMap(({ pieces }) => pieces).reduce((sum, piece) => sum + piece.byteLength, 0)
  expect(all.length).toBeGreaterThan(3)
  for (const slice of all) expect(bytesOf(slice)).toBeLessThan(sliceBytesMax * 1.1)
  expect(
    all
      .flat()
      .filter(({ table }) => table === 'session')
      .flatMap(({ pieces }) => pieces),
  ).toHaveLength(30)
  expect(rowsByTable.get('session')).toBe(30)
  expect(rowsByTable.get('call_participant')).toBe(30)
})

test('a batch of ordinary size is one slice, so that it costs one round trip', () => {
  const object = objectOf(200, () => ({ participants: [1, 2, 3] }))
  const { slices } = rowsInSlices(changedOf(object), new Map(), { raw: 'all' })
  expect([...slices]).toHaveLength(1)
  expect([...rowsInSlices([], new Map(), { raw: 'all' }).slices]).toEqual([])
})

test('I1 an object of thousands of documents is stored in one transaction, and replaced whole by its next revision', async () => {
  const committed: ReadonlyMap<string, number>[] = []
  const loader = openLoader(database.db, {
    events: {
      batchCommitted: ({ rowsByTable }) => committed.push(rowsByTable),
      batchRetried() {},
      batchSplit() {},
      noticed() {},
    },
  })
  const count = 2_300
  expect(await loader.commit(objectOf(count, () => ({ participants: [1, 2] })))).toMatchObject({
    kind: 'stored',
  })
  expect(await stored()).toEqual({ sessions: count, participants: count * 2, revisions: count, heads: count })
  expect(committed.at(-1)?.get('call_participant')).toBe(count * 2)
  const newer = objectOf(count, () => ({ participants: [3], updatedAt: '2026-03-23T22:00:00Z' }))
  expect(await loader.commit(newer)).toMatchObject({ kind: 'stored' })
  expect(await stored()).toEqual({ sessions: count, participants: count, revisions: count * 2, heads: count })
})

test('I1 a refusal in the last slice leaves nothing of the slices before it', async () => {
  const count = 1_200
  const failed: unknown[] = []
  const loader = openLoader(database.db, {
    events: {
      batchCommitted() {},
      batchRetried: ({ error }) => failed.push(error),
      batchSplit() {},
      noticed() {},
    },
  })
  await sql`alter table warehouse.session add constraint refused check (session_id <> ${sql.lit(count)})`.execute(
    database.db,
  )
  try {
    const settled = await loader.commit(objectOf(count))
    expect(failed.length).toBeGreaterThan(0)
    expect(settled).toMatchObject({ kind: 'rejected', code: 'database_refused' })
    // The good ones were committed without the one at fault (I5).
    expect(await stored()).toEqual({
      sessions: count - 1,
      participants: count - 1,
      revisions: count - 1,
      heads: count - 1,
    })
  } finally {
    await sql`alter table warehouse.session drop constraint refused`.execute(database.db)
  }
})
