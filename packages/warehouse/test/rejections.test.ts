import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { deleteUnusedContents } from '../src/ledger/keep-contents.ts'
import { endMessageRejection } from '../src/ledger/mark-rejections.ts'
import { readRejection, readRejectionContent } from '../src/ledger/read-rejections.ts'
import { type Rejection, writeRejections } from '../src/ledger/rejections.ts'
import type { Loader, Settlement } from '../src/load/loader.ts'
import { dropOldRows } from '../src/maintenance/retention/drop-old-rows.ts'
import { settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'
import { keptForAWhile } from './retention-fixture.ts'

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
  const object = { ...good.object, ...changes }
  const place = { source: 'acme', bucket: 'files', objectKey: object.key, versionId: null, messageId: null }
  return {
    kind: 'rejected',
    object,
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

test('a rejection ends once its object is stored', async () => {
  await loader.commit(bad('not_json'))
  expect(await states()).toEqual({ not_json: 'open' })
  await loader.commit(good)
  expect(await states()).toEqual({ not_json: 'replayed' })
})

test('a rejection ends once its object is rejected for another reason, and opens again when it is seen again', async () => {
  await loader.commit(bad('not_json'))
  await loader.commit(bad('empty_object'))
  expect(await states()).toEqual({ not_json: 'replayed', empty_object: 'open' })
  await loader.commit(bad('not_json'))
  expect(await states()).toEqual({ not_json: 'open', empty_object: 'replayed' })
})

test('I4 a late old event neither ends a rejection nor opens one', async () => {
  await loader.commit(bad('not_json', { sequencer: '02' }))
  await loader.commit({ ...good, object: { ...good.object, sequencer: '01' } })
  expect(await states()).toEqual({ not_json: 'open' })
  await loader.commit({ ...good, object: { ...good.object, sequencer: '03' } })
  await loader.commit(bad('empty_object', { sequencer: '02' }))
  expect(await states()).toEqual({ not_json: 'replayed', empty_object: 'replayed' })
})

test('a rejection stays open while its object is missing, failed, or of no source', async () => {
  await loader.commit(bad('not_json'))
  const { object } = good
  await loader.commit({ kind: 'failed', object, code: 'throttled' })
  await loader.commit({ kind: 'ignored', object, code: 'no_source' })
  await loader.commit({ kind: 'missing', object })
  expect(await states()).toEqual({ not_json: 'open' })
  await loader.commit({ kind: 'ignored', object, code: 'transcript' })
  expect(await states()).toEqual({ not_json: 'replayed' })
})

test('a rejection that a person ignored stays ignored when its object is stored', async () => {
  await loader.commit(bad('not_json'))
  await sql`update ingest.rejection set state = 'ignored'`.execute(database.db)
  await loader.commit(good)
  expect(await states()).toEqual({ not_json: 'ignored' })
})

test('the rejection of a message that was rejected again meanwhile stays open', async () => {
  const nothing = { source: null, bucket: null, objectKey: null, versionId: null }
  const message: Settlement = {
    kind: 'rejected',
    object: null,
    rejections: [
      { ...nothing, messageId: 'm', code: 'message_not_json', detail: '', content: Buffer.from('x') },
    ],
  }
  await loader.commit(message)
  await loader.commit(message)
  expect(await endMessageRejection(database.db, { id: '1', seenCount: 1 })).toBe(false)
  expect(await endMessageRejection(database.db, { id: '1', seenCount: 2 })).toBe(true)
  expect(await states()).toEqual({ message_not_json: 'replayed' })
})

test('old bytes are deleted in any state, old rows only if they ended, and bytes that come again are kept again', async () => {
  await sql`
    with content as (
      insert into ingest.rejected_content (content_sha256, content) values (sha256('x'), 'x') returning content_sha256
    )
    insert into ingest.rejection (fingerprint, code, detail, content_sha256, content_bytes, state, last_seen_at)
    select decode(md5(code), 'hex'), code, '', (select content_sha256 from content), 1, state, now() - days * interval '1 day' from (values
      ('open-old', 'open', 400), ('over-old', 'replayed', 400), ('aside-old', 'ignored', 400),
      ('over-newer', 'replayed', 100), ('open-new', 'open', 1)) as sample (code, state, days)
  `.execute(database.db)
  expect(await dropOldRows(database.db, keptForAWhile)).toEqual({ rejection: 2, rejection_content: 2 })
  const left = async () =>
    (
      await sql<{ code: string; kept: boolean }>`
        select code, content_sha256 is not null as kept from ingest.rejection order by code`.execute(
        database.db,
      )
    ).rows
  expect(await left()).toEqual([
    { code: 'open-new', kept: true },
    { code: 'open-old', kept: false },
    { code: 'over-newer', kept: false },
  ])
  expect(await dropOldRows(database.db, keptForAWhile)).toEqual({})

  await loader.commit(bad('not_json'))
  await sql`update ingest.rejection set content_sha256 = null`.execute(database.db)
  await loader.commit(bad('not_json'))
  expect((await left()).find(({ code }) => code === 'not_json')).toEqual({ code: 'not_json', kept: true })
})

const nowhere = { source: null, bucket: null, objectKey: null, versionId: null }
const message = Buffer.alloc(900_000, 'records ')

function ofMessage(detail: string, changes: Partial<Rejection> = {}): Rejection {
  return { ...nowhere, messageId: 'm', code: 'message_record_unusable', detail, content: message, ...changes }
}

async function kept(): Promise<{ contents: number; bytes: number }> {
  const { rows } = await sql<{ contents: number; bytes: number }>`
    select count(*)::int as contents, coalesce(sum(octet_length(content)), 0)::int as bytes
    from ingest.rejected_content`.execute(database.db)
  return rows[0] ?? { contents: -1, bytes: -1 }
}

test('I8 the bytes of one message are kept once, for any number of rejections', async () => {
  const many = Array.from({ length: 50 }, (_, at) => ofMessage(`record ${at}`))
  await writeRejections(database.db, many)
  await writeRejections(database.db, [
    ofMessage('the same bytes, read again', { content: Buffer.from(message) }),
  ])
  expect(await kept()).toEqual({ contents: 1, bytes: 900_000 })
  expect(await readRejectionContent(database.db, '1')).toEqual(message)
  expect(await readRejection(database.db, '1')).toMatchObject({ contentBytes: 900_000, keptBytes: 900_000 })
})

test('of more than a MiB, the beginning is kept and marked as cut', async () => {
  const large = Buffer.alloc(1_048_577, 'x')
  await writeRejections(database.db, [ofMessage('large', { content: large })])
  expect(await kept()).toEqual({ contents: 1, bytes: 1_048_576 })
  expect(await readRejection(database.db, '1')).toMatchObject({
    contentBytes: 1_048_577,
    keptBytes: 1_048_576,
  })
})

test('bytes that no rejection refers to are deleted, unless they came within the last hour', async () => {
  await writeRejections(database.db, [
    ofMessage('one'),
    ofMessage('two'),
    ofMessage('three', { content: Buffer.from('x') }),
  ])
  await sql`update ingest.rejected_content set last_seen_at = now() - interval '2 hours'`.execute(database.db)
  await sql`delete from ingest.rejection where detail in ('one', 'three')`.execute(database.db)
  expect(await deleteUnusedContents(database.db)).toBe(1)
  expect(await kept()).toMatchObject({ contents: 1, bytes: 900_000 })
  await sql`delete from ingest.rejection`.execute(database.db)
  await writeRejections(database.db, [ofMessage('again')])
  await sql`delete from ingest.rejection`.execute(database.db)
  expect(await deleteUnusedContents(database.db)).toBe(0)
  expect(await kept()).toMatchObject({ contents: 1 })
})

test('I8 texts from outside are kept within bounds, and characters that Postgres cannot store do not prevent a rejection', async () => {
  const outside = {
    detail: `${'x'.repeat(498)}😀${'y'.repeat(900_000)}`,
    messageId: 'm'.repeat(5_000),
    versionId: 'v'.repeat(5_000),
  }
  await writeRejections(database.db, [ofMessage('', outside), ofMessage('nul \0 half \ud800')])
  const { rows } = await sql<{ detail: string; message_id: string; version_id: string | null }>`
    select detail, message_id, version_id from ingest.rejection order by rejection_id`.execute(database.db)
  const sorted = rows.toSorted((one, other) => other.detail.length - one.detail.length)
  expect(sorted).toEqual([
    {
      detail: `${'x'.repeat(498)}…`,
      message_id: `${'m'.repeat(1_023)}…`,
      version_id: `${'v'.repeat(1_023)}…`,
    },
    { detail: 'nul \ufffd half \ufffd', message_id: 'm', version_id: null },
  ])
  await expect(
    sql`update ingest.rejection set detail = repeat('x', 501)`.execute(database.db),
  ).rejects.toThrow('rejection_detail_is_bounded')
})

test('two workers that keep the same contents in another order do not deadlock', async () => {
  const contents = Array.from({ length: 20 }, (_, at) =>
    ofMessage(`of ${at}`, { content: Buffer.from(`${at}`) }),
  )
  await Promise.all([
    database.db.transaction().execute((one) => writeRejections(one, contents)),
    database.db.transaction().execute((other) => writeRejections(other, contents.toReversed())),
  ])
  expect(await kept()).toMatchObject({ contents: 20 })
})
