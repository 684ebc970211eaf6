import { md5Of } from '../aws/md5.ts'
import { UnreadableAnswerError } from '../aws/service-answer.ts'
import type { ObjectHead } from './get-object.ts'
import { type ObjectRef, unquoteEtag } from './object-ref.ts'
import { BodyCutError } from './read-body.ts'

/**
 * Checks that a successful answer can be the object we asked for. A proxy, or a store in trouble, also answers with 200: with
 * an empty body, an error, a login page, or another version. We must not reject the object for that. Throws `BodyCutError`
 * or `UnreadableAnswerError`, which are retryable.
 */
export function checkIdentity(
  ref: Pick<ObjectRef, 'etag' | 'sizeBytes'>,
  versionAsked: string | undefined,
  head: ObjectHead,
  bytes: Uint8Array,
): void {
  checkVersion(ref, versionAsked, head)
  const isAnnounced = head.etag !== undefined && unquoteEtag(head.etag) === ref.etag
  const { sizeBytes } = ref
  // A proxy that cuts a body and sends the shorter length leaves no other trace. A longer body is fine: a proxy may have
  // decompressed it.
  if (isAnnounced && sizeBytes !== undefined && bytes.byteLength < sizeBytes)
    throw new BodyCutError(bytes.byteLength, sizeBytes)
  if (bytes.byteLength === 0 && head.etag === undefined)
    throw new UnreadableAnswerError('the answer has neither bytes nor an ETag')
  const page = pageIn(bytes)
  if (page === undefined || (isAnnounced && bytes.byteLength === sizeBytes) || isMd5(head, bytes)) return
  throw new UnreadableAnswerError(`the answer is ${page} instead of the object`)
}

/** A version never changes, so its id and ETag must match. Except for the version "null", which each write replaces. */
function checkVersion(
  { etag }: Pick<ObjectRef, 'etag'>,
  versionAsked: string | undefined,
  head: ObjectHead,
): void {
  if (versionAsked === undefined || versionAsked === 'null') return
  if (head.versionId !== undefined && head.versionId !== versionAsked)
    throw new UnreadableAnswerError('the answer is not the version that was asked for')
  const given = unquoteEtag(head.etag ?? '')
  if (isPlainEtag(given) && isPlainEtag(etag ?? '') && given !== etag)
    throw new UnreadableAnswerError('the ETag of the answer is not the one that was announced')
}

/** The forms that S3 writes. A proxy that compresses or decompresses the body may change other forms. */
function isPlainEtag(etag: string): boolean {
  return /^[0-9a-f]{32}(-\d+)?$/.test(etag)
}

/** The ETag is the MD5 if the object was uploaded in one part and is not encrypted by KMS (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html). */
function isMd5({ etag = '' }: ObjectHead, bytes: Uint8Array): boolean {
  return unquoteEtag(etag) === md5Of(bytes)
}

const startBytes = 512
/** The first byte of nearly all files. */
const openingBrace = 0x7b
const gzipStart = 0x1f

/** Names what the body is if it cannot be a session file: those are JSON or gzip, and begin with another byte. */
function pageIn(bytes: Uint8Array): string | undefined {
  if (bytes[0] === openingBrace || bytes[0] === gzipStart) return undefined
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(startBytes, bytes.byteLength)).toString(
    'latin1',
  )
  const text = start.replace(/^(\xef\xbb\xbf)?\s*/, '')
  if (/^(<\?xml[^>]*>\s*)?<Error[\s>]/.test(text)) {
    const code = /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(text)?.[1]
    return `an error document${code === undefined ? '' : ` (${code})`}`
  }
  if (/^<(!doctype\s+html|html|head|body)[\s>]/i.test(text)) return 'an HTML page'
  return /^<\?xml\s/.test(text) ? 'an XML document' : undefined
}
