import { gzipSync } from 'node:zlib'
import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { writeS3Notification } from '@aftercall/storage/notifications/write-s3-notification'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import { sendMessages } from '@aftercall/storage/queue/send-messages'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Ran, runCommand } from '../../services/cli/test/run-command.ts'
import { acme, type Bench, bucket, openBench } from './bench.ts'
import { endCommands, startCommand } from './command.ts'
import { callWithId } from './documents.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const mark = 'SECRET-MARK'
const document = (id: number): object => callWithId(id, { feedback: mark })
/** Larger than the first worker reads. */
const padded = (id: number): Buffer => gzipSync(JSON.stringify(document(id)) + ' '.repeat(70_000))

let bench: Bench
let config: string
const told: Ran[] = []

/** `broken` and `odd` cannot be used, the padded ones not by the first worker, and two messages not at all. */
beforeAll(async () => {
  const beta = { name: 'beta', bucket, prefix: 'beta/' }
  // Nobody answers there.
  const away = { name: 'away', bucket, prefix: 'away/', endpoint: 'http://127.0.0.1:1' }
  bench = await openBench({ sources: [acme, beta, away] })
  await bench.put('acme/broken.json', `${mark}, no JSON`)
  await bench.put('acme/odd.json', `${mark}, no JSON either`)
  await bench.put('beta/broken.json', `${mark}, no JSON here`)
  for (const id of [31, 32]) await bench.put(`acme/call-${id}.json.gz`, padded(id))
  await bench.put('acme/call-1.json', document(1))
  await bench.put('acme/call-2.json', document(2))
  await bench.send(`${mark}, short`, `${mark}, longer`)
  const small = await bench.writeConfig('small', { worker: { objectBytesMax: 65_536 } })
  const worker = await startWorker(small, { env: bench.env })
  await bench.untilSettled()
  await worker.stop()
  config = await bench.writeConfig('all')
})

afterAll(async () => {
  await endCommands()
  await bench.close()
})

/** In this process: a start of its own takes longer than most of them do. */
async function aftercall(...args: string[]): Promise<Ran> {
  const ran = await runCommand([...args, '--config', config], bench.env)
  told.push(ran)
  return ran
}

const startProcess = (...args: string[]) => startCommand([...args, '--config', config], { env: bench.env })

async function aftercallProcess(...args: string[]): Promise<Ran> {
  const { code, stdout, stderr } = await startProcess(...args).ended()
  const ran = { code: code ?? -1, out: stdout, err: stderr }
  told.push(ran)
  return ran
}

async function replay(...args: string[]): Promise<{ code: number; counts: Record<string, number> }> {
  const { code, out, err } = await aftercall('replay', '--json', ...args)
  if (out === '') throw new Error(err)
  return { code, counts: (JSON.parse(out) as { counts: Record<string, number> }).counts }
}

/** Key of the object, or length of the message, to state and how often it was seen. */
async function rejections(): Promise<Record<string, string>> {
  const rows = await bench.rows<{ name: string; end: string }>(`
    select coalesce(object_key, 'message of ' || content_bytes || ' bytes') as name, state || ' ' || seen_count as end
    from ingest.rejection`)
  return Object.fromEntries(rows.map(({ name, end }) => [name, end]))
}

const idOf = async (key: string): Promise<string> =>
  (
    await bench.rows<{ id: string }>(
      `select rejection_id::text as id from ingest.rejection where object_key = '${key}'`,
    )
  )[0]?.id ?? ''

test('what is still unusable stays open, is counted, and the exit code says so', async () => {
  expect(await replay('--rejected', '--code', 'not_json')).toEqual({ code: 3, counts: { rejected: 3 } })
  expect(await rejections()).toEqual({
    'acme/broken.json': 'open 2',
    'acme/odd.json': 'open 2',
    'beta/broken.json': 'open 2',
    'acme/call-31.json.gz': 'open 1',
    'acme/call-32.json.gz': 'open 1',
    'message of 18 bytes': 'open 1',
    'message of 19 bytes': 'open 1',
  })
})

test('a person is told how many ended how, for which reason, and where to go on', async () => {
  expect(await aftercall('replay', '--rejected', '--source', 'beta')).toEqual({
    code: 3,
    out: '        1  rejected again; for the reasons: aftercall rejections list\n        1    rejected not_json\n',
    err: '',
  })
})

