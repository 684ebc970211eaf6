import type { Source } from '../sources/find-source.ts'

/**
 * The bucket that local files are in, in the ledger: no bucket can be configured by such a name, and bucket, `//` and
 * key are the file's URL. A file's key is its absolute path.
 */
export const localBucket = 'file:'

/** The configured source with the files of this machine in place of its bucket: its name, zone and retention hold. */
export function localSourceOf<One extends Source>(source: One): One {
  return { ...source, bucket: localBucket, prefix: '' }
}
