/**
 * Reads one object, by exactly the name asked for. There are two: `getObjectBySdk`, and `getObjectSigned`, which costs
 * a tenth of the CPU. Rejects with an Error that `judgeError` can read, and that names a refusal as S3 does. The signed
 * one sends one request, and so does the other with a client whose `attemptsMax` is 1: the caller decides on another try.
 */
export type GetObject = (request: GetObjectRequest) => Promise<GetObjectAnswer>

export type GetObjectRequest = {
  bucket: string
  key: string
  versionId: string | undefined
  /** Larger objects are not read further than this. */
  bytesMax: number
  signal: AbortSignal | undefined
}

export type GetObjectAnswer =
  | { kind: 'read'; bytes: Uint8Array; head: ObjectHead }
  /** `sizeBytes` as the store declared it, else as much as came until the limit was passed. */
  | { kind: 'too-large'; sizeBytes: number }

/** As the headers of the answer say it. */
export type ObjectHead = {
  lastModified: Date
  etag: string | undefined
  versionId: string | undefined
  contentEncoding: string | undefined
  serverSideEncryption: string | undefined
  hasBucketKey: boolean
}
