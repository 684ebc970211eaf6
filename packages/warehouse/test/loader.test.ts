import type { MappedSession } from '@aftercall/metadata/map/map-session'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { readRejectionContent } from '../src/ledger/read-rejections.ts'
import type { Loader, LoaderEvents, Settlement } from '../src/load/loader.ts'
import { setOfSession, settlementOf, withSessions } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase
let split: number

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())
beforeEach(async () => {
  split = 0
  const tables = ['session', 'call_participant', 'transfer', 'session_revision', 'session_document'].map(
    (name) => sql.table(`warehouse.${name}`),
  )
  await sql`truncate ingest.session_head, ingest.object, ingest.rejection, ${sql.join(tables)}`.execute(
    database.db,
  )
})

function loader(): Loader {
  const events: LoaderEvents = {
    batchCommitted() {},
    batchRetried() {},
    noticed() {},
    batchSplit() {
      split += 1
    },
  }
  return openLoader(database.db, { events })
}

async function stored() {
  return {
    sessions: (await database.dump('warehouse.session')).map((row) => [row.session_id, row.rating]),
    participants: (await database.dump('warehouse.call_participant')).map((row) => [
      row.session_id,
      row.participant_id,
    ]),
    transfers: (await database.dump('warehouse.transfer')).map((row) => row.transfer_id),
  }
}

async function outcomes() {
  return Object.fromEntries(
    (await database.dump('ingest.object')).map((row) => [row.object_key, row.outcome]),
  )
}

const first = settlementOf({
  updatedAt: '2026-03-23T20:13:00Z',
  participants: [1, 2, 3],
  transfers: [7],
  key: 'a.json',
})
const second = settlementOf({
  updatedAt: '2026-03-23T20:28:00Z',
  participants: [1, 4],
  rating: 5,
  key: 'b.json',
})
const newest = {
  sessions: [[1, 5]],
  participants: [
    [1, 1],
    [1, 4],
  ],
  transfers: [],
}

test('I1 I4 a document becomes its rows, and its object a ledger row, in one commit', async () => {
  expect(await loader().commit(first)).toEqual({ kind: 'stored' })
  expect(await stored()).toEqual({
    sessions: [[1, null]],
    participants: [
      [1, 1],
      [1, 2],
      [1, 3],
    ],
    transfers: [7],
  })
  expect(await database.dump('ingest.object')).toMatchObject([
    {
      bucket: 'files',
      object_key: 'a.json',
      source: 'acme',
      outcome: 'stored',
      channel: 'call',
      session_id: 1,
    },
  ])
})

test('I3 a newer revision replaces all children of the older one', async () => {
  await loader().commit(first)
  expect((await loader().commit(second)).kind).toBe('stored')
  expect(await stored()).toEqual(newest)
})

test('I2 an older revision that arrives late changes nothing', async () => {
  await loader().commit(second)
  expect((await loader().commit(first)).kind).toBe('superseded')
  expect(await stored()).toEqual(newest)
  expect(await outcomes()).toEqual({ 'a.json': 'superseded', 'b.json': 'stored' })
})

test('I2 of two revisions of a session in one batch, the newer is stored', async () => {
  const one = loader()
  const answers = await Promise.all([one.commit(second), one.commit(first), one.commit(second)])
  expect(answers.map((answer) => answer.kind)).toEqual(['stored', 'superseded', 'duplicate'])
  expect(await stored()).toEqual(newest)
})

test('I2 I4 the same content again is a duplicate, and its ledger row still says stored', async () => {
  await loader().commit(first)
  expect((await loader().commit(first)).kind).toBe('duplicate')
  expect(await outcomes()).toEqual({ 'a.json': 'stored' })
  expect(await database.dump('ingest.object')).toMatchObject([{ settle_count: 2 }])
})

test('the same content in a newer object moves the lineage and nothing else', async () => {
  await loader().commit(first)
  const copied = settlementOf({
    updatedAt: '2026-03-23T20:13:00Z',
    participants: [1, 2, 3],
    transfers: [7],
    key: 'copy.json',
    lastModified: '2026-04-01T00:00:00Z',
  })
  const before = await database.dump('warehouse.session', ['bucket', 'object_key'])
  expect((await loader().commit(copied)).kind).toBe('duplicate')
  expect(await database.dump('warehouse.session', ['bucket', 'object_key'])).toEqual(before)
  expect(await database.dump('warehouse.session')).toMatchObject([{ object_key: 'copy.json' }])
})

test('I3 a revision with another created_at takes the rows of the old month with it', async () => {
  await loader().commit(first)
  const moved = settlementOf({
    createdAt: '2026-04-02T00:00:00Z',
    updatedAt: '2026-04-02T01:00:00Z',
    participants: [9],
  })
  await loader().commit(moved)
  expect(await stored()).toEqual({ sessions: [[1, null]], participants: [[1, 9]], transfers: [] })
  expect(await database.dump('warehouse.session')).toMatchObject([
    { created_at: '2026-04-02T00:00:00+00:00' },
  ])
})

