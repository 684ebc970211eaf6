import { createPermits } from '@aftercall/runtime/limits/permits'
import type { S3Client } from '@aws-sdk/client-s3'
import { type ListRetryOptions, listPageWithRetry } from './list-page-with-retry.ts'
import { type ListKeys, type Shard, splitKeys } from './split-keys.ts'

export type { Shard } from './split-keys.ts'

export type FindShardsOptions = ListRetryOptions & {
  bucket: string
  /** Only keys that begin so; the empty text means all. */
  prefix: string
  /** At the most so many; fewer where there is too little to split. */
  shardsMax: number
  /** Only keys after this one. */
  startAfter?: string | undefined
  signal?: AbortSignal | undefined
}

/** Calls under way at the same time. */
const callsAtOnceMax = 8

/**
 * Ranges of keys that can be listed side by side. Together they cover the prefix exactly once, whatever lies in it now
 * or later; they are found by looking at where the keys differ, so a bad guess is unbalanced and never wrong.
 * Makes at most about ten calls for each shard. Rejects with `ObjectListError`.
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
