import type { IncomingHttpHeaders } from 'node:http'
import type { S3Client } from '@aws-sdk/client-s3'
import { connectTimeoutMs, s3Limits } from '../aws/aws-clients.ts'
import { createHttpCaller, type HttpCaller } from '../aws/http-call.ts'
import type { HttpAnswer } from '../aws/http-message.ts'
import type { ProgressLimits } from '../aws/progress-watch.ts'
import type { AwsEnvironment } from '../aws/proxy-settings.ts'
import { UnreadableAnswerError } from '../aws/service-answer.ts'
import { encodePath } from '../aws/sign-request.ts'
import { createSignedCaller } from '../aws/signed-call.ts'
import { createBucketAddresses } from './bucket-address.ts'
import type { GetObject, GetObjectAnswer, ObjectHead } from './get-object.ts'
import { requireWhole } from './get-object-by-sdk.ts'
import { readObjectRefusal } from './read-object-refusal.ts'
import { verifyChecksum } from './verify-checksum.ts'

export type SignedGetOptions = {
  /** Provides addresses, Regions, and credentials. */
  client: S3Client
  /** Reads from buckets that need a signature which only the SDK makes. */
  getObjectBySdk: GetObject
  env: AwsEnvironment
  /** Connections that several clients share: see `openObjectConnections`. */
  http?: HttpCaller | undefined
  /** The most concurrent requests. */
  connectionsMax?: number | undefined
  /** How slow a body may be. `progressLimits` by default. */
  progress?: ProgressLimits | undefined
}

/**
 * Connections for the objects of all sources. Sources are often prefixes of one bucket: with connections for each, there would
 * be several times as many, and one over TLS takes 0.1 MB.
 */
export function openObjectConnections(options: { env: AwsEnvironment; connectionsMax: number }): HttpCaller {
  return createHttpCaller({ ...options, connectTimeoutMs })
}

/** Reads objects without the SDK's overhead per request, but from the same addresses. Sends one request. */
export function getObjectSigned(options: SignedGetOptions): { getObject: GetObject; destroy(): void } {
  const { client, env, progress, connectionsMax = s3Limits.connectionsMax } = options
  const caller = createSignedCaller({
    service: 's3',
    config: client.config,
    http: options.http,
    env,
    connectionsMax,
    connectTimeoutMs,
    progress,
  })
  const addressOf = createBucketAddresses(client)

  const getObject: GetObject = async (request) => {
    const { bucket, key, versionId, bytesMax, signal } = request
    const address = await addressOf(bucket)
    if (address === undefined) return options.getObjectBySdk(request)
    const { origin, signFor, headers } = address
    const path = address.path + encodePath(key)
    const answer = await caller.call({
      method: 'GET',
      origin,
      path,
      query: versionId === undefined ? {} : { versionId },
      headers,
      signFor,
      signal,
      bytesMax,
      answerTimeoutMs: s3Limits.requestMs,
      idleTimeoutMs: s3Limits.idleMs,
    })
    return readAnswer(answer)
  }
  return { getObject, destroy: () => caller.destroy() }
}

function readAnswer(answer: HttpAnswer): GetObjectAnswer {
  if (answer.statusCode >= 300) throw readObjectRefusal(answer)
  requireWhole(answer.statusCode)
  if (answer.kind === 'too-large') return { kind: 'too-large', sizeBytes: answer.sizeBytes }
  const { body, headers } = answer
  const head = readHead(headers)
  verifyChecksum(headers, body)
  return { kind: 'read', bytes: body, head }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Response Elements" */
function readHead(headers: IncomingHttpHeaders): ObjectHead {
  const lastModified = new Date(headers['last-modified'] ?? '')
  if (Number.isNaN(lastModified.getTime())) throw new UnreadableAnswerError('the answer has no Last-Modified')
  return {
    lastModified,
    etag: headers.etag,
    versionId: textOf(headers['x-amz-version-id']),
    contentEncoding: headers['content-encoding'],
    serverSideEncryption: textOf(headers['x-amz-server-side-encryption']),
    hasBucketKey: headers['x-amz-server-side-encryption-bucket-key-enabled'] === 'true',
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
