import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { createDriftRecorder, readDrift } from '../src/load/drift-recorder.ts'
import type { RawKept } from '../src/load/raw-kept.ts'
import { settlementOf, withSessions } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate ingest.session_head, ingest.object, warehouse.session, warehouse.call_participant,
    warehouse.transfer, warehouse.session_revision, warehouse.session_document`.execute(database.db)
})

const loader = (raw: RawKept) => openLoader(database.db, { raw, batchesMax: 1 })

const first = settlementOf({ updatedAt: '2026-03-23T20:13:00Z', key: 'a.json' })
const second = settlementOf({ updatedAt: '2026-03-23T20:28:00Z', rating: 5, key: 'b.json' })

async function kept() {
  const { rows } = await sql<{ object_key: string; kept: string | null }>`
    select object_key, case when kept.document is not null then 'kept' end as kept
    from warehouse.session_revision full join warehouse.session_document as kept
      using (source, channel, session_id, session_created_at, content_sha256)`.execute(database.db)
  return rows.map((row) => [row.object_key, row.kept]).sort()
}

test('I6 raw: all keeps the document of every revision, and changes can be queried in SQL', async () => {
  await loader('all').commit(first)
  await loader('all').commit(second)
  expect(await kept()).toEqual([
    ['a.json', 'kept'],
    ['b.json', 'kept'],
  ])
  const changes = await database.dump('warehouse.session_change')
  const reported = changes.map((row) => [row.column_name, row.old_value, row.new_value]).sort()
  expect(reported).toEqual([
    ['rating', null, 5],
    ['updated_at', '2026-03-23T20:13:00Z', '2026-03-23T20:28:00Z'],
  ])
})

test('I6 raw: latest keeps the document of the stored revision only, and every revision’s place', async () => {
  await loader('latest').commit(first)
  await loader('latest').commit(second)
  expect(await kept()).toEqual([
    ['a.json', null],
    ['b.json', 'kept'],
  ])
})

test('raw: none keeps no document', async () => {
  await loader('none').commit(first)
  expect(await kept()).toEqual([['a.json', null]])
})

test('I6 raw: none leaves the documents that were kept before it, also that of a revision that comes again', async () => {
  await loader('latest').commit(first)
  const documents = await database.dump('warehouse.session_document')
  expect(documents).toHaveLength(1)
  await sql`update ingest.session_head set mapping_version = 0`.execute(database.db)
  expect((await loader('none').commit(first)).kind).toBe('stored')
  expect(await database.dump('warehouse.session_document')).toEqual(documents)
  await loader('none').commit(second)
  expect(await kept()).toEqual([
    ['a.json', 'kept'],
    ['b.json', null],
  ])
  expect(await database.dump('warehouse.session_document')).toEqual(documents)
})

test('I6 the bytes of a document that comes again with raw: none are added to the document that was kept', async () => {
  const odd = settlementOf({ feedback: 'half \ud800 pair', key: 'odd.json' })
  await loader('latest').commit(odd)
  await sql`update ingest.session_head set mapping_version = 0`.execute(database.db)
  expect((await loader('none').commit({ ...odd, keepsOriginal: true })).kind).toBe('stored')
  const both = async () =>
    (await database.dump('warehouse.session_document')).map((row) => [
      row.document !== null,
      row.original_content !== null,
    ])
  expect(await both()).toEqual([[true, true]])
  await sql`update ingest.session_head set mapping_version = 0`.execute(database.db)
  expect((await loader('latest').commit(odd)).kind).toBe('stored')
  expect(await both()).toEqual([[true, true]])
})

test('I2 a revision that arrives too late is not among the revisions', async () => {
  await loader('all').commit(second)
  await loader('all').commit(first)
  expect(await kept()).toEqual([['b.json', 'kept']])
})

test('I6 the original bytes of a document with characters that Postgres cannot store are kept', async () => {
  const odd = settlementOf({ feedback: 'half \ud800 pair', key: 'odd.json' })
  const bytes = odd.content ?? new Uint8Array()
  expect((await loader('all').commit({ ...odd, keepsOriginal: true })).kind).toBe('stored')
  const answer = await sql<{ original_content: Buffer }>`
    select original_content from warehouse.session_document`.execute(database.db)
  expect(answer.rows[0]?.original_content.equals(Buffer.from(bytes))).toBe(true)
})

test('I8 the bytes of an object with many documents are kept once', async () => {
  const many = Array.from({ length: 50 }, (_, at) => settlementOf({ id: at + 1, key: 'many.json' }))
  const [one] = many
  if (one === undefined) throw new Error('no document')
  const content = Buffer.alloc(100_000, 'x')
  const sessions = many.flatMap((other) => other.sessions)
  await loader('all').commit({ ...withSessions(one, sessions), content, keepsOriginal: true })
  const { rows } = await sql`
    select count(*)::int as revisions, count(original_content)::int as originals,
      sum(octet_length(original_content))::int as bytes from warehouse.session_revision left join warehouse.session_document
        using (source, channel, session_id, session_created_at, content_sha256)`.execute(database.db)
  expect(rows).toEqual([{ revisions: 50, originals: 1, bytes: 100_000 }])
})

test('the same bytes read with another time zone rewrite the rows, and the next revision finds them', async () => {
  const utc = settlementOf({
    createdAt: '2026-03-31T23:30:00Z',
    updatedAt: '2026-03-31T23:40:00Z',
    participants: [1],
  })
  const later = settlementOf({
    createdAt: '2026-04-01T04:30:00Z',
    updatedAt: '2026-04-01T04:40:00Z',
    participants: [1],
  })
  const hash = utc.sessions[0]?.revision.contentSha256 ?? ''
  for (const one of later.sessions) one.revision = { ...one.revision, contentSha256: hash }
  await loader('latest').commit(utc)
  expect((await loader('latest').commit(later)).kind).toBe('stored')
  await loader('latest').commit(
    settlementOf({ createdAt: '2026-04-01T04:30:00Z', updatedAt: '2026-04-01T05:00:00Z' }),
  )
  expect(await database.dump('warehouse.session')).toHaveLength(1)
  expect(await database.dump('warehouse.call_participant')).toHaveLength(1)
})

test('I6 drift is counted by source, channel, path and type, with an example, by several workers at once', async () => {
  const place = { source: 'acme', channel: 'call', bucket: 'files', objectKey: 'a.json' }
  const workers = [createDriftRecorder(database.db), createDriftRecorder(database.db)]
  for (const worker of workers) {
    worker.note({ ...place, path: 'mood', type: 'string' })
    worker.note({ ...place, path: 'mood', type: 'string' })
    worker.note({ ...place, path: 'participants[].mood', type: 'number' })
  }
  await Promise.all(workers.map((worker) => worker.flush()))
  const rows = await readDrift(database.db, 10)
  expect(rows.map((row) => [row.path, row.type, row.documents, row.example])).toEqual([
    ['mood', 'string', 4, 's3://files/a.json'],
    ['participants[].mood', 'number', 2, 's3://files/a.json'],
  ])
})

test('I8 a bounded number of words of each vocabulary is kept with their column, and the rest is counted together', async () => {
  await sql`truncate ingest.schema_drift`.execute(database.db)
  const place = { source: 'acme', channel: 'call', bucket: 'files', objectKey: 'a.json' }
  const column = { vocabulary: 'fail_reason', column: 'session.fail_reason' }
  const recorder = createDriftRecorder(database.db)
  recorder.noteWord({ ...place, ...column, word: 'first' })
  await recorder.flush()
  for (let at = 0; at < 60; at += 1) recorder.noteWord({ ...place, ...column, word: `word ${at}` })
  recorder.noteWord({ ...place, ...column, word: 'first' })
  recorder.note({ ...place, path: 'mood', type: 'string' })
  await recorder.flush()
  const rows = await readDrift(database.db, 100)
  expect(rows.filter((row) => row.word !== null)).toHaveLength(50)
  expect(rows.find((row) => row.word === 'first')).toMatchObject({
    ...{ path: 'session.fail_reason', type: 'word unknown to fail_reason', vocabulary: 'fail_reason' },
    documents: 2,
  })
  expect(rows.filter((row) => row.vocabulary !== null && row.word === null)).toMatchObject([
    { path: '*', type: 'more words unknown to fail_reason than are kept', documents: 11 },
  ])
  expect(rows.filter((row) => row.vocabulary === null)).toMatchObject([{ path: 'mood', type: 'string' }])
})

test('I5 I8 a source with very many places does not affect the counts of others, and all of its own are counted', async () => {
  await sql`truncate ingest.schema_drift`.execute(database.db)
  const place = { channel: 'call', bucket: 'files', objectKey: 'a.json' }
  const recorder = createDriftRecorder(database.db)
  for (let at = 0; at < 5_500; at += 1)
    recorder.note({ ...place, source: 'noisy', path: `k${at}`, type: 'string' })
  recorder.note({ ...place, source: 'acme', path: 'mood', type: 'string' })
  await recorder.flush()
  const rows = await readDrift(database.db, 5_000)
  expect(rows.filter(({ source }) => source === 'acme')).toMatchObject([{ path: 'mood', documents: 1 }])
  expect(rows[0]).toMatchObject({ source: 'noisy', path: '*', type: 'more places than are kept' })
  expect(rows.reduce((sum, { documents }) => sum + documents, 0)).toBe(5_501)
})

test('I8 the places of a source are kept up to a bound, for any documents', async () => {
  await sql`truncate ingest.schema_drift`.execute(database.db)
  const place = { source: 'acme', channel: 'call', bucket: 'files', objectKey: 'a.json' }
  const recorder = createDriftRecorder(database.db)
  for (let round = 0; round < 2; round += 1) {
    for (let at = 0; at < 1_500; at += 1) recorder.note({ ...place, path: `${round}.k${at}`, type: 'string' })
    await recorder.flush()
  }
  const rows = await readDrift(database.db, 5_000)
  expect(rows).toHaveLength(2_001)
  expect(rows[0]).toMatchObject({ path: '*', type: 'more places than are kept', documents: 1_000 })
})

test('drift that cannot be written stays counted, and is written the next time', async () => {
  const recorder = createDriftRecorder(database.db)
  const sighting = {
    source: 'late',
    channel: 'call',
    path: 'new_key',
    type: 'string',
    bucket: 'files',
    objectKey: 'a',
  }
  recorder.note(sighting)
  await sql`alter table ingest.schema_drift rename to schema_drift_away`.execute(database.db)
  await expect(recorder.flush()).rejects.toThrow('schema_drift')
  await sql`alter table ingest.schema_drift_away rename to schema_drift`.execute(database.db)
  recorder.note(sighting)
  await recorder.flush()
  const found = (await readDrift(database.db, 100)).filter(({ source }) => source === 'late')
  expect(found.map(({ documents }) => documents)).toEqual([2])
})

/** Which transaction wrote each row, by table. */
async function writers(): Promise<Record<string, unknown>> {
  const entries = ['session', 'call_participant', 'transfer'].map(async (table) => {
    const { rows } = await sql<{ xmin: string }>`
      select xmin::text from ${sql.table(`warehouse.${table}`)} order by 1`.execute(database.db)
    return [table, rows.map((row) => row.xmin)] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

const withChildren = { participants: [1, 2], transfers: [7], key: 'c.json' }

test('rows that a new export repeats are not written again', async () => {
  await loader('latest').commit(settlementOf({ ...withChildren, updatedAt: '2026-03-23T20:13:00Z' }))
  const before = await writers()
  const rated = { ...withChildren, updatedAt: '2026-03-23T20:28:00Z', rating: 5 }
  expect((await loader('latest').commit(settlementOf(rated))).kind).toBe('stored')
  const after = await writers()
  expect(after).toMatchObject({ call_participant: before.call_participant, transfer: before.transfer })
  expect(after.session).not.toEqual(before.session)
})

test('I3 only changed children are written, and removed ones are deleted', async () => {
  await loader('latest').commit(settlementOf({ ...withChildren, updatedAt: '2026-03-23T20:13:00Z' }))
  const before = await writers()
  const next = { ...withChildren, participants: [2, 3], updatedAt: '2026-03-23T20:28:00Z' }
  await loader('latest').commit(settlementOf(next))
  const without = { ...next, transfers: [], updatedAt: '2026-03-23T20:40:00Z' }
  expect((await writers()).transfer).toEqual(before.transfer)
  await loader('latest').commit(settlementOf(without))
  const participants = await database.dump('warehouse.call_participant')
  expect(participants.map((row) => row.participant_id).sort()).toEqual([2, 3])
  expect(await database.dump('warehouse.transfer')).toEqual([])
})

test('I3 digests that an older release left behind are not trusted', async () => {
  await loader('latest').commit(settlementOf({ ...withChildren, updatedAt: '2026-03-23T20:13:00Z' }))
  const { rows } = await sql<{ row_digests: Buffer }>`
    select row_digests from ingest.session_head`.execute(database.db)
  const changed = { ...withChildren, participants: [2], updatedAt: '2026-03-23T20:28:00Z' }
  await loader('latest').commit(settlementOf(changed))
  // A release that does not know the column changes the rows and leaves the column as it was.
  await sql`update ingest.session_head set row_digests = ${rows[0]?.row_digests}`.execute(database.db)
  await loader('latest').commit(settlementOf({ ...withChildren, updatedAt: '2026-03-23T20:40:00Z' }))
  const participants = await database.dump('warehouse.call_participant')
  expect(participants.map((row) => row.participant_id).sort()).toEqual([1, 2])
})

test('a revision that comes again keeps the time of its first load', async () => {
  const back = settlementOf({
    updatedAt: '2026-03-23T20:13:00Z',
    key: 'a.json',
    lastModified: '2026-03-25T00:00:00Z',
  })
  const loadedAt = async () => {
    const rows = await sql<{ at: string }>`
      select loaded_at::text as at from warehouse.session_revision where object_key = 'a.json'`.execute(
      database.db,
    )
    return rows.rows
  }
  await loader('all').commit(first)
  const before = await loadedAt()
  // Between the two, a revision with the same position in the order of times and other content.
  await loader('all').commit(
    settlementOf({
      updatedAt: '2026-03-23T20:13:00Z',
      rating: 3,
      key: 'b.json',
      lastModified: '2026-03-24T12:00:00Z',
    }),
  )
  expect((await loader('all').commit(back)).kind).toBe('stored')
  expect(await loadedAt()).toEqual(before)
  expect(await kept()).toEqual([
    ['a.json', 'kept'],
    ['b.json', 'kept'],
  ])
})

test('a raw document is compressed by lz4 and stored in its row, or neither if the server lacks lz4', async () => {
  const { rows } = await sql<{ has_lz4: boolean; compression: string; storage: string }>`
    select (select 'lz4' = any(enumvals) from pg_settings where name = 'default_toast_compression') as has_lz4,
           attcompression as compression, attstorage as storage
    from pg_attribute
    where attname = 'document' and attrelid in
      (select inhrelid from pg_inherits where inhparent = 'warehouse.session_document'::regclass)`.execute(
    database.db,
  )
  expect(rows.length).toBeGreaterThan(1)
  for (const row of rows) {
    expect(row).toMatchObject(row.has_lz4 ? { compression: 'l', storage: 'm' } : { storage: 'e' })
  }
})
