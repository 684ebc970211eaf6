import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { sendMessages } from '@aftercall/storage/queue/send-messages'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { callWithId } from './documents.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const record = (key: string, changes: object = {}) => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  eventName: 'ObjectCreated:Put',
  eventTime: '2026-03-23T20:17:00.000Z',
  s3: { bucket: { name: bucket }, object: { key } },
  ...changes,
})
const put = (key: string, sequencer: string) =>
  record(key, { s3: { bucket: { name: bucket }, object: { key, sequencer } } })
const s3 = (...records: object[]) => JSON.stringify({ Records: records })
const sns = (message: string) => ({
  Type: 'Notification',
  MessageId: '1',
  TopicArn: 'arn:aws:sns:eu-west-1:123456789012:session-files',
  Message: message,
})
const eventBridge = (key: string, type = 'Object Created') => ({
  version: '0',
  source: 'aws.s3',
  'detail-type': type,
  time: '2026-03-23T20:17:00Z',
  detail: { bucket: { name: bucket }, object: { key, size: 1, 'version-id': undefined, sequencer: '00A1' } },
})
const testEvent = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: bucket }
const secret = 'neither JSON nor known'
const withoutKey = record('', { s3: { bucket: { name: bucket }, object: {} } })

/** Keys as they are in the bucket, with the id of the session in each, and what announces them. */
const announced: { of: string; keys: string[]; body: string | object }[] = [
  { of: 'S3', keys: ['acme/1.json'], body: s3(record('acme/1.json')) },
  { of: 'S3 with an encoded key', keys: ['acme/a b+c/2.json'], body: s3(record('acme/a+b%2Bc/2.json')) },
  {
    of: 'S3 with a key that was not encoded',
    keys: ['acme/100%/3.json'],
    body: s3(record('acme/100%/3.json')),
  },
  {
    of: 'a copy',
    keys: ['acme/4.json'],
    body: s3(record('acme/4.json', { eventName: 's3:ObjectCreated:Copy' })),
  },
  { of: 'SNS around S3', keys: ['acme/a b/5.json'], body: sns(s3(record('acme/a+b/5.json'))) },
  { of: 'EventBridge', keys: ['acme/a+b %41/6.json'], body: eventBridge('acme/a+b %41/6.json') },
  {
    of: 'SNS around EventBridge',
    keys: ['acme/7.json'],
    body: sns(JSON.stringify(eventBridge('acme/7.json'))),
  },
  {
    // Both find the newest content: the first stores it, the second finds that it is.
    of: 'two puts of one key, in one batch,',
    keys: ['acme/8.json'],
    body: s3(put('acme/8.json', '00A1'), put('acme/8.json', '00A2')),
  },
  {
    of: 'several records with unusable ones between them',
    keys: ['acme/9.json', 'acme/10.json', 'acme/11.json'],
    body: s3(
      record('acme/9.json'),
      withoutKey,
      record('acme/10.json'),
      { eventName: 'ObjectCreated:Put' },
      record('acme/nul%00.json'),
      record('acme/11.json'),
    ),
  },
]
const refused: { of: string; body: string | object; code: string }[] = [
  { of: 'garbage', body: secret, code: 'message_not_json' },
  { of: 'JSON of an unknown shape', body: { hello: secret }, code: 'message_unknown_shape' },
  { of: 'a number', body: '42', code: 'message_unknown_shape' },
  { of: 'no records', body: { Records: [] }, code: 'message_no_records' },
  { of: 'SNS around garbage', body: sns(secret), code: 'message_not_json' },
  { of: 'an SNS subscription', body: { Type: 'SubscriptionConfirmation' }, code: 'message_sns_subscription' },
]
let bench: Bench

beforeAll(async () => {
  bench = await openBench({ notifies: false })
  const keys = announced.flatMap((one) => one.keys)
  for (const [index, key] of keys.entries()) await bench.put(key, callWithId(index + 1))
  const bodies = [...announced, ...refused].map(({ body }) => body)
  const worker = await startWorker(await bench.writeConfig('all'), { env: bench.env })
  await bench.send(testEvent, sns(JSON.stringify(testEvent)), ...bodies)
  await bench.send(s3(record('acme/kept.json', { eventName: 'ObjectTagging:Put' })))
  await bench.send(eventBridge('acme/left.json', 'Object Deleted'))
  await bench.untilSettled()
  await worker.stop()
})