test('a file that was repaired in the bucket is stored, and its rejection is over', async () => {
  await bench.put('beta/broken.json', document(20))
  expect(await replay('--rejected', '--source', 'beta', '--since', '2126-01-01')).toEqual({
    code: 0,
    counts: {},
  })
  expect(await replay('--rejected', '--source', 'beta')).toEqual({ code: 0, counts: { stored: 1 } })
  await bench.put('acme/odd.json', document(21))
  expect(await replay('--id', await idOf('acme/odd.json'))).toEqual({ code: 0, counts: { stored: 1 } })
  expect(await rejections()).toMatchObject({
    'acme/broken.json': 'open 2',
    'acme/odd.json': 'replayed 2',
    'beta/broken.json': 'replayed 3',
  })
  const [row] = await bench.rows(
    `select outcome, event_name from ingest.object where object_key = 'acme/odd.json'`,
  )
  expect(row).toEqual({ outcome: 'stored', event_name: 'Replay' })
})

test('I4 kept bytes are mapped without the bucket, and what is gone stays noted as gone', async () => {
  await bench.remove('acme/call-31.json.gz')
  await bench.put('acme/call-32.json.gz', 'anything else')
  const code = 'decompressed_too_large'
  expect(await replay('--id', await idOf('acme/call-31.json.gz'))).toEqual({
    code: 3,
    counts: { missing: 1 },
  })
  expect(await rejections()).toMatchObject({ 'acme/call-31.json.gz': 'open 1' })
  expect(await replay('--rejected', '--from', 'raw', '--code', code)).toEqual({
    code: 0,
    counts: { stored: 2 },
  })
  expect(await rejections()).toMatchObject({
    'acme/call-31.json.gz': 'replayed 1',
    'acme/call-32.json.gz': 'replayed 1',
  })
  expect(
    await bench.rows(`
      select outcome, removed_at is not null as removed from ingest.object
      where object_key like 'acme/call-3_.json.gz' order by object_key`),
  ).toEqual([
    { outcome: 'stored', removed: true },
    { outcome: 'stored', removed: false },
  ])
  expect(await replay('--id', await idOf('acme/call-31.json.gz'), '--from', 'raw')).toEqual({
    code: 3,
    counts: { changed: 1 },
  })
})

test('a message that can be read now is taken, and one that still cannot stays open', async () => {
  // What a later release can read stands for what this one cannot.
  const readable = writeS3Notification([
    { bucket, key: 'acme/call-1.json' },
    { bucket, key: 'acme/call-40.json' },
  ])
  await bench.put('acme/call-40.json', document(40))
  await bench.rows(
    `update ingest.rejected_content set content = '${readable}' where content_sha256 =
       (select content_sha256 from ingest.rejection where bucket is null and content_bytes = 18)`,
  )
  expect(await replay('--rejected', '--code', 'message_not_json')).toEqual({
    code: 3,
    counts: { duplicate: 1, stored: 1, rejected: 1 },
  })
  expect(await rejections()).toMatchObject({
    'message of 18 bytes': 'replayed 1',
    'message of 19 bytes': 'open 2',
  })
})

test('an object, a session, a span of time and what failed can be taken alone', async () => {
  expect(await replay('--object', `s3://${bucket}/acme/call-1.json`)).toEqual({
    code: 0,
    counts: { duplicate: 1 },
  })
  await bench.put('acme/call-2.json', { ...document(2), updated_at: '2099-01-01T00:00:00Z' })
  expect(await replay('--session', 'acme/call/2')).toEqual({ code: 0, counts: { stored: 1 } })
  await bench.rows(`
    insert into ingest.object (bucket, object_key, source, outcome, code)
    values ('${bucket}', 'acme/call-40.json', 'acme', 'failed', 'throttled'), ('${bucket}', 'gone/1.json', 'gone', 'failed', 'throttled')
    on conflict (bucket, object_key) do update set outcome = 'failed', code = 'throttled'`)
  expect(await replay('--failed', '--code', 'throttled', '--source', 'acme')).toEqual({
    code: 0,
    counts: { duplicate: 1 },
  })
  expect(await replay('--failed')).toEqual({ code: 3, counts: { elsewhere: 1 } })
  await bench.rows(`update ingest.object set settled_at = '2020-05-05' where object_key = 'acme/call-2.json'`)
  expect(await replay('--since', '2020-05-01', '--until', '2020-06-01')).toEqual({
    code: 0,
    counts: { duplicate: 1 },
  })
})

test('what is not there is told: a rejection and a session with 1, a place of no source with 2', async () => {
  expect(await aftercall('replay', '--id', '999')).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is no rejection 999'),
  })
  expect(await aftercall('replay', '--session', 'acme/chat/999')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no record of session acme/chat/999'),
  })
  expect(await aftercall('replay', '--object', `s3://${bucket}/elsewhere/x.json`)).toMatchObject({
    code: 2,
    err: expect.stringContaining('is in no configured source'),
  })
})

type Drained = {
  counts: Record<string, number>
  codes: Record<string, number>
  queues: { messages: { meant: number; done: number; returned: number; left: number } }[]
}

