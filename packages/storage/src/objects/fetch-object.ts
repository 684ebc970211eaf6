import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { errorClassOf } from '../aws/error-class.ts'
import { checkIdentity } from './check-identity.ts'
import type { GetObject, ObjectHead } from './get-object.ts'
import { ObjectFetchError, ObjectPutError } from './object-errors.ts'
import { type ObjectRef, unquoteEtag } from './object-ref.ts'

export type FetchedObject =
  | FoundObject
  /** A true not-found, of every form of the ref that was tried. Never a refusal. */
  | { kind: 'missing' }
  /** `sizeBytes` as the store declared it, else as much as came until the limit was passed. */
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
   * Reading it took a request to KMS of its own, because the bucket has no bucket key
   * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html).
   */
  encryption?: 'kms-per-object'
  /** The key that answered. */
  key: string
  /**
   * `raw-key`: the message's key was not encoded as its format says. `newest-version`: the announced version is
   * gone or must not be read, and this is the key's newest.
   */
  foundAs: 'announced' | 'raw-key' | 'newest-version'
}

export type FetchOptions = {
  /** Larger objects are not read further than this. */
  bytesMax: number
  signal?: AbortSignal | undefined
}

/** Reads one object whole. Rejects with `ObjectFetchError`, never with anything else. */
export async function fetchObject(
  getObject: GetObject,
  ref: ObjectRef,
  options: FetchOptions,
): Promise<FetchedObject> {
  let refused: ObjectFetchError | undefined
  for (const attempt of attemptsFor(ref)) {
    const answer = await fetchOnce(getObject, ref, attempt, options).catch((error: unknown) => {
      // A right of its own, s3:GetObjectVersion, is needed to read by a version; the newest may be read without.
      if (attempt.versionId === undefined || !isRefusal(error)) throw error
      refused = error
      return { kind: 'missing' } as const
    })
    if (answer.kind !== 'missing') return answer
  }
  // What must not be read may well be there.
  if (refused !== undefined) throw refused
  return { kind: 'missing' }
}

function isRefusal(error: unknown): error is ObjectFetchError {
  return error instanceof ObjectFetchError && error.code === 'access_denied'
}

/** Writes one object whole. Rejects with `ObjectPutError`. */
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

function attemptsFor(ref: ObjectRef): Attempt[] {
  const { key, rawKey, versionId } = ref
  const attempts: Attempt[] = [{ key, versionId, foundAs: 'announced' }]
  if (rawKey !== undefined && rawKey !== key) attempts.push({ key: rawKey, versionId, foundAs: 'raw-key' })
  if (versionId !== undefined) attempts.push({ key, versionId: undefined, foundAs: 'newest-version' })
  return attempts
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
    // The socket's own error would tell of a broken connection, when it was us who broke it.
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
    // Who unpacks a body on the way may mark the ETag as weak; a listing gives the plain one.
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
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: 404 NoSuchKey or NoSuchVersion, and 405 when
 * the version asked for is a delete marker. A 404 without an S3 error code counts only with S3's request id:
 * a misrouted proxy also answers 404, and its word must not make us ack.
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
