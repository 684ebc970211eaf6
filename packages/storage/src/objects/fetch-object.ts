import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { errorClassOf } from '../aws/error-class.ts'
import { checkIdentity } from './check-identity.ts'
import type { GetObject, ObjectHead } from './get-object.ts'
import { ObjectFetchError, ObjectPutError } from './object-errors.ts'
import { type ObjectRef, unquoteEtag } from './object-ref.ts'

export type FetchedObject =
  | FoundObject
  /** The store has the object under no form of the ref. Never a refusal. */
  | { kind: 'missing' }
  /** `sizeBytes` is the declared size, or else the bytes that were read until the limit was passed. */
  | { kind: 'too-large'; sizeBytes: number }

export type FoundObject = {
  kind: 'found'
  bytes: Uint8Array
  sizeBytes: number
  lastModified: Date
  etag?: string
  versionId?: string
  contentEncoding?: string
  /**
   * Reading it needed its own request to KMS, because the bucket has no bucket key
   * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html).
   */
  encryption?: 'kms-per-object'
  /** The key under which it was found. */
  key: string
  /**
   * `raw-key`: the key in the message was not encoded, although its format requires it, as Ceph does. `newest-version`: the
   * announced version is gone or may not be read, and this is the newest version of the key.
   */
  foundAs: 'announced' | 'raw-key' | 'newest-version'
}

export type FetchOptions = {
  /** Reading stops at this size. */
  bytesMax: number
  signal?: AbortSignal | undefined
}

/**
 * Reads one whole object. Rejects only with `ObjectFetchError`.
 *
 * `a%20b` means the key `a b`, unless the sender does not encode keys, as Ceph does not. Both keys may exist. The decoded
 * one is read first; if that is not the object that was announced, the raw one is read, too.
 */
export async function fetchObject(
  getObject: GetObject,
  ref: ObjectRef,
  options: FetchOptions,
): Promise<FetchedObject> {
  let refused: ObjectFetchError | undefined
  let attempt = firstAttempt(ref)
  while (attempt !== undefined) {
    try {
      const answer = await fetchOnce(getObject, ref, attempt, options)
      if (answer.kind !== 'missing') {
        const isSettled = attempt.foundAs !== 'announced' || isAsAnnounced(answer, ref)
        return isSettled ? answer : ((await fetchByRawKey(getObject, ref, options)) ?? answer)
      }
    } catch (error) {
      // Reading a version needs its own permission, s3:GetObjectVersion. Reading the newest does not.
      if (attempt.versionId === undefined || !isRefusal(error)) throw error
      refused = error
    }
    attempt = attemptAfter(attempt, ref)
  }
  // An object that we may not read may still exist.
  if (refused !== undefined) throw refused
  return { kind: 'missing' }
}

/** False if the object has another ETag, or another size where it was not read, than the announced one. */
function isAsAnnounced(answer: FetchedObject, { etag, sizeBytes }: ObjectRef): boolean {
  if (answer.kind === 'missing') return false
  if (answer.kind === 'too-large') return sizeBytes === undefined || answer.sizeBytes === sizeBytes
  return etag === undefined || answer.etag === undefined || answer.etag === etag
}

/** The object under the raw key, if that is the announced one. Otherwise the decoded key was right, and was rewritten. */
async function fetchByRawKey(
  getObject: GetObject,
  ref: ObjectRef,
  options: FetchOptions,
): Promise<FetchedObject | undefined> {
  const { key, rawKey, versionId } = ref
  if (rawKey === undefined || rawKey === key) return undefined
  try {
    const answer = await fetchOnce(getObject, ref, { key: rawKey, versionId, foundAs: 'raw-key' }, options)
    return isAsAnnounced(answer, ref) ? answer : undefined
  } catch (error) {
    // S3 answers so for a key that does not exist, unless we may list the bucket.
    if (isRefusal(error)) return undefined
    throw error
  }
}

function isRefusal(error: unknown): error is ObjectFetchError {
  return error instanceof ObjectFetchError && error.code === 'access_denied'
}