/** A text that no column can store, which the mapping would not let through. */
function plantNul(rows: MappedSession['rows']): void {
  setOfSession(rows, 'feedback', 'a\0b')
}

test('I5 a document that the database refuses is rejected alone, with its bytes; the rest of its batch is stored', async () => {
  const bad = settlementOf({ id: 666, key: 'bad.json', plant: plantNul })
  const one = loader()
  const good = Array.from({ length: 20 }, (_, index) => settlementOf({ id: index + 1 }))
  const answers = await Promise.all(
    [...good.slice(0, 10), bad, ...good.slice(10)].map((settlement) => one.commit(settlement)),
  )
  expect(answers.filter((answer) => answer.kind === 'stored')).toHaveLength(20)
  expect(answers[10]).toMatchObject({ kind: 'rejected', code: 'database_refused' })
  expect(split).toBeGreaterThan(0)
  expect((await stored()).sessions).toHaveLength(20)
  const rejections = await database.db.selectFrom('ingest.rejection').selectAll().execute()
  expect(rejections).toMatchObject([
    {
      object_key: 'bad.json',
      code: 'database_refused',
      detail: 'Postgres refused call 666 with SQLSTATE 22021',
    },
  ])
  const kept = await readRejectionContent(database.db, rejections[0]?.rejection_id ?? '')
  expect(kept?.equals(Buffer.from(bad.content ?? []))).toBe(true)
})

test('I5 of an object with several documents only the one that is refused is rejected', async () => {
  const good = settlementOf({ id: 1, key: 'both.json' })
  const bad = settlementOf({ id: 2, key: 'both.json', plant: plantNul })
  const both = withSessions(good, [...good.sessions, ...bad.sessions])
  expect(await loader().commit(both)).toMatchObject({ kind: 'rejected', code: 'database_refused' })
  expect((await stored()).sessions).toEqual([[1, null]])
  expect(await outcomes()).toEqual({ 'both.json': 'rejected' })
})

test('the same problem twice is one rejection, counted', async () => {
  const { object } = settlementOf({ key: 'broken.json' })
  const trouble: Settlement = {
    kind: 'rejected',
    object,
    rejections: [
      {
        source: 'acme',
        bucket: 'files',
        objectKey: 'broken.json',
        versionId: null,
        messageId: null,
        code: 'not_json',
        detail: 'not JSON',
        content: Buffer.from('{'),
      },
    ],
  }
  await loader().commit(trouble)
  await loader().commit(trouble)
  expect(await database.dump('ingest.rejection')).toMatchObject([
    { code: 'not_json', seen_count: 2, state: 'open' },
  ])
  expect(await outcomes()).toEqual({ 'broken.json': 'rejected' })
})

test('I4 an older event of a key does not overwrite the ledger row of a newer one', async () => {
  const newer = settlementOf({ key: 'k.json', sequencer: '0062', updatedAt: '2026-03-23T20:28:00Z' })
  const older = settlementOf({ key: 'k.json', sequencer: '0061FF', updatedAt: '2026-03-23T20:13:00Z' })
  await loader().commit(newer)
  await loader().commit(older)
  expect(await database.dump('ingest.object')).toMatchObject([{ sequencer: '0062', outcome: 'stored' }])
})

test('a removal is noted in the ledger and deletes nothing', async () => {
  await loader().commit(settlementOf({ key: 'k.json', sequencer: '0061' }))
  const { object } = settlementOf({ key: 'k.json', sequencer: '0062' })
  await loader().commit({ kind: 'removed', object })
  const [row] = await database.dump('ingest.object')
  expect(row).toMatchObject({ outcome: 'stored', code: null, sequencer: '0062', session_id: 1 })
  expect(row?.removed_at).not.toBeNull()
  expect((await stored()).sessions).toHaveLength(1)
  await loader().commit(
    settlementOf({ key: 'k.json', sequencer: '0063', rating: 4, updatedAt: '2026-03-23T21:00:00Z' }),
  )
  expect(await database.dump('ingest.object')).toMatchObject([{ outcome: 'stored', removed_at: null }])
})

test('rows go to the partition of their month, and those of impossible months to the default one', async () => {
  const one = loader()
  await Promise.all([
    one.commit(settlementOf({ id: 1, createdAt: '2026-02-28T23:59:59Z' })),
    one.commit(settlementOf({ id: 2, createdAt: '2026-03-01T00:00:00Z' })),
    one.commit(settlementOf({ id: 3, createdAt: '9999-12-31T00:00:00Z' })),
  ])
  const answer = await sql<{ id: string; partition: string }>`
    select session_id as id, tableoid::regclass::text as partition from warehouse.session order by 1
  `.execute(database.db)
  expect(answer.rows).toEqual([
    { id: '1', partition: 'warehouse.session_2026_02' },
    { id: '2', partition: 'warehouse.session_2026_03' },
    { id: '3', partition: 'warehouse.session_default' },
  ])
})
