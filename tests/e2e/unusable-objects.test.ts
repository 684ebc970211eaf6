import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { acme, type Bench, bucket, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { call1418, callWithId } from './documents.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const other = 'other-bucket'
type Case = { key: string; content: string | Buffer; ends: [outcome: string, code: string]; kept?: boolean }

const text = JSON.stringify(call1418)
const cut = gzipSync(text).subarray(0, 400)
const noId = JSON.stringify({ ...call1418, id: undefined })
const noTime = JSON.stringify({ ...call1418, id: 7, created_at: 'yesterday' })

/** Everything else that may lie where session files lie, and how it ends. */
const cases: Case[] = [
  { key: 'acme/cut-off.json', content: text.slice(0, 999), ends: ['rejected', 'not_json'], kept: true },
  { key: 'acme/words.json', content: 'Dear customer', ends: ['rejected', 'not_json'], kept: true },
  { key: 'acme/empty.json', content: '', ends: ['rejected', 'empty_object'] },
  { key: 'acme/cut-off.json.gz', content: cut, ends: ['rejected', 'gzip_broken'], kept: true },
  { key: 'acme/no-id.json', content: noId, ends: ['rejected', 'identity_unreadable'], kept: true },
  { key: 'acme/no-time.json', content: noTime, ends: ['rejected', 'identity_unreadable'], kept: true },
  { key: 'acme/large.json', content: ' '.repeat(70_000), ends: ['rejected', 'object_too_large'] },
  {
    key: 'acme/bomb.json',
    content: gzipSync(Buffer.alloc(5_000_000, ' ')),
    ends: ['rejected', 'decompressed_too_large'],
    kept: true,
  },
  {
    key: 'acme/deep.json',
    content: text.replace('"dispositions":', `"deep":${'['.repeat(99)}${']'.repeat(99)},"dispositions":`),
    ends: ['rejected', 'document_too_deep'],
    kept: true,
  },
  {
    key: 'acme/transcript.json',
    content: '{"comm_type":"chat","comm_id":135,"transcript_version":1,"entries":[{"body":"Hello"}]}',
    ends: ['ignored', 'transcript'],
  },
  { key: 'acme/chat-135.txt', content: '[10:00] Jane: Hello', ends: ['ignored', 'transcript'] },
  { key: 'acme/call-1418.mp3', content: 'ID3', ends: ['ignored', 'media'] },
  { key: 'acme/call-1418-photo-1.JPG', content: 'JFIF', ends: ['ignored', 'media'] },
  { key: 'acme/feed.json', content: '{"count":1,"events":[{}]}', ends: ['ignored', 'event_feed'] },
  { key: 'acme/export.json', content: '{"calls":[{"id":1}]}', ends: ['ignored', 'raw_export'] },
  { key: 'acme/mail.json', content: '{"email_type":"inbound","id":4}', ends: ['ignored', 'email_session'] },
  { key: 'acme/2026/03/', content: '', ends: ['ignored', 'placeholder'] },
  { key: 'acme/2026_$folder$', content: '', ends: ['ignored', 'placeholder'] },
  { key: 'acme/_SUCCESS', content: '', ends: ['ignored', 'placeholder'] },
  { key: 'acme/nothing.json', content: '{}', ends: ['ignored', 'empty_document'] },
  { key: 'acme/list.json', content: '[1,"two",null]', ends: ['ignored', 'not_a_session'] },
  { key: 'acme2/call-1418.json', content: text, ends: ['ignored', 'no_source'] },
  { key: 'elsewhere/call-1418.json', content: text, ends: ['ignored', 'no_source'] },
]
const neighbours = cases.map((_, position) => 5_000 + position)
let bench: Bench

beforeAll(async () => {
  bench = await openBench()
  await bench.aws.createBucket(other)
  await bench.aws.notify({ bucket: other, queueUrl: bench.queueUrl })
  await bench.aws.createBucket('silent')
  for (const [position, { key, content }] of cases.entries()) {
    await bench.put(key, content)
    await bench.put(`acme/2026/03/call-${5_000 + position}.json`, callWithId(5_000 + position))
  }
  await bench.put('acme/call-1418.json', text, other)
  const gone = {
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: bucket }, object: { key: 'acme/gone.json' } },
  }
  await bench.send({ Records: [gone] })
  await bench.put('acme/removed.json', callWithId(6_000))
  await bench.remove('acme/removed.json')
  const config = await bench.writeConfig('all', { worker: { objectBytesMax: 65_536 } })
  const worker = await startWorker(config, { env: bench.env })
  await bench.untilSettled()
  await worker.stop()
})

