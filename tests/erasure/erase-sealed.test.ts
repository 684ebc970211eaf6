import { randomBytes } from 'node:crypto'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import type { Database } from '@aftercall/warehouse/connection/database'
import { type ErasureRequest, erasePerson } from '@aftercall/warehouse/erasure/erase-person'
import { readSubject } from '@aftercall/warehouse/erasure/read-subject'
import { createOpener, type Opener } from '@aftercall/warehouse/sealing/create-opener'
import { createSealing } from '@aftercall/warehouse/sealing/create-sealing'
import type { DocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import { rewrapDataKeys } from '@aftercall/warehouse/sealing/seal-old-rows'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject } from 'vitest'
import {
  documentOf,
  filesOfPeople,
  identityKey,
  loadFiles,
  openErasingLoader,
  other,
  pat,
  type Sent,
} from './load-people.ts'
import { openSealed } from './open-sealed.ts'
import { readFigures } from './read-figures.ts'
import { searchDatabase } from './search-database.ts'

const it = drawnTests({ quick: 1, thorough: 'all' })

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterEach(() => database.drop())

const one = { currentId: 'one', byId: new Map([['one', randomBytes(32)]]) }
const two = { currentId: 'two', byId: new Map([['two', randomBytes(32)]]) }
const wanted = [...pat.texts, pat.id]

const request = (db: Database, keys: DocumentKeys | undefined): ErasureRequest => ({
  selector: { source: 'acme', kind: 'end_user', value: String(pat.id) },
  ...{ identityKey, askedBy: 'tester', reason: null, withNames: false, consumersMax: 10, batchSize: 2 },
  ...{ opener: createOpener(db, keys), skipsUnreadable: false, signal: new AbortController().signal },
})

const asKim = (id: number, more: object = {}): Buffer =>
  documentOf('call-48213', (document) => {
    Object.assign(document, {
      ...{ id, email: null, end_user: { id: other.id, identifier: other.identifier } },
      ...more,
    })
    delete document.call_uuid
    for (const person of document.participants)
      if (person.type === 'end_user')
        Object.assign(person, { phone_number: null, end_user_id: document.end_user.id })
  })
const arrayOf = (...documents: Buffer[]): Buffer => Buffer.from(`[${documents.join()}]`)
const earlier = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString().replaceAll('2026-05-12', '2026-05-11'))

/** Also an earlier revision that was Pat's, a session that lost its id, and bytes that Postgres cannot store. */
function filesToSeal(): Sent[] {
  const toPat = { end_user: { id: pat.id }, feedback: 'the blue kettle leaks' }
  return [
    ...filesOfPeople(),
    { key: 'was-pat.json', bytes: asKim(10, { ...toPat, updated_at: '2026-05-12T10:20:00.000-04:00' }) },
    { key: 'is-kim.json', bytes: asKim(10) },
    { key: 'stored.json', bytes: asKim(11) },
    { key: 'lost.json', bytes: earlier(asKim(11, toPat)) },
    { key: 'nul.json', bytes: asKim(12, { ...toPat, fail_details: 'a\u0000b' }) },
    // The first document keeps the bytes of the whole object, with what the second one says.
    {
      key: 'mention-list.json',
      bytes: arrayOf(
        asKim(13, { fail_details: 'a\u0000b' }),
        asKim(14, { fail_details: 'write to pat.rivera@example.com' }),
      ),
    },
    { key: 'pat-list.json', bytes: arrayOf(asKim(15, { fail_details: 'a\u0000b' }), asKim(16, toPat)) },
  ]
}

async function load(db: Database, keys: DocumentKeys | undefined): Promise<string[]> {
  const sealing = keys === undefined ? undefined : createSealing(keys)
  return loadFiles(db, filesToSeal(), openErasingLoader(db, { raw: 'all', sealing }))
}

/** An opener that counts how often each content is opened. */
function countOpens(opener: Opener): { opener: Opener; opens: Map<string, number> } {
  const opens = new Map<string, number>()
  const open: Opener['open'] = (sealed, name) => {
    const of = name.join('/')
    opens.set(of, (opens.get(of) ?? 0) + 1)
    return opener.open(sealed, name)
  }
  return { opener: { open }, opens }
}

/** Everything that names Pat, in plain or in sealed bytes. */
async function search(db: Database, keys: DocumentKeys): Promise<string[]> {
  return [...(await searchDatabase(db, wanted)), ...(await openSealed(db, keys, wanted))]
}

