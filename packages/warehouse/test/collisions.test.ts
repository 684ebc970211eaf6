import { randomBytes } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { readKnownCollisions } from '../src/collisions/read-known-collisions.ts'
import { openDatabase } from '../src/connection/database.ts'
import { readSessionHistory } from '../src/ledger/history.ts'
import type { Notice, Settlement } from '../src/load/loader.ts'
import type { RawKept } from '../src/load/raw-kept.ts'
import { applyMaintenance, planMaintenance } from '../src/maintenance/maintain.ts'
import { settlementOf, settlementOfFault } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase
let notices: Notice[]
let ofTenantA: Settlement
let ofTenantB: Settlement

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  ofTenantA = await settlementOfFault('F1a-tenant-a-call-401', '2026-11-30T02:00:00Z')
  ofTenantB = await settlementOfFault('F1b-tenant-b-call-401', '2026-11-30T02:00:00Z')
})
afterAll(() => database.drop())
beforeEach(async () => {
  notices = []
  const tables = ['session', 'call_participant', 'session_revision', 'session_document', 'session_collision']
  await sql`truncate ingest.session_head, ingest.object,
    ${sql.join(tables.map((table) => sql.table(`warehouse.${table}`)))}`.execute(database.db)
})

function load(settlements: readonly Settlement[], raw: RawKept = 'latest', batchSize = 1) {
  const loader = openLoader(database.db, {
    ...{ raw, batchSize, batchesMax: 1 },
    events: { batchCommitted() {}, batchRetried() {}, batchSplit() {}, noticed: (one) => notices.push(one) },
  })
  return Promise.all(settlements.map((one) => loader.commit(one)))
}

async function stored() {
  const sessions = await database.dump('warehouse.session')
  const users = await database.dump('warehouse.call_participant')
  return { uuid: sessions.map((row) => row.uuid), users: users.map((row) => row.user_id) }
}

type Kept = { uuid: string; seen_count: number; document: { call_uuid: string } | null; stored_rows: unknown }
const kept = async (): Promise<Kept[]> => (await database.dump('warehouse.session_collision')) as Kept[]

const bothOrders = [
  ['the older first', () => [ofTenantA, ofTenantB]],
  ['the newer first', () => [ofTenantB, ofTenantA]],
] as const

const everyWay = (['latest', 'all', 'none'] as const).flatMap((raw) =>
  bothOrders.map(([order, settlements]) => [raw, order, settlements] as const),
)

test.each(everyWay)(
  'I2 I6 of two sessions with one id, the newer is stored and the other kept, with raw: %s and %s',
  async (raw, _order, settlements) => {
    await load(settlements(), raw)
    expect(await stored()).toEqual({ uuid: ['bbbb'], users: [9] })
    const [other, ...more] = await kept()
    expect(more).toEqual([])
    expect(other).toMatchObject({
      ...{ uuid: 'aaaa', session_created_at: '2025-01-10T18:00:00+00:00', seen_count: 1 },
    })
    expect(JSON.stringify(other?.document ?? other?.stored_rows)).toContain('aaaa')
    expect(notices.map(({ kind }) => kind)).toEqual(['session_collision'])
  },
)

test('I6 if no document was kept, all rows of the replaced session are kept', async () => {
  await load([ofTenantA, ofTenantB], 'none')
  expect(await kept()).toMatchObject([
    {
      document: null,
      stored_rows: { session: [{ uuid: 'aaaa', session_id: 401 }], call_participant: [{ user_id: 1 }] },
    },
  ])
})

test('two sessions are distinguished in one batch as in two', async () => {
  const ends = await load([ofTenantA, ofTenantB], 'latest', 2)
  expect(ends.map(({ kind }) => kind)).toEqual(['superseded', 'stored'])
  expect(await kept()).toMatchObject([{ uuid: 'aaaa', document: { call_uuid: 'aaaa' } }])
  expect(notices).toMatchObject([
    {
      ...{
        kind: 'session_collision',
        source: 'acme',
        sessionId: '401',
        objectKey: 'F1a-tenant-a-call-401.json',
      },
      other: { objectKey: 'F1b-tenant-b-call-401.json' },
    },
  ])
})

test('I8 repeated files of both sessions add no row', async () => {
  for (let turn = 0; turn < 4; turn += 1) await load([ofTenantA, ofTenantB])
  expect(await kept()).toMatchObject([{ uuid: 'aaaa', seen_count: 4 }])
  expect((await load([ofTenantB])).map(({ kind }) => kind)).toEqual(['duplicate'])
})

test('when both are exported again in turn, the newest is stored, and the newest of the other is kept', async () => {
  const draft = (uuid: string, minute: number) => ({
    ...{ uuid, rating: minute, createdAt: uuid === 'aaaa' ? '2026-01-10T10:00:00Z' : '2026-03-23T20:00:00Z' },
    ...{ updatedAt: `2026-03-23T20:${minute}:00Z`, key: `${uuid}-${minute}.json` },
  })
  const turns = [10, 20, 30, 40].flatMap((minute) => [draft('aaaa', minute), draft('bbbb', minute + 5)])
  for (const turn of turns) await load([settlementOf(turn)])
  expect((await database.dump('warehouse.session')).map((row) => row.rating)).toEqual([45])
  expect(await kept()).toMatchObject([{ uuid: 'aaaa', document: { rating: 40 } }])
  expect(await database.dump('warehouse.session')).toMatchObject([{ uuid: 'bbbb' }])
})

