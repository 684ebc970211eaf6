import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3'
import { compareKeys } from './compare-keys.ts'
import { ObjectListError } from './object-errors.ts'
import { decodeFormKey } from './object-key.ts'
import { createObjectRef, type ObjectRef } from './object-ref.ts'
import { verdictOf } from './retry-verdict.ts'

/** One object of a bucket, as its listing tells. */
export type ListedObject = ObjectRef & { sizeBytes: number; lastModified: Date }

export type ListOptions = {
  bucket: string
  /** Only keys that begin so; the empty text means all. */
  prefix: string
  /** Only keys after this one in the listing's order (UTF-8 bytes): where an interrupted listing goes on. */
  startAfter?: string | undefined
  /** Only keys up to this one, which is included, in the same order. */
  upTo?: string | undefined
  signal?: AbortSignal | undefined
}

/** All objects under a prefix in key order, as the store pages them: up to 1,000 each. Rejects with `ObjectListError`. */
export async function* listPages(client: S3Client, options: ListOptions): AsyncGenerator<ListedObject[]> {
  let continuationToken: string | undefined
  do {
    const page = await listPage(client, options, continuationToken)
    const listed = readPage(page, options.bucket)
    const inRange = listed.filter(
      ({ key }) => options.upTo === undefined || compareKeys(key, options.upTo) <= 0,
    )
    if (inRange.length > 0) yield inRange
    if (inRange.length < listed.length) return
    continuationToken = nextToken(page, continuationToken, options)
  } while (continuationToken !== undefined)
}

/** The same, one by one. */
export async function* listObjects(client: S3Client, options: ListOptions): AsyncGenerator<ListedObject> {
  for await (const page of listPages(client, options)) yield* page
}

function readPage(page: ListObjectsV2CommandOutput, bucket: string): ListedObject[] {
  return (page.Contents ?? []).flatMap(({ Key, LastModified, ETag, Size }) => {
    if (Key === undefined || LastModified === undefined) return []
    const ref = createObjectRef({
      bucket,
      key: page.EncodingType === 'url' ? decodeFormKey(Key).key : Key,
      rawKey: undefined,
      versionId: undefined,
      etag: ETag,
      sequencer: undefined,
      sizeBytes: undefined,
    })
    return [{ ...ref, sizeBytes: Size ?? 0, lastModified: LastModified }]
  })
}

async function listPage(
  client: S3Client,
  options: ListOptions,
  continuationToken: string | undefined,
): Promise<ListObjectsV2CommandOutput> {
  try {
    return await client.send(
      new ListObjectsV2Command({
        Bucket: options.bucket,
        Prefix: options.prefix,
        StartAfter: options.startAfter,
        ContinuationToken: continuationToken,
        // Plain keys with control characters make an answer that is not XML, and one such key would end the listing.
        EncodingType: 'url',
      }),
      options.signal === undefined ? {} : { abortSignal: options.signal },
    )
  } catch (error) {
    throw new ObjectListError(options, error)
  }
}

/** A listing that says "more" without saying where, or turns in a circle, must not pass for a complete one. */
function nextToken(
  page: ListObjectsV2CommandOutput,
  lastToken: string | undefined,
  place: ListOptions,
): string | undefined {
  if (!page.IsTruncated) return undefined
  const token = page.NextContinuationToken
  if (token === undefined || token === lastToken) {
    const cause = new Error('the page says there is more, but not where it goes on')
    throw new ObjectListError(place, cause, verdictOf('unreadable_answer'))
  }
  return token
}