async function deadLetters(run: typeof aftercall, ...args: string[]): Promise<Drained & { code: number }> {
  const { code, out, err } = await run('replay', '--dead-letters', '--json', ...args)
  if (out === '') throw new Error(err)
  return { code, ...(JSON.parse(out) as Drained) }
}

test('I1 of 30 dead letters the 20 that pass are stored and the 5 unusable kept, by two runs at once, and 5 stay', async () => {
  const deadUrl = bench.queueUrl.replace(/live$/, 'dead')
  const sqs = createSqsClient({ queueUrl: deadUrl, env: bench.env })
  const keys = [
    ...Array.from({ length: 18 }, (_, index) => `acme/dead/call-${100 + index}.json`),
    ...[1, 2].map((index) => `beta/dead/call-${index}.json`),
    ...Array.from({ length: 4 }, (_, index) => `acme/dead/odd-${index}.json`),
    ...Array.from({ length: 5 }, (_, index) => `away/call-${index}.json`),
  ]
  for (const [index, key] of keys.entries()) {
    if (!key.startsWith('away/'))
      await bench.put(key, key.includes('odd') ? `${mark} ${index}` : document(100 + index))
  }
  const bodies = keys.map((key) => writeS3Notification([{ bucket, key }]))
  await sendMessages(sqs, deadUrl, [...bodies, `${mark}, no notification`])
  await bench.rows(`
    insert into ingest.object (bucket, object_key, source, outcome, code)
    values ('${bucket}', 'away/call-0.json', 'away', 'failed', 'throttled')`)

  const counted = await deadLetters(aftercall, '--dry-run')
  expect(counted).toMatchObject({ code: 0, queues: [{ messages: { meant: 30, left: 0 } }] })
  expect(counted.counts).toEqual({
    'acme: not in the ledger': 22,
    'beta: not in the ledger': 2,
    'away: not in the ledger': 4,
    'away: failed throttled': 1,
    'no source: unreadable message_not_json': 1,
  })
  expect(await queueDepth(sqs, deadUrl)).toMatchObject({ visible: 30, inFlight: 0 })
  const told = await aftercall('replay', '--dead-letters', '--dry-run')
  expect(told.out).toContain('30  messages match; nothing was changed')
  expect(told.out).toContain('22  acme: not in the ledger')
  expect(await deadLetters(aftercall, '--dry-run', '--code', 'throttled')).toMatchObject({
    queues: [{ messages: { meant: 1, left: 29 } }],
  })

  expect(await deadLetters(aftercall, '--source', 'beta')).toMatchObject({ code: 0, counts: { stored: 2 } })
  expect(await deadLetters(aftercall, '--object', `s3://${bucket}/beta/`)).toMatchObject({
    code: 0,
    counts: {},
    queues: [{ messages: { left: 28 } }],
  })
  expect(await deadLetters(aftercall, '--since', '2126-01-01')).toMatchObject({ counts: {} })
  expect(await queueDepth(sqs, deadUrl)).toMatchObject({ visible: 28, inFlight: 0 })

  const [one, other] = await Promise.all([
    deadLetters(aftercallProcess, '--queue-url', deadUrl),
    deadLetters(aftercallProcess),
  ])
  const sum = (name: string): number => (one.counts[name] ?? 0) + (other.counts[name] ?? 0)
  expect({ stored: sum('stored'), rejected: sum('rejected'), failed: sum('failed') }).toEqual({
    stored: 18,
    rejected: 5,
    failed: 5,
  })
  expect([one.code, other.code]).toContain(3)
  expect(await bench.deadLetters()).toBe(5)
  expect(
    await bench.rows(`
      select source, outcome, count(*)::integer as objects from ingest.object
      where object_key like '%/dead/%' or source = 'away' group by 1, 2 order by 1, 2`),
  ).toEqual([
    { source: 'acme', outcome: 'rejected', objects: 4 },
    { source: 'acme', outcome: 'stored', objects: 18 },
    { source: 'away', outcome: 'failed', objects: 5 },
    { source: 'beta', outcome: 'stored', objects: 2 },
  ])
  sqs.destroy()
})

test('I9 a replay that is stopped waits for no further try, and says that it was stopped', async () => {
  const tries = async (): Promise<number> => {
    const [row] = await bench.rows<{ tries: number }>(
      `select sum(settle_count)::integer as tries from ingest.object where source = 'away'`,
    )
    return row?.tries ?? 0
  }
  const before = await tries()
  const running = startProcess('replay', '--failed', '--source', 'away')
  await until('the objects failed once more', async () => (await tries()) >= before + 5)
  running.kill('SIGINT')
  expect(await running.ended()).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('Stopped before it finished'),
  })
})

test('I10 nothing that these commands wrote holds what is in the files and messages', () => {
  expect(told.length).toBeGreaterThan(15)
  expect(told.filter(({ out, err }) => (out + err).includes(mark))).toEqual([])
})
