import { type BinaryLike, createHash, hash } from 'node:crypto'

/**
 * The MD5 in hex, which S3 and SQS use as checksum. Undefined if this machine refuses to compute it, as OpenSSL in FIPS mode
 * does. Then it cannot be compared, and only the other checks apply.
 */
export function md5Of(content: BinaryLike): string | undefined {
  try {
    return hash('md5', content)
  } catch {
    return undefined
  }
}

/** The same for content that arrives in pieces. */
export type RunningMd5 = { update(piece: Uint8Array): void; digest(): string | undefined }

export function createMd5(): RunningMd5 {
  if (md5Of('') === undefined) return { update() {}, digest: () => undefined }
  const running = createHash('md5')
  return { update: (piece) => void running.update(piece), digest: () => running.digest('hex') }
}
