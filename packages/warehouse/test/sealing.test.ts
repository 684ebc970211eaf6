import { randomBytes } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { openDatabase } from '../src/connection/database.ts'
import { readRejectionContent } from '../src/ledger/read-rejections.ts'
import { readRejectedContents } from '../src/ledger/rejected-contents.ts'
import { LoadError } from '../src/load/loader.ts'
import { type RawDocument, readRawDocuments } from '../src/load/raw-documents.ts'
import { createOpener } from '../src/sealing/create-opener.ts'
import { createSealing } from '../src/sealing/create-sealing.ts'
import type { DocumentKeyError } from '../src/sealing/document-key-error.ts'
import { type DocumentKeys, readDocumentKeys } from '../src/sealing/document-keys.ts'
import { readDocument } from '../src/sealing/read-document.ts'
import { openBytes, sealBytes } from '../src/sealing/seal-bytes.ts'
import { rewrapDataKeys, sealOldRows } from '../src/sealing/seal-old-rows.ts'
import { type Draft, settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate ingest.session_head, ingest.object, ingest.rejection, ingest.rejected_content, warehouse.session,
    warehouse.call_participant, warehouse.session_revision, warehouse.session_document, warehouse.session_collision,
    warehouse.data_key`.execute(database.db)
})

const base64Key = () => randomBytes(32).toString('base64')
function keysOf(...keys: { id: string; key: string }[]): DocumentKeys {
  const read = readDocumentKeys({ keys })
  if (read === undefined) throw new Error('no key')
  return read
}
const first = { id: 'first', key: base64Key() }
const second = { id: 'second', key: base64Key() }

const mark = 'SECRET-MARK'
const draft = (id: number, more: Draft = {}): Draft => ({ id, feedback: mark, ...more })

const loaderWith = (keys: DocumentKeys | undefined, raw: 'all' | 'latest' | 'none' = 'all') =>
  openLoader(database.db, { raw, sealing: keys === undefined ? undefined : createSealing(keys) })

async function documents(
  keys: DocumentKeys | undefined,
  errors: DocumentKeyError[] = [],
): Promise<RawDocument[]> {
  const pages = readRawDocuments(
    database.db,
    { mapping: { version: 1_000, settingsVersion: 0 } },
    { opener: createOpener(database.db, keys), onUnreadable: (error) => errors.push(error) },
  )
  return (await Array.fromAsync(pages)).flat()
}

/** Every stored value of these tables, as text. */
async function everyByte(): Promise<string> {
  const dumps = await Promise.all(
    ['warehouse.session_document', 'warehouse.session_collision', 'ingest.rejected_content'].map((table) =>
      database.dump(table),
    ),
  )
  return JSON.stringify(dumps).toLowerCase()
}
const isStored = async (text: string) => {
  const found = await everyByte()
  return found.includes(text.toLowerCase()) || found.includes(Buffer.from(text).toString('hex'))
}

const badBytes = Buffer.from(`${mark}, no JSON`)
const rejected = {
  ...{ source: 'acme', bucket: 'files', objectKey: 'bad.json', versionId: null, messageId: null },
  ...{ code: 'not_json', detail: 'not JSON', content: badBytes },
}

async function loadAll(keys: DocumentKeys | undefined): Promise<void> {
  const loader = loaderWith(keys)
  await loader.commit(settlementOf(draft(1)))
  await loader.commit(settlementOf(draft(2, { createdAt: '2026-04-01T00:00:00Z' })))
  await loader.commit({ ...settlementOf(draft(3)), keepsOriginal: true })
  // Another session with the same id: the newest is stored, the other is kept.
  await loader.commit(settlementOf(draft(1, { createdAt: '2026-03-24T00:00:00Z', key: 'other.json' })))
  const { object } = settlementOf({ key: 'bad.json' })
  await loader.commit({ kind: 'rejected', object, rejections: [rejected] })
}

test('what is sealed is opened as it was, by the same key and name alone', () => {
  const dataKey = { id: 7n, key: randomBytes(32) }
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 5_000 }),
      fc.array(fc.string(), { maxLength: 4 }),
      (bytes, name) => {
        const sealed = sealBytes(dataKey, name, bytes)
        expect(openBytes(dataKey, name, sealed)).toEqual(Buffer.from(bytes))
        const other = Buffer.from(sealed)
        const place = bytes.length % sealed.length
        other[place] = (other[place] ?? 0) ^ 1
        for (const open of [
          () => openBytes(dataKey, name, other),
          () => openBytes(dataKey, [...name, ''], sealed),
          () => openBytes({ ...dataKey, key: randomBytes(32) }, name, sealed),
        ])
          expect(open).toThrow(expect.objectContaining({ code: 'sealed_bytes_damaged' }))
      },
    ),
    propertyOptions({ quick: 100, thorough: 2_000 }),
  )
})

test('with a key nothing of a document or of rejected bytes is stored plain, and all of it can be read', async () => {
  await loadAll(undefined)
  expect(await isStored(mark)).toBe(true)
  const plain = await documents(undefined)
  const rows = await database.dump('warehouse.session', ['loaded_at'])
  await sql`truncate ingest.session_head, ingest.object, ingest.rejection, ingest.rejected_content, warehouse.session,
    warehouse.call_participant, warehouse.session_revision, warehouse.session_document, warehouse.session_collision
  `.execute(database.db)

  const keys = keysOf(first)
  await loadAll(keys)
  expect(await isStored(mark)).toBe(false)
  expect(await documents(keys)).toEqual(plain)
  expect(await database.dump('warehouse.session', ['loaded_at'])).toEqual(rows)
  expect(await database.dump('warehouse.session_collision')).toMatchObject([
    { document: null, stored_rows: null, sealed_document: expect.anything() },
  ])
  const [content] = await Array.fromAsync(
    readRejectedContents(database.db, {}, { opener: createOpener(database.db, keys) }),
  )
  expect(content?.[0]?.content).toEqual(badBytes)
  const [rejection] = await database.dump('ingest.rejection')
  const id = String(rejection?.rejection_id)
  expect(await readRejectionContent(database.db, id, createOpener(database.db, keys))).toEqual(badBytes)
  await expect(readRejectionContent(database.db, id)).rejects.toMatchObject({ code: 'document_key_missing' })
  const dataKeys = await database.dump('warehouse.data_key', [
    'wrapped_key',
    'made_at',
    'wrapped_at',
    'data_key_id',
  ])
  expect(dataKeys.filter(({ month }) => String(month).includes('2026-04'))).toHaveLength(1)
})

test('a revision that comes again, or whose document is not kept, keeps what was sealed', async () => {
  const keys = keysOf(first)
  const object = settlementOf(draft(1))
  await loaderWith(keys).commit({ ...object, keepsOriginal: true })
  await sql`update ingest.session_head set mapping_version = 0`.execute(database.db)
  await loaderWith(keys, 'none').commit({ ...settlementOf(draft(1)), keepsOriginal: true })
  await sql`update ingest.session_head set mapping_version = 0`.execute(database.db)
  const [before] = await database.dump('warehouse.session_document')
  // Encryption is off again: what is sealed stays so, what comes is plain.
  await loaderWith(undefined, 'all').commit(settlementOf(draft(1)))
  const [after] = await database.dump('warehouse.session_document')
  expect(before).toMatchObject({ document: null, original_content: null })
  expect(after).toMatchObject({ sealed_original: before?.sealed_original, original_content: null })
  expect(await documents(keys)).toHaveLength(1)
})

describe('keys', () => {
  test('a dropped key drops the documents: they are reported and left out, and the others are read', async () => {
    await loadAll(keysOf(first))
    await loaderWith(keysOf(second)).commit(settlementOf(draft(9, { createdAt: '2026-05-01T00:00:00Z' })))
    const errors: DocumentKeyError[] = []
    expect((await documents(keysOf(second), errors)).map(({ sessionId }) => sessionId)).toEqual(['9'])
    expect(errors.map(({ code }) => code)).toEqual(Array(3).fill('document_key_missing'))
    expect(errors[0]?.message).toContain('"first"')
    await sql`delete from warehouse.data_key where month = '2026-05-01'`.execute(database.db)
    const gone: DocumentKeyError[] = []
    expect(await documents(keysOf(second), gone)).toEqual([])
    expect(gone.map(({ code }) => code)).toContain('data_key_missing')
  })

  test('a key with the id of another one stores nothing, and the load ends with what to do', async () => {
    await loaderWith(keysOf(first)).commit(settlementOf(draft(1)))
    const wrong = keysOf({ ...second, id: 'first' })
    const ended = await loaderWith(wrong)
      .commit(settlementOf(draft(2)))
      .catch((error: unknown) => error)
    expect(ended).toBeInstanceOf(LoadError)
    expect(ended).toMatchObject({
      ...{ code: 'document_key_wrong', retryable: false },
      message: expect.stringContaining('give each key an id of its own'),
    })
    expect(await database.dump('warehouse.session')).toHaveLength(1)
    const errors: DocumentKeyError[] = []
    expect(await documents(wrong, errors)).toEqual([])
    expect(errors[0]?.code).toBe('document_key_wrong')
  })

  test('rotation: a new first key takes over the data keys, and then the old one may go', async () => {
    await loadAll(keysOf(first))
    const before = await documents(keysOf(first))
    const both = keysOf(second, first)
    expect(await documents(both)).toEqual(before)
    expect(await rewrapDataKeys(database.db, both)).toBeGreaterThan(1)
    expect(await rewrapDataKeys(database.db, both)).toBe(0)
    expect(await documents(keysOf(second))).toEqual(before)
    await loaderWith(keysOf(second)).commit(settlementOf(draft(8)))
    expect(await documents(keysOf(second))).toHaveLength(before.length + 1)
  })

  test('a data key that is deleted beside a worker is made again, and no document is without its key', async () => {
    const keys = keysOf(first)
    const loader = loaderWith(keys)
    await loader.commit(settlementOf(draft(1)))
    await sql`delete from warehouse.data_key`.execute(database.db)
    await loader.commit(settlementOf(draft(2)))
    const errors: DocumentKeyError[] = []
    expect((await documents(keys, errors)).map(({ sessionId }) => sessionId)).toEqual(['2'])
    expect(errors.map(({ code }) => code)).toEqual(['data_key_missing'])
  })

  test('a file that holds no key is refused by its path', () => {
    const read = (path: string) => () => readDocumentKeys({ keys: [{ id: 'a', key: `file:${path}` }] })
    for (const file of ['/nowhere/key', import.meta.filename])
      expect(read(file)).toThrow(
        expect.objectContaining({ code: 'document_key_unreadable', message: expect.stringContaining(file) }),
      )
  })
})

test('what was stored before is sealed in batches, beside loaders, and reads as before', async () => {
  await loadAll(undefined)
  await loaderWith(undefined).commit({ ...settlementOf(draft(4)), keepsOriginal: true })
  const before = await documents(undefined)
  const keys = keysOf(first)
  const held = database.db.startTransaction().execute()
  const transaction = await held
  await sql`select from warehouse.session_document where session_id = 2 for update`.execute(transaction)
  const rows: number[] = []
  const sealed = await sealOldRows(database.db, keys, {
    batchSealed: ({ rows: done }) => rows.push(done),
  }).finally(() => transaction.rollback().execute())
  // One is held by a loader, and goes with the next run.
  expect(await isStored(mark)).toBe(true)
  expect(await sealOldRows(database.db, keys, { batchSealed() {} })).toBe(1)
  expect(rows.at(-1)).toBe(sealed)
  expect(await isStored(mark)).toBe(false)
  expect(await documents(keys)).toEqual(before)
  expect(await sealOldRows(database.db, keys, { batchSealed() {} })).toBe(0)
})

test('a cleared login reads a document with the key, and an analyst or operator does not', async () => {
  const keys = keysOf(first)
  await loadAll(keys)
  const session = { source: 'acme', channel: 'call', sessionId: '2', revision: '' }
  for (const [role, may] of [
    ['aftercall_cleared', true],
    ['aftercall_analyst', false],
    ['aftercall_operator', false],
  ] as const) {
    const login = await createTestLogin(inject('postgresUrl'), { inRoles: [role] })
    const own = openDatabase({
      ...{ url: login.urlOf(database.url), poolMax: 1, statementTimeoutSeconds: 30 },
      applicationName: 'aftercall-test',
      onIdleError() {},
    })
    try {
      const reading = readDocument(own.db, session, keys)
      if (may) expect(await reading).toMatchObject({ isEncrypted: true, text: expect.stringContaining(mark) })
      else await expect(reading).rejects.toMatchObject({ code: '42501' })
      if (!may) continue
      await expect(readDocument(own.db, session, undefined)).rejects.toMatchObject({
        code: 'document_key_missing',
      })
      expect(await readDocument(own.db, { ...session, revision: 'ffffffff' }, keys)).toBeUndefined()
    } finally {
      await own.close()
      await login.drop()
    }
  }
})

test('what an erasure has emptied while maintain was about to encrypt it stays empty', async () => {
  await loadAll(undefined)
  await sql`delete from warehouse.session_document`.execute(database.db)
  const holding = await database.db.startTransaction().execute()
  await sql`lock table warehouse.data_key in access exclusive mode`.execute(holding)
  const sealing = sealOldRows(database.db, keysOf(first), { batchSealed() {} })
  await expect
    .poll(async () => {
      const { rows } = await sql`
        select from pg_locks where relation = 'warehouse.data_key'::regclass and not granted`.execute(holding)
      return rows.length
    })
    .toBe(1)
  await sql`update warehouse.session_collision set document = null, original_content = null`.execute(
    database.db,
  )
  await holding.commit().execute()
  await sealing
  expect(await database.dump('warehouse.session_collision')).toMatchObject([{ sealed_document: null }])
})
