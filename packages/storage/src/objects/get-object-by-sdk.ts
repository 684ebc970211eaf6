import { Readable } from 'node:stream'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { UnreadableAnswerError } from '../aws/service-answer.ts'
import type { GetObject } from './get-object.ts'
import { readBody } from './read-body.ts'

/** Reads objects with the SDK's own command. */
export function getObjectBySdk(client: S3Client): GetObject {
  return async ({ bucket, key, versionId, bytesMax, signal }) => {
    const answer = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
      signal === undefined ? {} : { abortSignal: signal },
    )
    requireWhole(answer.$metadata.httpStatusCode ?? 200)
    const { Body: body, LastModified: lastModified } = answer
    if (!(body instanceof Readable) || lastModified === undefined)
      throw new UnreadableAnswerError('the answer lacks a body or Last-Modified')
    const read = await readBody(body, { bytesMax, bytesDeclared: answer.ContentLength, signal })
    if (read.kind === 'too-large') return read
    return {
      ...read,
      head: {
        lastModified,
        etag: answer.ETag,
        versionId: answer.VersionId,
        contentEncoding: answer.ContentEncoding,
        serverSideEncryption: answer.ServerSideEncryption,
        hasBucketKey: answer.BucketKeyEnabled === true,
      },
    }
  }
}

/** We never ask for a part (206), and no content (204) is not an object. 203 means that a proxy changed something. */
export function requireWhole(statusCode: number): void {
  if (statusCode === 200 || statusCode === 203) return
  throw new UnreadableAnswerError(
    `the store answered a request for a whole object with HTTP status ${statusCode}`,
  )
}
