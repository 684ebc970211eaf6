import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { crc32 } from 'node:zlib'

/** The received bytes do not match the checksum that S3 stored. */
export class ChecksumMismatchError extends Error {
  override readonly name = 'ChecksumMismatchError'
  readonly code = 'body_cut'
  readonly retryable = true

  constructor(header: string, bytesReceived: number) {
    super(`the ${bytesReceived} bytes received do not match their ${header}`)
  }
}

type Algorithm = { header: string; digest(bytes: Uint8Array): string }

/** The algorithms that Node computes natively (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html). */
const algorithms: readonly Algorithm[] = [
  { header: 'x-amz-checksum-crc32', digest: crc32Base64 },
  { header: 'x-amz-checksum-sha256', digest: (bytes) => hash('sha256', bytes, 'base64') },
  { header: 'x-amz-checksum-sha1', digest: (bytes) => hash('sha1', bytes, 'base64') },
]

/**
 * Compares the bytes with the checksum in the answer. Skips checksums with `-<parts>`: they cover the parts of an upload and
 * not the bytes. Throws `ChecksumMismatchError`.
 */
export function verifyChecksum(headers: IncomingHttpHeaders, bytes: Uint8Array): void {
  for (const { header, digest } of algorithms) {
    const expected = headers[header]
    if (typeof expected !== 'string' || expected.includes('-')) continue
    if (digest(bytes) !== expected) throw new ChecksumMismatchError(header, bytes.byteLength)
    return
  }
}

function crc32Base64(bytes: Uint8Array): string {
  const digest = Buffer.alloc(4)
  digest.writeUInt32BE(crc32(bytes))
  return digest.toString('base64')
}
