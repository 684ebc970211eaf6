import { createSecretKey } from 'node:crypto'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { type ErasureRequest, erasePerson } from '@aftercall/warehouse/erasure/erase-person'
import type { PersonSelector } from '@aftercall/warehouse/erasure/person'
import { createOpener } from '@aftercall/warehouse/sealing/create-opener'
import { sql } from 'kysely'
import pg from 'pg'
import { afterEach, beforeEach, expect, inject } from 'vitest'
import { until } from '../e2e/until.ts'
import {
  filesOfPeople,
  identityKey,
  loadFiles,
  openErasingLoader,
  other,
  pat,
  settlementOf,
} from './load-people.ts'
import { readFigures } from './read-figures.ts'
import { searchDatabase } from './search-database.ts'

const it = drawnTests({ quick: 1, thorough: 'all' })

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterEach(() => database.drop())

const request = (selector: Omit<PersonSelector, 'source'>): ErasureRequest => ({
  selector: { source: 'acme', ...selector },
  ...{ identityKey, askedBy: 'tester', reason: null, withNames: false, consumersMax: 10, batchSize: 2 },
  ...{ opener: createOpener(database.db, undefined), skipsUnreadable: false },
  signal: new AbortController().signal,
})

it.each([
  ['end_user', String(pat.id)],
  ['phone', pat.number],
  ['email', 'pat.rivera@example.com'],
  ['session', 'call/1'],
] as const)(
  'a person named by %s is nowhere afterwards, also when all files come again, and no figure moves',
  async ([kind, value]) => {
    const { db } = database
    await loadFiles(db, filesOfPeople())
    const wanted = kind === 'session' ? pat.texts.filter((text) => !text.includes('@')) : pat.texts
    const before = await searchDatabase(db, [...wanted, pat.id])
    for (const text of [...wanted, pat.id])
      expect(before.filter((place) => place.endsWith(`: ${text}`))).not.toEqual([])
    const figures = await readFigures(db)

    const report = await erasePerson(db, request({ kind, value }))
    expect(report).toMatchObject({ remaining: 0, openRuns: [] })
    expect(await searchDatabase(db, [...wanted, pat.id])).toEqual([])
    expect(await readFigures(db)).toEqual(figures)
    // Kim shares a session with Pat's number, which so names both.
    if (kind !== 'phone') expect(await searchDatabase(db, [other.identifier, other.feedback])).not.toEqual([])

    const loaded = await loadFiles(db, filesOfPeople())
    expect(await searchDatabase(db, [...wanted, pat.id])).toEqual([])
    expect(await readFigures(db)).toEqual(figures)
    expect(loaded).not.toContain('stored')
  },
)

it('an agent who is erased is nowhere afterwards, and figures by agent stay', async () => {
  const { db } = database
  const files = filesOfPeople()
  await loadFiles(db, files)
  const agent = [101, 'avery.chen@example.com']
  const before = await searchDatabase(db, agent)
  for (const place of [
    'warehouse.agent.agent_id: 101',
    'rollup.agent_hour.agent_id: 101',
    'warehouse.agent.email: avery.chen@example.com',
  ]) {
    if (!place.startsWith('rollup')) expect(before).toContain(place)
  }
  const figures = await readFigures(db)
  expect(await searchDatabase(db, agent)).toContain('rollup.agent_day.agent_id: 101')
  const report = await erasePerson(db, request({ kind: 'agent', value: '101' }))
  expect(report).toMatchObject({ remaining: 0, counts: { agents: 1 } })
  expect(await searchDatabase(db, agent)).toEqual([])
  expect(await readFigures(db)).toEqual(figures)
  expect(
    await searchDatabase(db, [102, 'bo.martin@example.com', other.identifier, other.feedback]),
  ).not.toEqual([])
  // A loader that has never seen the agent.
  await loadFiles(db, files)
  await loadFiles(db, [
    {
      ...files[0],
      key: 'later.json',
      bytes: Buffer.from(String(files[0]?.bytes).replace('10:31:02', '10:59:02')),
    },
  ])
  expect(await searchDatabase(db, agent)).toEqual([])
})

