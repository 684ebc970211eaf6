import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3'
import { type ErrorClass, errorClassOf } from '../aws/error-class.ts'
import { ObjectListError } from '../objects/object-errors.ts'
import { decodeFormKey } from '../objects/object-key.ts'
import { createObjectRef, type ObjectRef } from '../objects/object-ref.ts'
import { compareKeys } from './compare-keys.ts'

/** One object of a bucket, from its listing. */
export type ListedObject = ObjectRef & { sizeBytes: number; lastModified: Date }

export type PageRequest = {
  bucket: string
  /** Lists only keys that begin with it. Empty means all. */
  prefix: string
  /** Lists only keys after this one, in the order of `compareKeys`. With a token: the last key of the page before. */
  startAfter?: string | undefined
  /** From the page before. Sent instead of `startAfter`. */
  continuationToken?: string | undefined
  signal?: AbortSignal | undefined
}

export type ListedPage = {
  /** Up to 1,000, in key order. May be empty although more follow. */
  objects: ListedObject[]
  /** Undefined on the last page. */
  continuationToken: string | undefined
}

/**
 * One call of ListObjectsV2 (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html). Rejects with
 * `ObjectListError`, also if the answer is not a listing, or not in key order.
 */
export async function listPage(client: S3Client, request: PageRequest): Promise<ListedPage> {
  const answer = await sendRequest(client, request)
  // An answer that does not come from the store looks like an empty listing, and must not pass as one.
  if (answer.IsTruncated === undefined) throw unreadable(request, 'the answer is not a listing')
  const objects = readObjects(answer, request)
  checkKeys(objects, request)
  return {
    // Some stores also list the key that the listing starts after, or ignore it and begin at the first key.
    objects: objects.filter(({ key }) => compareKeys(key, request.startAfter ?? '') > 0),
    continuationToken: answer.IsTruncated ? readToken(answer, request) : undefined,
  }
}

async function sendRequest(client: S3Client, request: PageRequest): Promise<ListObjectsV2CommandOutput> {
  const { bucket, prefix, startAfter, continuationToken, signal } = request
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    ...(continuationToken === undefined
      ? { StartAfter: startAfter }
      : { ContinuationToken: continuationToken }),
    // Plain keys with control characters make the answer invalid XML, and one such key would end the listing.
    EncodingType: 'url',
  })
  try {
    return await client.send(command, signal === undefined ? {} : { abortSignal: signal })
  } catch (error) {
    if (signal?.aborted) throw new ObjectListError(request, error, errorClassOf('aborted'))
    throw new ObjectListError(request, error)
  }
}

function readObjects(answer: ListObjectsV2CommandOutput, request: PageRequest): ListedObject[] {
  return (answer.Contents ?? []).map(({ Key, LastModified, ETag, Size }) => {
    if (Key === undefined || LastModified === undefined)
      throw unreadable(request, 'an object in the listing has no Key or no LastModified')
    const ref = createObjectRef({
      bucket: request.bucket,
      key: answer.EncodingType === 'url' ? decodeFormKey(Key).key : Key,
      rawKey: undefined,
      versionId: undefined,
      etag: ETag,
      sequencer: undefined,
      sizeBytes: undefined,
    })
    return { ...ref, sizeBytes: Size ?? 0, lastModified: LastModified }
  })
}

/**
 * Comparing a listing with the ledger relies on its order, and so does continuing after the last key. Directory buckets
 * list in no order (https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-differences.html).
 */
function checkKeys(objects: readonly ListedObject[], request: PageRequest): void {
  let previous = request.continuationToken === undefined ? undefined : request.startAfter
  for (const { key } of objects) {
    if (!key.startsWith(request.prefix))
      throw notAsAsked(request, `the store lists ${JSON.stringify(key)}, which is outside the prefix`)
    if (previous !== undefined && compareKeys(previous, key) >= 0)
      throw notAsAsked(
        request,
        `the store does not list in key order: ${JSON.stringify(key)} came after ${JSON.stringify(previous)}; ` +
          'use a general purpose bucket, or load only what messages announce',
      )
    previous = key
  }
}

/** A listing that is truncated without a token, or repeats its token, must not pass as complete. */
function readToken(answer: ListObjectsV2CommandOutput, request: PageRequest): string {
  const token = answer.NextContinuationToken
  if (token === undefined || token === request.continuationToken)
    throw unreadable(request, 'the page is truncated, but has no token for the next one')
  return token
}

function unreadable(request: PageRequest, what: string): ObjectListError {
  return new ObjectListError(request, new Error(what), errorClassOf('unreadable_answer'))
}

function notAsAsked(request: PageRequest, what: string): ObjectListError {
  const errorClass: ErrorClass = { ...errorClassOf('unreadable_answer'), retryable: false }
  return new ObjectListError(request, new Error(what), errorClass)
}
