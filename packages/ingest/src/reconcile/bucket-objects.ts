import type { Listed } from '../bulk/sync-status.ts'

export type BucketObject = Listed & { key: string }

/** What a bucket holds below a prefix, from its listing or from an inventory. */
export type BucketObjects = {
  /** In the order of the keys' UTF-8 bytes, each key once. */
  pages: AsyncIterable<readonly BucketObject[]>
  /** Changes from this instant on may be missing. Null: the instant at which the comparison begins. */
  asOf: Date | null
  /**
   * Whether the key exists now. Given only where the pages may lack objects that are in the bucket; without it, an object
   * that is not in the pages is gone.
   */
  isThere?: (key: string, signal: AbortSignal) => Promise<boolean>
}