/** Writes one whole object. Rejects with `ObjectPutError`. */
export async function putObject(
  client: S3Client,
  object: {
    bucket: string
    key: string
    bytes: Uint8Array
    contentType?: string
    contentEncoding?: string
    signal?: AbortSignal | undefined
  },
): Promise<{ etag?: string; versionId?: string }> {
  const { bucket, key, bytes, contentType, contentEncoding, signal } = object
  try {
    const answer = await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: contentType,
        ContentEncoding: contentEncoding,
      }),
      signal === undefined ? {} : { abortSignal: signal },
    )
    return {
      ...(answer.ETag === undefined ? {} : { etag: unquoteEtag(answer.ETag) }),
      ...(answer.VersionId === undefined ? {} : { versionId: answer.VersionId }),
    }
  } catch (error) {
    throw new ObjectPutError({ bucket, key }, error)
  }
}

type Attempt = { key: string; versionId: string | undefined; foundAs: FoundObject['foundAs'] }

/** Finds nearly all objects. */
function firstAttempt({ key, versionId }: ObjectRef): Attempt | undefined {
  return { key, versionId, foundAs: 'announced' }
}

function attemptAfter({ foundAs }: Attempt, { key, rawKey, versionId }: ObjectRef): Attempt | undefined {
  if (foundAs === 'announced' && rawKey !== undefined && rawKey !== key)
    return { key: rawKey, versionId, foundAs: 'raw-key' }
  if (foundAs !== 'newest-version' && versionId !== undefined)
    return { key, versionId: undefined, foundAs: 'newest-version' }
  return undefined
}

async function fetchOnce(
  getObject: GetObject,
  ref: ObjectRef,
  attempt: Attempt,
  options: FetchOptions,
): Promise<FetchedObject> {
  const { bucket } = ref
  const { key, versionId } = attempt
  const { bytesMax, signal } = options
  try {
    const answer = await getObject({ bucket, key, versionId, bytesMax, signal })
    if (answer.kind === 'too-large') return answer
    checkIdentity(ref, versionId, answer.head, answer.bytes)
    return foundObject(answer.head, answer.bytes, attempt)
  } catch (error) {
    if (isNotFound(error, versionId)) return { kind: 'missing' }
    // The socket reports a broken connection, but we closed it ourselves.
    if (signal?.aborted) throw new ObjectFetchError({ bucket, key }, error, errorClassOf('aborted'))
    throw new ObjectFetchError({ bucket, key }, error)
  }
}

function foundObject(head: ObjectHead, bytes: Uint8Array, attempt: Attempt): FoundObject {
  const { lastModified, etag, versionId, contentEncoding } = head
  return {
    kind: 'found',
    bytes,
    sizeBytes: bytes.byteLength,
    lastModified,
    key: attempt.key,
    foundAs: attempt.foundAs,
    // A proxy that decompresses the body may mark the ETag as weak. A listing has the plain one.
    ...(etag === undefined ? {} : { etag: unquoteEtag(etag.startsWith('W/') ? etag.slice(2) : etag) }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
    ...(hasOwnKmsRequest(head) ? { encryption: 'kms-per-object' } : {}),
  }
}

function hasOwnKmsRequest({ serverSideEncryption, hasBucketKey }: ObjectHead): boolean {
  return serverSideEncryption?.startsWith('aws:kms') === true && !hasBucketKey
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: 404 NoSuchKey or NoSuchVersion, and 405 if the
 * requested version is a delete marker. A 404 without an S3 error code counts only with S3's request id: a misrouted proxy
 * also answers 404, and we must not ack for that.
 */
function isNotFound(error: unknown, versionId: string | undefined): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'NoSuchKey' || error.name === 'NoSuchVersion') return true
  if (error.name === 'MethodNotAllowed') return versionId !== undefined
  return error.name === 'NotFound' && hasRequestId(error)
}

function hasRequestId(error: object): boolean {
  const metadata = (error as { $metadata?: { requestId?: unknown } }).$metadata
  return typeof metadata?.requestId === 'string'
}
