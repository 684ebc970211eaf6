/**
 * S3 encodes keys in its event notifications (and in listings on request) like an HTML form:
 * `red flower.jpg` as `red+flower.jpg`
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
 */
export function decodeFormKey(written: string): { key: string; rawKey?: string } {
  try {
    const key = decodeURIComponent(written.replaceAll('+', ' '))
    return key === written ? { key } : { key, rawKey: written }
  } catch {
    // A writer that encodes keys also encodes `%`. This one does not, so the text is the key itself.
    return { key: written, rawKey: written }
  }
}

/** The inverse. Slashes stay as they are, as in S3's events. */
export function encodeFormKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+')
}

/** Why a text cannot be the key of an object that we can fetch and record. Undefined if it can. */
export function keyProblem(key: string): string | undefined {
  if (key === '') return 'the key is empty'
  if (key.includes('\0')) return 'the key contains a NUL character'
  if (!key.isWellFormed()) return 'the key is not valid Unicode'
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
  if (Buffer.byteLength(key) > 1024) return 'the key is longer than the 1,024 bytes that S3 allows'
  return undefined
}
