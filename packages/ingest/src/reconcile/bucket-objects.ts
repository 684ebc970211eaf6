import type { Listed } from '../bulk/sync-status.ts'

export type BucketObject = Listed & { key: string }

/** What a bucket holds below a prefix, from its listing or from an inventory: the same to whoever compares. */
export type BucketObjects = {
  /** In the order of the keys' UTF-8 bytes, each key once. */
  pages: AsyncIterable<readonly BucketObject[]>
  /** What changed from this instant on is not in it for certain. Null: the instant at which the comparison begins. */
  asOf: Date | null
  /**
   * Whether the key is there now. Only where the pages may lack objects that are in the bucket; without it, what is not
   * in them is gone.
   */
  isThere?: (key: string, signal: AbortSignal) => Promise<boolean>
}