afterAll(async () => {
  await endCommands()
  await bench.close()
})

test.each(announced)('what $of announces is stored', async ({ keys }) => {
  const ledger = await bench.rows<{ object_key: string; outcome: string }>(
    `select object_key, outcome from ingest.object where outcome = 'stored'`,
  )
  const stored = ledger.map(({ object_key }) => object_key)
  expect(stored).toEqual(expect.arrayContaining(keys))
})

test('each announced session is stored once', async () => {
  const sessions = await bench.rows('select session_id::int as id from warehouse.session order by 1')
  expect(sessions).toEqual(announced.flatMap(({ keys }) => keys).map((_, index) => ({ id: index + 1 })))
})

test.each(refused)('I1 a message of $of is kept as $code, with its text', async ({ body, code }) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const rejections = await bench.rows<{ code: string; content: Buffer; message_id: string }>(
    `select code, kept.content, message_id, object_key, seen_count
     from ingest.rejection left join ingest.rejected_content as kept using (content_sha256) where code = '${code}'`,
  )
  const [own, ...more] = rejections.filter(({ content }) => content.toString() === text)
  expect(more).toEqual([])
  expect(own).toMatchObject({ code, object_key: null, seen_count: 1, message_id: expect.stringMatching(/./) })
})

test('I5 the unusable records of a message are kept together, with their places, and spoil none of the others', async () => {
  const rejections = await bench.rows<{ detail: string }>(
    `select detail from ingest.rejection where code = 'message_record_unusable'`,
  )
  expect(rejections).toEqual([{ detail: expect.stringMatching(/^3 of 6 records: 1, 3, 4: /) }])
})

test('a removal and an event about anything else than content are noted and change nothing', async () => {
  const noted = await bench.rows(
    `select object_key, outcome, code, removed_at is not null as removed from ingest.object
     where event_name in ('ObjectTagging:Put', 'Object Deleted') order by 1`,
  )
  expect(noted).toEqual([
    { object_key: 'acme/kept.json', outcome: 'ignored', code: 'not_a_creation', removed: false },
    { object_key: 'acme/left.json', outcome: 'ignored', code: 'object_removed', removed: true },
  ])
})

test('I4 test events leave no trace, and no message is left anywhere', async () => {
  expect(await bench.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  expect(await bench.deadLetters()).toBe(0)
  const rejections = await bench.rows('select count(*)::int as rejections from ingest.rejection')
  expect(rejections).toEqual([{ rejections: refused.length + 1 }])
})

test('I2 an object of several sessions that is delivered again stays stored', async () => {
  const worker = await startWorker(await bench.writeConfig('again'), { env: bench.env })
  await bench.put('acme/array.json', [callWithId(50), callWithId(51)])
  await bench.send(s3(put('acme/array.json', '00A1'), put('acme/array.json', '00A2')))
  await bench.untilSettled()
  const ledger = () =>
    bench.rows(`select outcome, document_count from ingest.object where object_key = 'acme/array.json'`)
  expect(await ledger()).toEqual([{ outcome: 'stored', document_count: 2 }])
  await bench.send(s3(put('acme/array.json', '00A3')))
  await bench.untilSettled()
  expect(await ledger()).toEqual([{ outcome: 'stored', document_count: 2 }])
  await worker.stop()
})

test('the metrics count what waits in the dead-letter queue', async () => {
  const other = await openBench()
  try {
    const queueUrl = other.queueUrl.replace(/live$/, 'dead')
    const sqs = createSqsClient({ queueUrl, env: other.env })
    await sendMessages(sqs, queueUrl, [secret])
    sqs.destroy()
    const worker = await startWorker(await other.writeConfig('dead'), { env: other.env })
    await until('the worker has looked at its queues', async () => {
      const { text } = await worker.get('/metrics')
      expect(text).toContain('aftercall_queue_messages{queue="live",state="dead_letter"} 1')
      return true
    })
    await worker.stop()
  } finally {
    await other.close()
  }
})