it('a person is erased from encrypted documents, originals, collisions and rejections as from plain ones, and they stay away', async () => {
  const { db } = database
  const plain = await createTestDatabase(inject('postgresUrl'))
  try {
    await load(plain.db, undefined)
    await load(db, one)
    const sealedPlaces = await openSealed(db, one, wanted)
    for (const place of [
      'warehouse.session_document.sealed_document',
      'warehouse.session_document.sealed_original',
      'warehouse.session_collision.sealed_document',
      'ingest.rejected_content.sealed_content',
    ])
      expect(sealedPlaces.filter((found) => found.startsWith(`${place}:`))).not.toEqual([])
    const figures = await readFigures(db)
    const { opener, opens } = countOpens(createOpener(db, one))
    const [ofPlain, ofSealed] = await Promise.all([
      erasePerson(plain.db, request(plain.db, undefined)),
      erasePerson(db, { ...request(db, one), opener }),
    ])
    // However often it searches.
    expect([...opens].filter(([, count]) => count > 1)).toEqual([])
    expect(opens.size).toBeGreaterThan(4)
    expect(ofSealed).toEqual(ofPlain)
    expect(ofSealed).toMatchObject({ remaining: 0, unreadable: [] })
    expect(await searchDatabase(plain.db, wanted)).toEqual([])
    expect(await search(db, one)).toEqual([])
    expect(await openSealed(db, one, [other.identifier])).not.toEqual([])
    expect(await readFigures(db)).toEqual(figures)

    await load(plain.db, undefined)
    await load(db, one)
    expect(await searchDatabase(plain.db, wanted)).toEqual([])
    expect(await search(db, one)).toEqual([])
    expect(await readFigures(db)).toEqual(figures)
  } finally {
    await plain.drop()
  }
})

it('an erased person who comes for the first time is sealed nowhere: documents, originals, collisions, rejections', async () => {
  const { db } = database
  await loadFiles(db, filesOfPeople().slice(0, 2), openErasingLoader(db))
  await erasePerson(db, request(db, undefined))
  const sealing = createSealing(one)
  // Two that share an id in one batch, in either order, and the loser of the stored one.
  const loader = openErasingLoader(db, { raw: 'all', sealing, lingerMs: 20 })
  for (const files of [filesToSeal(), filesToSeal().reverse()])
    await Promise.all(files.map((file) => loadFiles(db, [file], loader)))
  const { rows } = await sql`select from warehouse.session_collision`.execute(db)
  expect(rows).not.toEqual([])
  // A number in a text of another session is only known by a search of what is stored.
  const ofPat = (await search(db, one)).filter((place) => /kettle|880042|7f5f1b9e|003ak/.test(place))
  expect(ofPat).toEqual([])
})

it('while a key is missing, nothing is erased without leave, and what could not be read is counted', async () => {
  const { db } = database
  await load(db, one)
  const before = await search(db, one)
  await expect(erasePerson(db, request(db, two))).rejects.toMatchObject({
    code: 'erasure_contents_unreadable',
    message: expect.stringMatching(
      /encryption\.keys has no key "one".*nothing was done.*--skip-unreadable.*numbers and addresses of the person written down/,
    ),
  })
  expect(await search(db, one)).toEqual(before)
  const { rows } = await sql`select from ingest.erasure`.execute(db)
  expect(rows).toEqual([])

  const report = await erasePerson(db, { ...request(db, two), skipsUnreadable: true })
  expect(report.unreadable).toEqual([
    { code: 'document_key_missing', message: expect.stringContaining('"one"'), count: expect.any(Number) },
  ])
  // Documents of sessions that were found otherwise are gone all the same.
  expect(await searchDatabase(db, wanted)).toEqual([])
  const left = await search(db, one)
  expect(left).not.toEqual([])
  expect(left.length).toBeLessThan(before.length)

  const both = { currentId: 'two', byId: new Map([...two.byId, ...one.byId]) }
  // The tables no longer tell the numbers and addresses, so they are given.
  for (const selector of [
    { kind: 'end_user', value: String(pat.id) },
    { kind: 'phone', value: pat.number },
    { kind: 'email', value: 'pat.rivera@example.com' },
  ] as const) {
    const again = { ...request(db, both), selector: { source: 'acme', ...selector } }
    expect((await erasePerson(db, again)).unreadable).toEqual([])
  }
  expect(await search(db, one)).toEqual([])
})

it('what cannot be read any more, because its data key was deleted, is counted and stops nothing', async () => {
  const { db } = database
  await load(db, one)
  await rewrapDataKeys(db, { ...two, byId: new Map([...one.byId, ...two.byId]) })
  await sql`delete from warehouse.data_key where month = '2026-05-01'`.execute(db)
  const { unreadable } = await erasePerson(db, request(db, two))
  expect(unreadable).not.toEqual([])
  expect(unreadable.every(({ code }) => code === 'data_key_missing')).toBe(true)
})

it('a copy for the person has encrypted documents, originals and rejections opened', async () => {
  const { db } = database
  await load(db, one)
  const read = (keys: DocumentKeys) =>
    Array.fromAsync(readSubject(db, request(db, keys).selector, createOpener(db, keys)))
  const items = await read(one)
  expect(items.filter(({ kind }) => kind === 'unreadable')).toEqual([])
  const sessions = items.flatMap((item) => (item.kind === 'session' ? [item] : []))
  const documents = sessions.flatMap(({ rows }) => rows.session_document ?? [])
  expect(documents.length).toBeGreaterThan(3)
  for (const row of documents) expect(row).toMatchObject({ document: { id: expect.any(Number) } })
  expect(JSON.stringify(documents)).toContain('a\\\\u0000b')
  expect(JSON.stringify(items)).not.toContain('sealed_')
  const rejected = items.flatMap((item) => (item.kind === 'rejection' ? [item.content] : []))
  expect(rejected.join()).toContain('pat.rivera@example.com')
  expect(await read(two)).toContainEqual({
    kind: 'unreadable',
    unreadable: [expect.objectContaining({ code: 'document_key_missing' })],
  })
})
