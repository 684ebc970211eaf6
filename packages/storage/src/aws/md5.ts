import { type BinaryLike, createHash, hash } from 'node:crypto'

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

/** The same of content that comes in pieces. */
export type RunningMd5 = { update(piece: Uint8Array): void; digest(): string | undefined }

export function createMd5(): RunningMd5 {
  if (md5Of('') === undefined) return { update() {}, digest: () => undefined }
  const running = createHash('md5')
  return { update: (piece) => void running.update(piece), digest: () => running.digest('hex') }
}