test.each([
  [
    'the instant is written with another offset',
    { createdAt: '2026-03-23T20:00:00Z' },
    { createdAt: '2026-03-23T13:00:00-07:00' },
  ],
  [
    'fractions of the second are left out',
    { createdAt: '2026-03-23T20:00:00.250Z' },
    { createdAt: '2026-03-23T20:00:00Z' },
  ],
  ['the earlier export has no uuid', {}, { uuid: 'aaaa' }],
  ['the later export has no uuid', { uuid: 'aaaa' }, {}],
  ['the uuid is written in capitals', { uuid: 'aaaa' }, { uuid: 'AAAA' }],
])('it is one session if %s', async (_what, one, other) => {
  await load([
    settlementOf({ ...one, updatedAt: '2026-03-23T20:13:00Z' }),
    settlementOf({ ...other, updatedAt: '2026-03-23T20:28:00Z' }),
  ])
  expect(await kept()).toEqual([])
  expect(notices).toEqual([])
})

test('a uuid alone distinguishes two sessions of one second', async () => {
  await load([
    settlementOf({ uuid: 'aaaa', updatedAt: '2026-03-23T20:13:00Z' }),
    settlementOf({ uuid: 'bbbb', updatedAt: '2026-03-23T20:28:00Z' }),
  ])
  expect(await kept()).toMatchObject([{ uuid: 'aaaa' }])
})

test('a document that loses to an older object is reported; a copy made the same day is not', async () => {
  const first = settlementOf({ updatedAt: '2026-03-23T20:28:00Z', lastModified: '2026-03-23T20:28:02Z' })
  const older = { updatedAt: '2026-03-23T20:13:00Z', rating: 1, key: 'copy.json' }
  await load([first, settlementOf({ ...older, lastModified: '2026-03-24T20:00:00Z' })])
  expect(notices).toEqual([])
  await load([settlementOf({ ...older, rating: 2, lastModified: '2026-03-25T20:00:00Z' })])
  expect(notices).toMatchObject([{ kind: 'superseded_by_older_object', objectKey: 'copy.json' }])
})

test('only a login that may read raw documents reads kept sessions, and retention drops them with their month', async () => {
  await load([ofTenantA, ofTenantB])
  const asked = async (role: string, statement: string): Promise<unknown> => {
    const login = await createTestLogin(inject('postgresUrl'), { inRoles: [role] })
    const handle = openDatabase({
      ...{ url: login.urlOf(database.url), poolMax: 1, applicationName: 'aftercall-test' },
      ...{ statementTimeoutSeconds: 30, onIdleError: () => {} },
    })
    try {
      return (await sql.raw(statement).execute(handle.db)).rows.length
    } catch (error) {
      return (error as { code?: string }).code
    } finally {
      await handle.close()
      await login.drop()
    }
  }
  const document = 'select document from warehouse.session_collision'
  const place = 'select session_id, bucket, object_key from warehouse.session_collision'
  expect(await asked('aftercall_cleared', document)).toBe(1)
  expect(await asked('aftercall_operator', document)).toBe('42501')
  expect(await asked('aftercall_operator', place)).toBe(1)
  expect(await asked('aftercall_analyst', place)).toBe('42501')

  const options = { sources: [{ name: 'acme', retentionMonths: 1 }], now: new Date('2026-04-15T00:00:00Z') }
  const plan = await planMaintenance(database.db, { ...options, span: { yearsBack: 10, ahead: 1 } })
  expect(plan.retain[0]?.tables).toContainEqual({ table: 'session_collision', rows: 1 })
  await applyMaintenance(database.db, plan, { stepEnded() {}, batchDeleted() {} })
  expect(await kept()).toEqual([])
  expect(await stored()).toEqual({ uuid: ['bbbb'], users: [9] })
})

test('I5 of thousands of sessions with one id, a batch reads only its own', async () => {
  const draft = { id: 401, createdAt: '2026-03-23T20:12:51Z' }
  await load([settlementOf({ ...draft, uuid: 'stored', updatedAt: '2026-03-25T00:00:00Z' })])
  await sql`
    insert into warehouse.session_collision
      (source, channel, session_id, session_created_at, content_sha256, uuid, revision_updated_at, latest_event_at,
       object_last_modified, bucket, object_key, document)
    select 'acme', 'call', 401, '2026-03-23T20:12:51Z', sha256(number::text::bytea), 'u' || number,
           '2026-03-24', '2026-03-24', '2026-03-24', 'files', 'key', '{}'
    from generate_series(1, 3000) number
  `.execute(database.db)
  const key = { source: 'acme', channel: 'call', sessionId: '401' }
  const met = { key, createdAt: '2026-03-23T20:12:51.000Z', isStored: false }
  const known = (uuid: string | null) => readKnownCollisions(database.db, [{ ...met, uuid }])
  expect(await known('u7')).toMatchObject([{ uuid: 'u7', session_id: '401', seenCount: 1 }])
  expect(await known('new')).toEqual([])
  expect((await known(null)).length).toBeLessThanOrEqual(10)
  await load([settlementOf({ ...draft, uuid: 'u7', feedback: 'later', updatedAt: '2026-03-24T12:00:00Z' })])
  expect((await kept()).filter(({ uuid }) => uuid === 'u7')).toMatchObject([
    { seen_count: 2, document: { feedback: 'later' } },
  ])
  const history = await readSessionHistory(database.db, key)
  expect(history).toMatchObject({ hasMoreCollisions: true })
  expect(history?.collisions).toHaveLength(100)
})

test('I5 a uuid of any length is compared', async () => {
  const draft = { id: 401, createdAt: '2026-03-23T20:12:51Z' }
  const uuids = ['a', 'b'].map((letter) => `${letter}${randomBytes(20_000).toString('hex')}`)
  for (const uuid of uuids) await load([settlementOf({ ...draft, uuid })])
  expect((await stored()).uuid.concat((await kept()).map(({ uuid }) => uuid)).sort()).toEqual(uuids)
})