afterAll(async () => {
  await endCommands()
  await bench.close()
})

const ledgerOf = async (key: string, place = bucket) =>
  bench.rows(`
    select source, outcome, code, document_count, removed_at is not null as removed, settle_count
    from ingest.object where bucket = '${place}' and object_key = '${key}'`)

test.each(cases)('I4 $key ends $ends in the ledger', async ({ key, ends: [outcome, code] }) => {
  const [row, ...more] = await ledgerOf(key)
  expect(more).toEqual([])
  const source = code === 'no_source' ? null : acme.name
  expect(row).toMatchObject({ source, outcome, code, document_count: 0, removed: false })
  // At least once: on a slow machine a message may be delivered again.
  expect(row?.settle_count).toBeGreaterThanOrEqual(1)
})

test.each(cases.filter(({ ends: [outcome] }) => outcome === 'rejected'))(
  'I1 the rejection of $key keeps its reason and its bytes',
  async ({ key, content, ends: [, code], kept }) => {
    const rejections = await bench.rows<{ detail: string; content: Buffer | null }>(`
      select source, bucket, code, detail, kept.content, content_is_cut, state, seen_count
      from ingest.rejection left join ingest.rejected_content as kept using (content_sha256) where object_key = '${key}'`)
    expect(rejections).toHaveLength(1)
    const [rejection] = rejections
    expect(rejection).toMatchObject({ source: 'acme', bucket, code, content_is_cut: false, state: 'open' })
    expect(rejection?.detail).not.toBe('')
    if (kept) expect(rejection?.content?.equals(Buffer.from(content))).toBe(true)
  },
)

test('nothing that was ignored is kept as a rejection', async () => {
  const rejected = cases.filter(({ ends: [outcome] }) => outcome === 'rejected').length
  expect(await bench.rows('select count(*)::int as rejections from ingest.rejection')).toEqual([
    { rejections: rejected },
  ])
})

test('I7 a session file in a bucket or under a prefix of no source is noted and not read', async () => {
  const [row] = await ledgerOf('acme/call-1418.json', other)
  expect(row).toMatchObject({ source: null, outcome: 'ignored', code: 'no_source' })
  expect(await bench.rows('select 1 from warehouse.session where session_id = 1418')).toEqual([])
  const read = await bench.rows(
    'select 1 from ingest.object where source is null and last_modified is not null',
  )
  expect(read).toEqual([])
})

test('I4 an object that is gone before it is fetched is missing', async () => {
  expect(await ledgerOf('acme/gone.json')).toMatchObject([{ source: 'acme', outcome: 'missing', code: null }])
})

test('I4 an object that was announced and removed before it was fetched is in the ledger as removed', async () => {
  expect(await ledgerOf('acme/removed.json')).toMatchObject([{ source: 'acme', removed: true }])
  expect(await bench.rows('select 1 from warehouse.session where session_id = 6000')).toEqual([])
})

test('I5 every neighbour of what could not be used is loaded', async () => {
  const found = await bench.rows<{ session_id: string }>(
    'select session_id from warehouse.session order by session_id',
  )
  expect(found.map(({ session_id }) => Number(session_id))).toEqual(neighbours)
})

test('I1 I4 the queue and the dead letter queue are empty in the end', async () => {
  expect(await bench.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  expect(await bench.deadLetters()).toBe(0)
})

test('I4 the rows of an object stay when it is removed, and the ledger has the time', async () => {
  const worker = await startWorker(await bench.writeConfig('removal'), { env: bench.env })
  await bench.remove('acme/2026/03/call-5000.json')
  await bench.untilSettled()
  expect(await ledgerOf('acme/2026/03/call-5000.json')).toMatchObject([{ outcome: 'stored', removed: true }])
  expect(await bench.rows('select 1 from warehouse.session where session_id = 5000')).toHaveLength(1)
  worker.kill('SIGTERM')
  expect((await worker.ended()).code).toBe(0)
})
