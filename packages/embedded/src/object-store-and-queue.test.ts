import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { describe, expect, test, vi } from 'vitest'
import { bucket, drain, drainRecords, type EventRecord, md5, startAws } from './aws.fixture.ts'
import { startObjectStoreAndQueue } from './object-store-and-queue.ts'
import { releaseAfterEach } from './releases.fixture.ts'

const releaseAfter = releaseAfterEach()

test('a share of the events is delivered twice, the second time after later events', async () => {
  const { aws, s3, sqs, queue } = await startAws(releaseAfter, { duplicateShare: 1, random: () => 0.5 })
  await aws.notify({ bucket, queueUrl: queue.url })
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: '1' }))
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: '2' }))
  const records: EventRecord[] = []
  await vi.waitUntil(async () => records.push(...(await drainRecords(sqs, queue.url))) >= 4, {
    timeout: 60_000,
  })
  const order = records.map((record) => record.s3.object.eTag)
  expect(order).toEqual([md5('1'), md5('2'), md5('1'), md5('2')])
  expect(records[2]).toEqual(records[0])
})

test('a message that was received too often is moved to the dead-letter queue', async () => {
  const { aws, sqs } = await startAws(releaseAfter)
  const { url } = await aws.createQueue('redriven', {
    visibilitySeconds: 0,
    deadLetterQueue: { name: 'redriven-dead', receivesMax: 2 },
  })
  const dead = await aws.createQueue('redriven-dead')
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '"poison"' }))
  const receive = new ReceiveMessageCommand({ QueueUrl: url })
  await vi.waitUntil(async () => {
    await sqs.send(receive)
    return (await drain(sqs, dead.url)).length === 1
  }, 60_000)
})

test('a long poll ends with its client, and the next message is there for others', async () => {
  const { sqs, queue } = await startAws(releaseAfter)
  const pollFor = (WaitTimeSeconds: number) =>
    new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds, VisibilityTimeout: 600 })
  let hasOtherEnded = false
  const other = sqs.send(pollFor(20)).finally(() => {
    hasOtherEnded = true
  })
  // The other poll ends early when the server sees that a client has gone.
  while (!hasOtherEnded) {
    const lost = sqs.send(pollFor(20), { abortSignal: AbortSignal.timeout(50) })
    await Promise.allSettled([lost, sqs.send(pollFor(0))])
  }
  expect((await other).Messages).toBeUndefined()
  await sqs.send(pollFor(1))
  await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: '"for others"' }))
  expect(await drain(sqs, queue.url)).toEqual(['for others'])
})

test('an added object can be read and listed like any other, but is not announced', async () => {
  const { aws, s3, sqs, queue } = await startAws(releaseAfter)
  await aws.notify({ bucket, queueUrl: queue.url })
  await drain(sqs, queue.url)
  expect(aws.isEmpty(bucket)).toBe(true)
  aws.addObject(bucket, 'before', Buffer.from('{}'))
  expect(aws.isEmpty(bucket)).toBe(false)
  const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'before' }))
  expect([await Body?.transformToString(), ETag]).toEqual(['{}', `"${md5('{}')}"`])
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }))
  expect(Contents?.map(({ Key }) => Key)).toEqual(['before'])
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'after', Body: '1' }))
  const records: EventRecord[] = []
  await vi.waitUntil(async () => records.push(...(await drainRecords(sqs, queue.url))) >= 1, {
    timeout: 60_000,
  })
  expect(records.map((record) => record.s3.object.key)).toEqual(['after'])
})

test('a listing in pages has every key once, in byte order', async () => {
  const { s3 } = await startAws(releaseAfter)
  const keys = ['B', 'a', 'a-b', 'a_b', 'aB', 'ab', 'z/1', 'z/2', 'é', '\ue000', '🎧', '10', '9', 'Z']
  await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))))
  const listed: string[] = []
  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 3, ContinuationToken }))
    listed.push(...(page.Contents ?? []).map((object) => object.Key ?? ''))
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  const inByteOrder = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  expect(listed).toEqual(inByteOrder)
  const folders = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Delimiter: '/' }))
  expect(folders.CommonPrefixes).toEqual([{ Prefix: 'z/' }])
  expect(folders.KeyCount).toBe(keys.length - 1)
})

describe('with a data folder', () => {
  test('objects, messages, queue settings, and notifications survive a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'aftercall-test-'))
    releaseAfter(() => rm(dataDir, { recursive: true }))
    const first = await startAws(releaseAfter, { dataDir })
    await first.aws.notify({ bucket, queueUrl: first.queue.url })
    await first.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'before', Body: 'kept' }))
    await first.aws.stop()

    const second = await startAws(releaseAfter, { dataDir })
    expect(second.queue.url.startsWith(second.aws.endpoint)).toBe(true)
    await second.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'after', Body: 'x' }))
    const got = await second.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'before' }))
    expect(await got.Body?.transformToString()).toBe('kept')
    const records = await drainRecords(second.sqs, first.queue.url)
    expect(records.map((record) => record.s3.object.key)).toEqual(['before', 'after'])
    const [before, after] = records.map((record) => record.s3.object.sequencer)
    expect(after! > before!).toBe(true)
  })
})

test('a port in use is an error that says so', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  releaseAfter(() => other.close())
  const { port } = other.address() as { port: number }
  await expect(startObjectStoreAndQueue({ port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use`)
})
