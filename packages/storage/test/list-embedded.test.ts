import {
  type ObjectStoreAndQueue,
  startObjectStoreAndQueue,
} from '@aftercall/embedded/object-store-and-queue'
import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createS3Client } from '../src/aws/aws-clients.ts'
import { compareKeys } from '../src/listing/compare-keys.ts'
import { findShards } from '../src/listing/find-shards.ts'
import { listObjects, listPages } from '../src/listing/list-objects.ts'
import { putObject } from '../src/objects/fetch-object.ts'

let store: ObjectStoreAndQueue
let client: S3Client

beforeAll(async () => {
  store = await startObjectStoreAndQueue()
  client = createS3Client({
    env: {},
    endpoint: store.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  })
  // S3 lists 1,000 keys at a time. Smaller pages show the same with fewer objects.
  client.middlewareStack.add(
    (next) => (args) => {
      const { query } = args.request as { query?: Record<string, string> }
      if (query?.['list-type'] === '2') query['max-keys'] = '20'
      return next(args)
    },
    { step: 'build', name: 'smallPages' },
  )
})
afterAll(async () => {
  client.destroy()
  await store.stop()
})

async function fill(bucket: string, keys: readonly string[]): Promise<void> {
  await store.createBucket(bucket)
  await Promise.all(keys.map((key) => putObject(client, { bucket, key, bytes: Buffer.from(key) })))
}

async function listKeys(options: {
  bucket: string
  prefix?: string
  startAfter?: string
  upTo?: string
}): Promise<string[]> {
  const listed = await Array.fromAsync(listObjects(client, { prefix: '', ...options }))
  return listed.map(({ key }) => key)
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
const legalKeys = [...printable, 'ü', '☎', '\u{ffee}', '𝒳', '👩‍🚀'].map((character) => `k/${character}x`)

it('lists keys with every legal character, in byte order, for the empty prefix', async () => {
  await fill('legal', legalKeys)
  const listed = await listKeys({ bucket: 'legal' })
  expect(listed).toEqual(legalKeys.toSorted(compareKeys))
  for (const position of [0, 30, 60, 98]) {
    const startAfter = listed[position]
    if (startAfter === undefined) throw new Error('too few keys')
    expect(await listKeys({ bucket: 'legal', startAfter })).toEqual(listed.slice(position + 1))
    expect(await listKeys({ bucket: 'legal', upTo: startAfter })).toEqual(listed.slice(0, position + 1))
  }
})

it('lists each permanent object once, while others are added and removed', async () => {
  const stays = Array.from({ length: 60 }, (_, index) => `d/${String(index).padStart(2, '0')}-stays`)
  const goes = stays.map((key) => key.replace('stays', 'goes'))
  await fill('busy', [...stays, ...goes])
  const seen: string[] = []
  let step = 0
  for await (const page of listPages(client, { bucket: 'busy', prefix: 'd/' })) {
    seen.push(...page.map(({ key }) => key))
    for (const position of [step, 59 - step]) {
      await client.send(new DeleteObjectCommand({ Bucket: 'busy', Key: goes[position] ?? '' }))
      const key = `d/${String(position).padStart(2, '0')}-comes`
      await putObject(client, { bucket: 'busy', key, bytes: Buffer.from('') })
    }
    step += 1
  }
  expect(seen).toEqual([...new Set(seen)].toSorted(compareKeys))
  expect(seen.filter((key) => key.endsWith('stays'))).toEqual(stays)
})

it('finds shards that together contain the listing once', async () => {
  const days = Array.from({ length: 28 }, (_, index) => String(index + 1).padStart(2, '0'))
  const keys = days.flatMap((day) => Array.from({ length: 7 }, (_, id) => `m/2026/01/${day}/call-${id}.json`))
  await fill('sharded', [...keys, 'other/x'])
  const shards = await findShards(client, { bucket: 'sharded', prefix: 'm/', shardsMax: 6 })
  const lists = await Promise.all(
    shards.map(({ afterKey, upToKey }) =>
      listKeys({
        bucket: 'sharded',
        prefix: 'm/',
        ...(afterKey === null ? {} : { startAfter: afterKey }),
        ...(upToKey === null ? {} : { upTo: upToKey }),
      }),
    ),
  )
  expect(lists.flat()).toEqual(keys.toSorted(compareKeys))
  expect(shards.map(({ firstKey }) => firstKey)).toEqual(lists.map(([first]) => first))
  expect(Math.max(...lists.map(({ length }) => length))).toBeLessThan((2 * keys.length) / shards.length)
})

it('refuses to look for shards in a bucket that does not exist', async () => {
  const finding = findShards(client, { bucket: 'nowhere', prefix: '', shardsMax: 4 })
  await expect(finding).rejects.toMatchObject({ name: 'ObjectListError', code: 'no_such_bucket' })
})
