import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { findObjectsByKey, findObjectsOfSession, findSessionsById } from '../src/console/find-places.ts'
import { type LedgerPageOptions, readLedgerPage } from '../src/console/ledger-page.ts'
import { readRejectionPage } from '../src/console/rejection-groups.ts'
import { readSessionPage, readSessionsOfDay } from '../src/console/session-page.ts'
import { recordSources } from '../src/ledger/sources.ts'

let database: TestDatabase
let login: TestLogin
/** As the console reads. */
let operator: DatabaseHandle

const objects = 20_000

/** Two sources with a ledger that nobody should read whole: every 100th object is rejected, every 1,000th has failed. */
beforeAll(async () => {
  login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_operator'] })
  database = await createTestDatabase(inject('postgresUrl'))
  operator = openDatabase({
    ...{ url: login.urlOf(database.url), poolMax: 2, statementTimeoutSeconds: 5, readOnly: true },
    ...{ applicationName: 'aftercall-test', onIdleError: () => {} },
  })
  const { db } = database
  await recordSources(db, [
    { name: 'acme', bucket: 'files', prefix: 'acme/' },
    { name: 'beta', bucket: 'beta-files', prefix: '' },
  ])
  await sql`
    insert into ingest.object (bucket, object_key, source, outcome, code, channel, session_id)
    select bucket, prefix || 'call-' || number || '.json', name,
           case when number % 1000 = 0 then 'failed' when number % 100 = 0 then 'rejected' else 'stored' end,
           case when number % 100 = 0 then 'not_json' end, 'call', number
    from ingest.source, generate_series(1, ${objects}::integer) as number`.execute(db)
  await sql`
    insert into ingest.session_head (source, channel, session_id, created_at, revision_updated_at, latest_event_at,
      object_last_modified, content_sha256, mapping_version)
    select name, channel, number, at, at, at, at, '', 1
    from ingest.source, unnest(array['call', 'chat']) channel, generate_series(1, ${objects}::integer) as number,
      lateral (select timestamptz '2026-03-01 12:00Z' + number / 500 * interval '1 day') as time (at)`.execute(
    db,
  )
  await sql`
    insert into warehouse.session (source, channel, session_id, created_at, bucket, object_key, local_created_at, outcome)
    select source, channel, session_id, created_at, 'files', 'x', created_at at time zone 'UTC', 'handled'
    from ingest.session_head`.execute(db)
  await sql`
    insert into ingest.rejection (fingerprint, source, bucket, object_key, code, detail, last_seen_at)
    select sha256(convert_to(number::text, 'UTF8')), case when number % 500 = 0 then 'beta' else 'acme' end, 'files',
      'acme/' || number, 'not_json', 'x', timestamptz '2026-03-01Z' + number * interval '1 second'
    from generate_series(1, ${objects}::integer) as number`.execute(db)
  for (const table of ['ingest.object', 'ingest.session_head', 'ingest.rejection', 'warehouse.session'])
    await sql`analyze ${sql.table(table)}`.execute(db)
})
afterAll(async () => {
  await operator.close()
  await database.drop()
  await login.drop()
})

/** The plans of what a read sends, with what they did, as the operator. */
async function explain(read: () => Promise<unknown>): Promise<string> {
  const sent: { text: string; values: unknown[] }[] = []
  const query = pg.Client.prototype.query
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [text, values] = args
    if (typeof text === 'string' && /\bfrom\b/i.test(text))
      sent.push({ text, values: Array.isArray(values) ? values : [] })
    return Reflect.apply(query, this, args)
  })
  await read().finally(() => spy.mockRestore())
  expect(sent.length).toBeGreaterThan(0)
  const client = new pg.Client({ connectionString: login.urlOf(database.url) })
  await client.connect()
  const plans = []
  for (const { text, values } of sent) {
    const answer = await client.query(`explain (analyze, timing off) ${text}`, values)
    plans.push(answer.rows.map((row) => row['QUERY PLAN']).join('\n'))
  }
  await client.end()
  return plans.join('\n')
}

const acme = { bucket: 'files', prefix: 'acme/' }
const ledger = (options: Partial<LedgerPageOptions>) => () =>
  readLedgerPage(operator.db, { place: null, outcome: null, after: null, limit: 50, ...options })
const after = { bucket: 'files', key: 'acme/call-2.json' }
const rejections = { code: 'not_json', state: 'open', after: null, limit: 50 } as const