it('a batch that was mapped before an erasure and is committed after it does not bring the person back', async () => {
  const { db } = database
  const files = filesOfPeople()
  const settlements = files.map(settlementOf)
  const loader = openErasingLoader(db)
  // The loader has seen an empty list.
  await loadFiles(db, files.slice(6, 8), loader)
  await erasePerson(db, request({ kind: 'end_user', value: String(pat.id) }))
  await erasePerson(db, request({ kind: 'phone', value: pat.number }))
  for (const settlement of settlements.slice(0, 1)) await loader.commit(settlement)
  // Bytes that nobody can read as a document, and that were never here before.
  const broken = {
    key: 'later.json',
    bytes: Buffer.from('{"id": 9, "call_type": "x", "number": "+1 555 010 0123"'),
  }
  expect(await loadFiles(db, [broken], loader)).toEqual(['rejected'])
  expect(await searchDatabase(db, [pat.number, pat.id])).toEqual([])
})

it('an erasure waits for a loader that has read the list before it, and then finds what that stored', async () => {
  const { db } = database
  const holding = new pg.Client({ connectionString: database.url })
  await holding.connect()
  await holding.query('begin')
  await holding.query('select from ingest.erased limit 1')
  const erasing = erasePerson(db, request({ kind: 'end_user', value: String(pat.id) }))
  const isWaiting = async () => {
    const { rows } = await sql<{ waiting: boolean }>`
      select exists (select from pg_locks where relation = 'ingest.erased'::regclass and not granted) as waiting
    `.execute(db)
    return rows[0]?.waiting === true
  }
  await until('the erasure waits for the list', isWaiting)
  // What a loader does that has read the list in the same transaction.
  await holding.query(`
    insert into warehouse.session (source, channel, session_id, created_at, end_user_id, feedback, bucket, object_key)
    values ('acme', 'call', 77, '2026-05-12T10:00:00Z', ${pat.id}, 'the blue kettle leaks', 'files', '77.json')`)
  await holding.query('commit')
  await holding.end()
  expect((await erasing).counts.sessions).toBe(1)
  expect(await searchDatabase(db, [pat.id, 'the blue kettle leaks'])).toEqual([])
})

it('an erasure that is stopped between two batches can be run again', async () => {
  const { db } = database
  await loadFiles(db, filesOfPeople())
  const figures = await readFigures(db)
  for (let stopAfter = 0; ; stopAfter += 1) {
    let checks = 0
    const signal = {
      throwIfAborted: () => {
        if (checks++ >= stopAfter) throw new Error('stopped')
      },
    }
    const run = erasePerson(db, {
      ...request({ kind: 'end_user', value: String(pat.id) }),
      batchSize: 1,
      signal: signal as AbortSignal,
    })
    const ended = await run.then(
      () => true,
      (error: Error) => {
        expect(error.message).toBe('stopped')
        return false
      },
    )
    if (ended) break
  }
  expect(await searchDatabase(db, [...pat.texts, pat.id])).toEqual([])
  expect(await readFigures(db)).toEqual(figures)
  const { rows } = await sql`select from ingest.erasure where ended_at is null`.execute(db)
  expect(rows).toEqual([])
})

it('a loader without the identity key, or with another one, stores nothing once a person was erased', async () => {
  const { db } = database
  await loadFiles(db, filesOfPeople())
  await erasePerson(db, request({ kind: 'end_user', value: String(pat.id) }))
  for (const identity of [undefined, createSecretKey('another key of these tests, of 32 bytes', 'utf8')]) {
    const loader = openErasingLoader(db, { identityKey: identity })
    const [file = { key: '', bytes: Buffer.alloc(0) }] = filesOfPeople()
    await expect(loader.commit(settlementOf(file))).rejects.toMatchObject({
      code: 'database_F0000',
      retryable: false,
    })
  }
  await expect(
    erasePerson(db, {
      ...request({ kind: 'end_user', value: '1' }),
      identityKey: createSecretKey('another key of these tests, of 32 bytes', 'utf8'),
    }),
  ).rejects.toThrow('another identity.key')
})

it('sessions of more consumers than allowed are left alone', async () => {
  const { db } = database
  await loadFiles(db, filesOfPeople())
  const before = await searchDatabase(db, pat.texts)
  await expect(
    erasePerson(db, { ...request({ kind: 'phone', value: pat.number }), consumersMax: 1 }),
  ).rejects.toThrow('of 2 consumers')
  expect(await searchDatabase(db, pat.texts)).toEqual(before)
})
