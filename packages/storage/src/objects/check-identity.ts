import { md5Of } from '../aws/md5.ts'
import { UnreadableAnswerError } from '../aws/service-answer.ts'
import type { ObjectHead } from './get-object.ts'
import { type ObjectRef, unquoteEtag } from './object-ref.ts'
import { BodyCutError } from './read-body.ts'

/**
 * Whether a successful answer can be the object that was asked for. What stands before a store, or a store in trouble, also
 * answers with 200: with nothing, an error, a page to log in, another version. Its word must not make us reject the
 * object. Throws `BodyCutError` or `UnreadableAnswerError`, which are tried again.
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
  // A proxy that states the length of what it cut off leaves no trace in the answer. Longer is no sign: something may
  // have unpacked it on the way.
  if (isAnnounced && sizeBytes !== undefined && bytes.byteLength < sizeBytes)
    throw new BodyCutError(bytes.byteLength, sizeBytes)
  if (bytes.byteLength === 0 && head.etag === undefined)
    throw new UnreadableAnswerError('the answer has neither bytes nor an ETag')
  const page = pageIn(bytes)
  if (page === undefined || (isAnnounced && bytes.byteLength === sizeBytes) || isMd5(head, bytes)) return
  throw new UnreadableAnswerError(`the answer is ${page} in place of the object`)
}

/** A version never changes, so that its number and its ETag hold. The version "null" is replaced by each write. */
function checkVersion(
  { etag }: Pick<ObjectRef, 'etag'>,
  versionAsked: string | undefined,
  head: ObjectHead,
): void {
  if (versionAsked === undefined || versionAsked === 'null') return
  if (head.versionId !== undefined && head.versionId !== versionAsked)
    throw new UnreadableAnswerError('the answer is another version than the one asked for')
  const given = unquoteEtag(head.etag ?? '')
  if (isPlainEtag(given) && isPlainEtag(etag ?? '') && given !== etag)
    throw new UnreadableAnswerError('the answer has another ETag than the version that was announced')
}

/** As S3 writes them. Others may be changed on the way, by what packs or unpacks a body. */
function isPlainEtag(etag: string): boolean {
  return /^[0-9a-f]{32}(-\d+)?$/.test(etag)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html: of an object that came whole and is not encrypted by KMS. */
function isMd5({ etag = '' }: ObjectHead, bytes: Uint8Array): boolean {
  return unquoteEtag(etag) === md5Of(bytes)
}

const startBytes = 512
/** How nearly all files begin. */
const openingBrace = 0x7b
const gzipStart = 0x1f

/** What the body is, where it is no file of ours in any case: those are JSON or packed, and begin with another letter. */
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
