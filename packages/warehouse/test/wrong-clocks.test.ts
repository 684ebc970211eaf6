import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { settlementOf, settlementOfFault } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())
beforeEach(() => clear())

async function clear(): Promise<void> {
  await sql`truncate ingest.session_head, ingest.object, warehouse.session, warehouse.call_participant,
    warehouse.session_revision, warehouse.session_document`.execute(database.db)
}

async function ratings(): Promise<unknown[]> {
  return (await database.dump('warehouse.session')).map((row) => row.rating)
}

const future = (lastModified: string) => settlementOfFault('F3a-future-updated-at-call-302', lastModified)
const real = (lastModified: string) => settlementOfFault('F3b-real-reexport-call-302', lastModified)

test.each([
  ['as they were exported', '2026-03-23T17:12:03Z', '2026-03-23T17:27:03Z'],
  ['copied to a new bucket months later', '2026-11-30T02:00:00Z', '2026-11-30T02:00:01Z'],
  ['copied in the other order', '2026-11-30T02:00:01Z', '2026-11-30T02:00:00Z'],
  ['as files without a usable time', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
  ['as files of a machine whose clock is ahead', '2200-01-01T00:00:00Z', '2200-01-01T00:00:00Z'],
])('I2 an updated_at in the year 2099 does not block the next export, %s', async (_how, first, second) => {
  const loader = openLoader(database.db)
  expect((await loader.commit(await future(first))).kind).toBe('stored')
  expect((await loader.commit(await real(second))).kind).toBe('stored')
  expect(await ratings()).toEqual([5])
  expect((await loader.commit(await future(first))).kind).toBe('superseded')
  expect(await ratings()).toEqual([5])
  // The document's times are not corrected, only not trusted.
  expect((await database.dump('warehouse.session'))[0]?.updated_at).toBe('2026-03-23T17:27:00+00:00')
})

test('I2 an export whose clock stood at 1970 is the newest by the time of its object', async () => {
  const loader = openLoader(database.db)
  const at = (time: string) => `2026-03-23T20:${time}Z`
  const first = { createdAt: at('00:00'), updatedAt: at('13:00'), lastModified: at('13:02') }
  const wrong = {
    ...first,
    updatedAt: '1970-01-01T00:00:04Z',
    lastModified: at('28:02'),
    rating: 3,
    key: 'b',
  }
  const next = { ...first, updatedAt: at('40:00'), lastModified: at('40:02'), rating: 5, key: 'c' }
  for (const draft of [first, wrong, first]) await loader.commit(settlementOf(draft))
  expect(await ratings()).toEqual([3])
  for (const draft of [next, wrong]) await loader.commit(settlementOf(draft))
  expect(await ratings()).toEqual([5])
})

test('I2 an object time of 2200 does not decide forever between documents of one moment', async () => {
  const loader = openLoader(database.db)
  const draft = { createdAt: '2026-03-23T20:00:00Z', updatedAt: '2026-03-23T20:13:00Z' }
  await loader.commit(settlementOf({ ...draft, lastModified: '2200-01-01T00:00:00Z' }))
  const later = { ...draft, lastModified: '2026-03-23T20:40:00Z', rating: 5, key: 'b.json' }
  expect((await loader.commit(settlementOf(later))).kind).toBe('stored')
})

test('I2 a document whose clock was wrong leaves the same head, in any order of its copies', async () => {
  const at = (time: string) => `2026-03-23T20:${time}Z`
  const draft = { createdAt: at('00:00'), endsAt: at('20:00'), updatedAt: '1970-01-01T00:00:04Z' }
  const exported = settlementOf({ ...draft, lastModified: at('28:02') })
  const copied = settlementOf({ ...draft, lastModified: '2027-02-01T00:00:00Z', key: 'copy.json' })
  const heads: unknown[] = []
  for (const order of [
    [exported, copied],
    [copied, exported],
    [copied, exported, copied],
  ]) {
    await clear()
    for (const one of order) await openLoader(database.db).commit(one)
    const answer = await sql`
      select revision_updated_at, latest_event_at, object_last_modified from ingest.session_head`.execute(
      database.db,
    )
    heads.push(...answer.rows)
  }
  expect(heads).toHaveLength(3)
  expect(heads[1]).toEqual(heads[0])
  expect(heads[2]).toEqual(heads[0])
})

test.each([
  ['east', 'America/Los_Angeles', 'Asia/Tokyo', '2026-03-23T04:12:51+00:00'],
  ['west', 'Asia/Tokyo', 'America/Los_Angeles', '2026-03-23T20:12:51+00:00'],
])(
  'a document read with another time zone is written again, to the %s of its old place',
  async (_where, before, after, createdAt) => {
    const draft = { createdAt: '2026-03-23T13:12:51', updatedAt: '2026-03-23T13:30:00' }
    await openLoader(database.db).commit(settlementOf({ ...draft, timeZone: before }))
    const again = { ...settlementOf({ ...draft, timeZone: after }), inLedger: false }
    expect((await openLoader(database.db).commit(again)).kind).toBe('stored')
    expect((await database.dump('warehouse.session')).map((row) => row.created_at)).toEqual([createdAt])
  },
)

test('I2 a replay repairs a head that a worker of an earlier release ordered by the year 2099', async () => {
  const loader = openLoader(database.db)
  const wrong = await future('2026-03-23T17:12:03Z')
  await loader.commit(wrong)
  await sql`update ingest.session_head set revision_updated_at = '2099-03-23T17:12:00Z',
    latest_event_at = '2099-03-23T17:12:00Z', mapping_version = 1, uuid = null`.execute(database.db)
  expect((await loader.commit(await real('2026-03-23T17:27:03Z'))).kind).toBe('superseded')
  expect((await loader.commit({ ...wrong, inLedger: false })).kind).toBe('stored')
  expect((await loader.commit(await real('2026-03-23T17:27:03Z'))).kind).toBe('stored')
})
