import { request } from 'node:http'
import { Readable } from 'node:stream'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { beforeEach, describe, expect, test } from 'vitest'
import { bucket, decodeKey, drain, drainRecords, type EventRecord, md5, startAws } from './aws.fixture.ts'
import type { ObjectStoreAndQueue } from './object-store-and-queue.ts'
import { releaseAfterEach } from './releases.fixture.ts'

const releaseAfter = releaseAfterEach()
describe('notifications', () => {
  let aws: ObjectStoreAndQueue
  let s3: S3Client
  let sqs: SQSClient
  let url: string

  beforeEach(async () => {
    const started = await startAws(releaseAfter)
    aws = started.aws
    s3 = started.s3
    sqs = started.sqs
    url = started.queue.url
  })

  test('configuring sends a test event without records', async () => {
    await aws.notify({ bucket, queueUrl: url })
    expect(await drain(sqs, url)).toEqual([
      {
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: expect.stringMatching(/^\d{4}-.*Z$/),
        Bucket: bucket,
        RequestId: expect.stringMatching(/^[0-9A-F]{16}$/),
        HostId: expect.any(String),
      },
    ])
  })

  test('a put sends one record in the format of S3, with size and md5', async () => {
    await aws.notify({ bucket, queueUrl: url })
    const put = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a/b.json', Body: '{"a":1}' }))
    expect(put.ETag).toBe(`"${md5('{"a":1}')}"`)
    const [record] = await drainRecords(sqs, url)
    expect(record).toMatchObject({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      eventName: 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: expect.any(String),
        bucket: {
          name: bucket,
          arn: `arn:aws:s3:::${bucket}`,
          ownerIdentity: { principalId: expect.any(String) },
        },
        object: { key: 'a/b.json', size: 7, eTag: md5('{"a":1}') },
      },
    })
    expect(record!.s3.object.sequencer).toMatch(/^[0-9A-F]{16,18}$/)
  })

  test.each([
    'with space and  two.json',
    'plus+plus.json',
    'percent%.json',
    'percent%25 and %2F.json',
    'a=b&c=d.json',
    'hash#tag.json',
    'why?.json',
    'ünïcödé-日本-🎧.json',
    'semi;colon:@,$!*\'()~[]{}|^`"<>\\.json',
    'double//slash/.json',
    `long/${'x'.repeat(1000)}`,
  ])('the key %j arrives encoded as S3 does it, and reads back', async (key) => {
    await aws.notify({ bucket, queueUrl: url })
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: key }))
    const [record] = await drainRecords(sqs, url)
    expect(record!.s3.object.key).toMatch(/^[A-Za-z0-9/%+*._-]+$/)
    expect(decodeKey(record!.s3.object.key)).toBe(key)
    const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    expect(await got.Body?.transformToString()).toBe(key)
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    const [removed] = await drainRecords(sqs, url)
    expect(decodeKey(removed!.s3.object.key)).toBe(key)
  })

  test('a streamed body in signed chunks keeps its bytes and its size', async () => {
    await aws.notify({ bucket, queueUrl: url })
    const body = Buffer.alloc(300_000, 'streamed ')
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: 'streamed',
        Body: Readable.from([body.subarray(0, 100_000), body.subarray(100_000)]),
        ContentLength: body.length,
      }),
    )
    const [record] = await drainRecords(sqs, url)
    expect(record!.s3.object).toMatchObject({ size: body.length, eTag: md5(body) })
  })

  test('a multi-part upload sends one record when it is complete', async () => {
    await aws.notify({ bucket, queueUrl: url })
    await drain(sqs, url)
    const at = { Bucket: bucket, Key: 'parts' }
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at))
    const bodies = [Buffer.alloc(5 * 1024 * 1024, 1), Buffer.alloc(10, 2)]
    const Parts = await Promise.all(
      bodies.map(async (Body, index) => {
        const part = { PartNumber: index + 1, UploadId }
        const { ETag } = await s3.send(new UploadPartCommand({ ...at, ...part, Body }))
        return { PartNumber: part.PartNumber, ETag }
      }),
    )
    expect(await drain(sqs, url)).toEqual([])
    await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }))
    const records = await drainRecords(sqs, url)
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({
      eventName: 'ObjectCreated:CompleteMultipartUpload',
      s3: {
        bucket: { name: bucket },
        object: { key: 'parts', size: 5 * 1024 * 1024 + 10, eTag: expect.stringMatching(/^[0-9a-f]{32}-2$/) },
      },
    })
  })

  test('a copy sends its own event for the new object', async () => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'from', Body: 'x' }))
    await aws.notify({ bucket, queueUrl: url })
    await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'to', CopySource: `${bucket}/from` }))
    expect(await drainRecords(sqs, url)).toMatchObject([
      { eventName: 'ObjectCreated:Copy', s3: { object: { key: 'to', size: 1, eTag: md5('x') } } },
    ])
  })

  test('a form upload sends ObjectCreated:Post', async () => {
    await aws.notify({ bucket, queueUrl: url })
    const form = new FormData()
    // biome-ignore lint/suspicious/noTemplateCurlyInString: S3 puts the file's name in this place.
    form.set('key', 'forms/${filename}')
    form.set('file', new Blob(['posted']), 'a b.json')
    const answer = await fetch(`${aws.endpoint}/${bucket}`, { method: 'POST', body: form })
    expect(answer.status).toBe(204)
    expect(await drainRecords(sqs, url)).toMatchObject([
      { eventName: 'ObjectCreated:Post', s3: { object: { key: 'forms/a+b.json', size: 6 } } },
    ])
  })

  test('every object removed by a delete sends a record without size and ETag', async () => {
    for (const Key of ['one', 'two & <three>', 'four']) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))
    }
    await aws.notify({ bucket, queueUrl: url })
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'one' }))
    const Objects = [{ Key: 'two & <three>' }, { Key: 'four' }, { Key: 'never there' }]
    await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }))
    const records = await drainRecords(sqs, url)
    expect(records.map((record) => record.eventName)).toEqual(Array(3).fill('ObjectRemoved:Delete'))
    expect(records.map((record) => Object.keys(record.s3.object))).toEqual(
      Array(3).fill(['key', 'sequencer']),
    )
    expect(records.map((record) => decodeKey(record.s3.object.key))).toEqual(['one', 'two & <three>', 'four'])
  })

  test('a failed request sends nothing', async () => {
    await aws.notify({ bucket, queueUrl: url })
    await drain(sqs, url)
    const nowhere = new PutObjectCommand({ Bucket: 'not-there', Key: 'a', Body: 'x' })
    await expect(s3.send(nowhere)).rejects.toThrow()
    const copy = new CopyObjectCommand({ Bucket: bucket, Key: 'to', CopySource: `${bucket}/not-there` })
    await expect(s3.send(copy)).rejects.toThrow()
    expect(await drain(sqs, url)).toEqual([])
  })

  test('prefix, suffix, and events decide which queues are notified of an object', async () => {
    const other = await aws.createQueue('others')
    await aws.notify({
      bucket,
      queueUrl: url,
      prefix: 'in/',
      suffix: '.json',
      events: ['s3:ObjectCreated:*'],
    })
    await aws.notify({ bucket, queueUrl: other.url, events: ['s3:ObjectRemoved:Delete'] })
    for (const Key of ['in/a.json', 'in/a.txt', 'out/a.json']) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
    }
    const keys = async (queueUrl: string) =>
      (await drainRecords(sqs, queueUrl)).map((record) => `${record.eventName} ${record.s3.object.key}`)
    expect(await keys(url)).toEqual(['ObjectCreated:Put in/a.json'])
    expect(await keys(other.url)).toEqual(
      ['in/a.json', 'in/a.txt', 'out/a.json'].map((key) => `ObjectRemoved:Delete ${key}`),
    )
  })

  test('configuring the same again does not double the events', async () => {
    await aws.notify({ bucket, queueUrl: url })
    await aws.notify({ bucket, queueUrl: url })
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'x' }))
    expect(await drainRecords(sqs, url)).toHaveLength(1)
  })

  test('an object is readable when its message is received', async () => {
    await aws.notify({ bucket, queueUrl: url })
    const puts = Array.from({ length: 50 }, (_, n) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: `race/${n}`, Body: `${n}` })),
    )
    const seen = new Set<string>()
    while (seen.size < 50) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
      )
      for (const message of Messages) {
        for (const record of (JSON.parse(message.Body ?? '') as { Records?: EventRecord[] }).Records ?? []) {
          const { key } = record.s3.object
          await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
          seen.add(key)
        }
      }
    }
    await Promise.all(puts)
  })

  test('a bucket in the host name is the same bucket', async () => {
    await aws.notify({ bucket, queueUrl: url })
    const { port } = new URL(aws.endpoint)
    const status = await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, method: 'PUT', path: '/by/host%20name.json' }
      request({ ...options, headers: { host: `${bucket}.localhost:${port}` } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
        .on('error', reject)
        .end('x')
    })
    expect(status).toBe(200)
    expect(await drainRecords(sqs, url)).toMatchObject([
      { s3: { bucket: { name: bucket }, object: { key: 'by/host+name.json' } } },
    ])
  })
})
