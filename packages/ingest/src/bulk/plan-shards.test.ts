import {
  type ObjectStoreAndQueue,
  startObjectStoreAndQueue,
} from '@aftercall/embedded/object-store-and-queue'
import { dayOfKey } from '@aftercall/metadata/read/key-day'
import { createS3Client, type S3Client } from '@aftercall/storage/aws/aws-clients'
import { listPages } from '@aftercall/storage/listing/list-objects'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { planShards } from './plan-shards.ts'

let store: ObjectStoreAndQueue
let client: S3Client
const bucket = 'files'
const days = Array.from({ length: 12 }, (_, day) => `2026/03/${String(day + 10)}`)

beforeAll(async () => {
  store = await startObjectStoreAndQueue()
  client = createS3Client({
    env: {},
    endpoint: store.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  })
  // S3 gives 1,000 keys at once; smaller pages show the same with fewer objects.
  client.middlewareStack.add(
    (next) => (args) => {
      const { query } = args.request as { query?: Record<string, string> }
      if (query?.['list-type'] === '2') query['max-keys'] = '10'
      return next(args)
    },
    { step: 'build', name: 'smallPages' },
  )
  await store.createBucket(bucket)
  const keys = days.flatMap((day) => Array.from({ length: 15 }, (_, id) => `metadata/${day}/call-${id}.json`))
  await Promise.all(keys.map((key) => putObject(client, { bucket, key, bytes: Buffer.from('{}') })))
})
afterAll(async () => {
  client.destroy()
  await store.stop()
})

/** The first day of each part, in the order in which parts are taken up. */
async function daysInOrder(order: 'newest' | 'oldest'): Promise<string[]> {
  const options = { client, bucket, prefix: 'metadata/', inventory: undefined, order }
  const shards = await planShards({ ...options, signal: new AbortController().signal })
  const first: string[] = []
  for (const { afterKey, upToKey } of shards) {
    const range = { startAfter: afterKey ?? undefined, upTo: upToKey ?? undefined }
    for await (const page of listPages(client, { bucket, prefix: 'metadata/', ...range })) {
      first.push(dayOfKey(page[0]?.key ?? '') ?? '')
      break
    }
  }
  return first
}

test('parts are taken up newest or oldest first, by the day in their keys', async () => {
  const oldest = await daysInOrder('oldest')
  expect(oldest.length).toBeGreaterThan(5)
  expect(oldest).toEqual(oldest.toSorted())
  const newest = await daysInOrder('newest')
  expect(newest).toEqual(newest.toSorted().toReversed())
  expect(newest.length).toBe(oldest.length)
})
