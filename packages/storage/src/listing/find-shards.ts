import { createPermits } from '@aftercall/runtime/limits/permits'
import type { S3Client } from '@aws-sdk/client-s3'
import { type ListRetryOptions, listPageWithRetry } from './list-page-with-retry.ts'
import { type ListKeys, type Shard, splitKeys } from './split-keys.ts'

export type { Shard } from './split-keys.ts'

export type FindShardsOptions = ListRetryOptions & {
  bucket: string
  /** Lists only keys that begin with it. Empty means all. */
  prefix: string
  /** The most shards. Fewer if there are too few keys to split. */
  shardsMax: number
  /** Only keys after this one. */
  startAfter?: string | undefined
  signal?: AbortSignal | undefined
}

/** The most concurrent calls. */
const callsAtOnceMax = 8

/**
 * Finds ranges of keys that can be listed in parallel. Together they cover the prefix exactly once, for all present and
 * future keys. They come from looking at where keys differ, so a bad guess makes the ranges uneven but never wrong. Makes at
 * most about ten calls for each shard. Rejects with `ObjectListError`.
 */
export async function findShards(client: S3Client, options: FindShardsOptions): Promise<Shard[]> {
  const { bucket, prefix, shardsMax, startAfter, signal } = options
  const permits = createPermits(callsAtOnceMax)
  const listKeys: ListKeys = (range) =>
    permits.run(async () => {
      const page = await listPageWithRetry(client, { bucket, ...range, signal }, options)
      const objects = page.objects.map(({ key, lastModified }) => ({ key, lastModified }))
      return { objects, truncated: page.continuationToken !== undefined }
    })
  return splitKeys(listKeys, { prefix, shardsMax, startAfter })
}
