import { type BinaryLike, hash } from 'node:crypto'

/**
 * The MD5 in hex, by which S3 and SQS name what they send. Undefined where this machine refuses to take one, as OpenSSL in
 * FIPS mode does: then it cannot be compared, and the checks beside it have to do.
 */
export function md5Of(content: BinaryLike): string | undefined {
  try {
    return hash('md5', content)
  } catch {
    return undefined
  }
}
