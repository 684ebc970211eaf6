/**
 * Reads one object by its exact key. There are two implementations: `getObjectBySdk`, and `getObjectSigned`, which uses a
 * tenth of the CPU. Rejects with an Error that `classifyError` can read, named like the error of S3.
 */
export type GetObject = (request: GetObjectRequest) => Promise<GetObjectAnswer>

export type GetObjectRequest = {
  bucket: string
  key: string
  versionId: string | undefined
  /** Reading stops at this size. */
  bytesMax: number
  signal: AbortSignal | undefined
}

export type GetObjectAnswer =
  | { kind: 'read'; bytes: Uint8Array; head: ObjectHead }
  /** `sizeBytes` is the declared size, or else the bytes that were read until the limit was passed. */
  | { kind: 'too-large'; sizeBytes: number }

/** From the headers of the answer. */
export type ObjectHead = {
  lastModified: Date
  etag: string | undefined
  versionId: string | undefined
  contentEncoding: string | undefined
  serverSideEncryption: string | undefined
  hasBucketKey: boolean
}