test.each([
  ['the ledger', ledger({})],
  ['a later page of the ledger', ledger({ after })],
  ['the ledger of a source', ledger({ place: acme, after })],
  ['the ledger by the begin of a key', ledger({ place: { bucket: 'files', prefix: 'acme/call-12' } })],
  ['rejected objects', ledger({ outcome: 'rejected', after })],
  ['failed objects of a source', ledger({ place: acme, outcome: 'failed', after })],
  ['missing objects, of which there are none', ledger({ outcome: 'missing' })],
  ['objects by key in all sources', () => findObjectsByKey(operator.db, 'call-19')],
  ['objects of a session', () => findObjectsOfSession(operator.db, { channel: 'call', sessionId: '77' })],
  ['sessions by id', () => findSessionsById(operator.db, { channels: ['call', 'chat'], sessionId: '77' })],
  [
    'sessions of a source and channel',
    () => readSessionPage(operator.db, { source: 'acme', channel: 'call', before: '9000', limit: 50 }),
  ],
  ['rejections of a source', () => readRejectionPage(operator.db, { ...rejections, source: 'beta' })],
  ['rejections of all sources', () => readRejectionPage(operator.db, { ...rejections, source: null })],
] as const)('I8 %s are found by an index, and not more is read than is shown', async (_, read) => {
  const plan = await explain(read)
  expect(plan).not.toMatch(/Seq Scan on (?:object|session_head|rejection|session\w*)\b/)
  const rows = [
    ...plan.matchAll(
      /Scan [^\n]*\bon (?:object|session_head|rejection|session)\b[^\n]*actual rows=([\d.]+) loops=(\d+)/g,
    ),
  ]
  expect(rows.length).toBeGreaterThan(0)
  for (const [line, count, loops] of rows) expect(Number(count) * Number(loops), line).toBeLessThan(500)
  // What a join compares is the words of a vocabulary, each beside the rows that are shown.
  for (const [line, removed] of plan.matchAll(/Rows Removed by (?!Join Filter)[^\n]*: (\d+)/g))
    expect(Number(removed), `${line} in ${plan}`).toBeLessThan(100)
})

test('I8 the sessions of a day are found by the index on days, and no other day is read', async () => {
  const plan = await explain(() =>
    readSessionsOfDay(operator.db, { source: 'acme', day: '2026-03-07', after: null, limit: 50 }),
  )
  expect(plan).toContain('local_created_at')
  expect(plan).not.toMatch(/Seq Scan on session\w*\b/)
  for (const [line, removed] of plan.matchAll(/Rows Removed by [^\n]*: (\d+)/g))
    expect(Number(removed), `${line} in ${plan}`).toBeLessThan(2_001)
})

test('pages of the ledger neither leave out nor repeat an object', async () => {
  const found: string[] = []
  let from: LedgerPageOptions['after'] = null
  for (let pages = 0; pages < 100; pages += 1) {
    const { objects: page, hasMore } = await ledger({
      place: acme,
      outcome: 'rejected',
      after: from,
      limit: 7,
    })()
    found.push(...page.map(({ objectKey }) => objectKey))
    const last = page.at(-1)
    if (!hasMore || last === undefined) break
    from = { bucket: last.bucket, key: last.objectKey }
  }
  expect(found.length).toBe(objects / 100 - objects / 1_000)
  expect(found).toEqual([...new Set(found)].sort())
})

test('a search finds an id in every source and channel, and a key with or without bucket and prefix', async () => {
  const sessions = await findSessionsById(operator.db, { channels: ['call', 'chat'], sessionId: '42' })
  expect(sessions.map(({ source, channel }) => `${source}/${channel}`)).toEqual([
    ...['acme/call', 'acme/chat', 'beta/call', 'beta/chat'],
  ])
  const keysOf = async (text: string) =>
    (await findObjectsByKey(operator.db, text)).map(({ bucket, objectKey }) => `${bucket}/${objectKey}`)
  const both = ['beta-files/call-19999.json', 'files/acme/call-19999.json']
  expect(await keysOf('call-19999.json')).toEqual(both)
  expect(await keysOf('call-19999')).toEqual(both)
  expect(await keysOf('acme/call-19999.json')).toEqual(['files/acme/call-19999.json'])
  expect(await keysOf('files/acme/call-19999.json')).toEqual(['files/acme/call-19999.json'])
  expect(await keysOf('call-1')).toHaveLength(50)
  expect(await keysOf('no such key')).toEqual([])
  expect(await findObjectsOfSession(operator.db, { channel: 'call', sessionId: '42' })).toHaveLength(2)
})

test('pages of sessions, by id and by day, neither leave out nor repeat one', async () => {
  const first = await readSessionPage(operator.db, {
    ...{ source: 'acme', channel: 'call', before: null, limit: 3 },
  })
  expect(first).toMatchObject({
    hasMore: true,
    sessions: [{ sessionId: '20000', outcome: 'handled' }, {}, {}],
  })
  const next = { source: 'acme', channel: 'call', before: '19998', limit: 3 } as const
  expect((await readSessionPage(operator.db, next)).sessions[0]?.sessionId).toBe('19997')
  const found: string[] = []
  let from: { channel: string; sessionId: string } | null = null
  for (let pages = 0; pages < 20; pages += 1) {
    const day = { source: 'acme', day: '2026-03-07', after: from, limit: 99 }
    const { sessions, hasMore } = await readSessionsOfDay(operator.db, day)
    found.push(...sessions.map(({ channel, sessionId }) => `${channel}/${sessionId}`))
    from = sessions.at(-1) ?? null
    if (!hasMore) break
  }
  expect(found).toHaveLength(1_000)
  expect(new Set(found).size).toBe(1_000)
})
