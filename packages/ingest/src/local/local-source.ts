import type { Source } from '../sources/find-source.ts'

/**
 * The bucket of local files in the ledger. No real bucket can have this name, and bucket, `//`, and key make the file's URL. A
 * file's key is its absolute path.
 */
export const localBucket = 'file:'

/** The configured source with the files of this machine instead of its bucket. Its name, zone, and retention stay. */
export function localSourceOf<One extends Source>(source: One): One {
  return { ...source, bucket: localBucket, prefix: '' }
}
