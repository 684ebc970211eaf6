import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { dropOldRejections } from '../src/drop-old-rejections.ts'
import type { Loader, Settlement } from '../src/loader.ts'
import { endMessageRejection } from '../src/mark-rejections.ts'
import { settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase
let loader: Loader
beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  loader = openLoader(database.db)
})
afterEach(() => database.drop())

const good = settlementOf({ id: 1 })

/** The object of `good`, with other content, that cannot be used. */
function bad(code: string, changes: { sequencer?: string } = {}): Settlement {
  const object = {
    ...good.object,
    bucket: 'files',
    key: 'call-1.json',
    source: 'acme',
    receiveCount: 1,
    ...changes,
  }
  const place = { source: 'acme', bucket: 'files', objectKey: object.key, versionId: null, messageId: null }
  return {
    ...good,
    object,
    sessions: [],
    rejections: [{ ...place, code, detail: code, content: Buffer.from(code) }],
  }
}

async function states(): Promise<Record<string, string>> {
  const { rows } = await sql<{
    code: string
    state: string
  }>`select code, state from ingest.rejection`.execute(database.db)
  return Object.fromEntries(rows.map(({ code, state }) => [code, state]))
}

test('a rejection is over once its object was stored', async () => {
  await loader.settle(bad('not_json'))
  expect(await states()).toEqual({ not_json: 'open' })
  await loader.settle(good)
  expect(await states()).toEqual({ not_json: 'replayed' })
})

test('a rejection is over once its object was rejected for another reason, and opens again when it is seen again', async () => {
  await loader.settle(bad('not_json'))
  await loader.settle(bad('empty_object'))
  expect(await states()).toEqual({ not_json: 'replayed', empty_object: 'open' })
  await loader.settle(bad('not_json'))
  expect(await states()).toEqual({ not_json: 'open', empty_object: 'replayed' })
})

test('I4 an old event that comes late neither ends a rejection nor opens one', async () => {
  await loader.settle(bad('not_json', { sequencer: '02' }))
  await loader.settle({ ...good, object: good.object && { ...good.object, sequencer: '01' } })
  expect(await states()).toEqual({ not_json: 'open' })
  await loader.settle({ ...good, object: good.object && { ...good.object, sequencer: '03' } })
  await loader.settle(bad('empty_object', { sequencer: '02' }))
  expect(await states()).toEqual({ not_json: 'replayed', empty_object: 'replayed' })
})

test('a rejection stays open while its object is missing, failed, or of no source', async () => {
  await loader.settle(bad('not_json'))
  const nothing = { ...good, sessions: [] }
  await loader.settle({ ...nothing, about: 'failure', otherwise: { outcome: 'failed', code: 'throttled' } })
  await loader.settle({ ...nothing, otherwise: { outcome: 'ignored', code: 'no_source' } })
  await loader.settle({ ...nothing, otherwise: { outcome: 'missing', code: null } })
  expect(await states()).toEqual({ not_json: 'open' })
  await loader.settle({ ...nothing, otherwise: { outcome: 'ignored', code: 'transcript' } })
  expect(await states()).toEqual({ not_json: 'replayed' })
})

test('what a person has put aside stays so when its object is stored', async () => {
  await loader.settle(bad('not_json'))
  await sql`update ingest.rejection set state = 'ignored'`.execute(database.db)
  await loader.settle(good)
  expect(await states()).toEqual({ not_json: 'ignored' })
})

test('the rejection of a message that was counted again meanwhile is not over', async () => {
  const nothing = { source: null, bucket: null, objectKey: null, versionId: null }
  const message: Settlement = {
    ...good,
    object: null,
    sessions: [],
    rejections: [
      { ...nothing, messageId: 'm', code: 'message_not_json', detail: '', content: Buffer.from('x') },
    ],
  }
  await loader.settle(message)
  await loader.settle(message)
  expect(await endMessageRejection(database.db, { id: '1', seenCount: 1 })).toBe(false)
  expect(await endMessageRejection(database.db, { id: '1', seenCount: 2 })).toBe(true)
  expect(await states()).toEqual({ message_not_json: 'replayed' })
})

test('old bytes are dropped whatever the state, old rows only when they are over, and bytes that come again are kept again', async () => {
  await sql`
    insert into ingest.rejection (fingerprint, code, detail, content, content_bytes, state, last_seen_at)
    select decode(md5(code), 'hex'), code, '', 'x', 1, state, now() - days * interval '1 day' from (values
      ('open-old', 'open', 400), ('over-old', 'replayed', 400), ('aside-old', 'ignored', 400),
      ('over-newer', 'replayed', 100), ('open-new', 'open', 1)) as sample (code, state, days)
  `.execute(database.db)
  expect(await dropOldRejections(database.db, { contentDays: 30, rowDays: 365 })).toEqual({
    contents: 2,
    rows: 2,
  })
  const left = async () =>
    (
      await sql<{ code: string; kept: boolean }>`
        select code, content is not null as kept from ingest.rejection order by code`.execute(database.db)
    ).rows
  expect(await left()).toEqual([
    { code: 'open-new', kept: true },
    { code: 'open-old', kept: false },
    { code: 'over-newer', kept: false },
  ])
  expect(await dropOldRejections(database.db, { contentDays: 30, rowDays: 365 })).toEqual({
    contents: 0,
    rows: 0,
  })

  await loader.settle(bad('not_json'))
  await sql`update ingest.rejection set content = null`.execute(database.db)
  await loader.settle(bad('not_json'))
  expect((await left()).find(({ code }) => code === 'not_json')).toEqual({ code: 'not_json', kept: true })
})
