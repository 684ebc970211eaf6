import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { isAwsHost } from '../aws/aws-clients.ts'
import { isRecord } from '../aws/service-answer.ts'
import type { SigningScope } from '../aws/sign-request.ts'

/** Where to read the objects of a bucket, and what to send with each request. */
export type BucketAddress = {
  origin: string
  /** The path before the key: `/`, or `/bucket/`. */
  path: string
  signFor: SigningScope
  headers: Record<string, string>
}

/** Undefined for a bucket that needs a signature which only the SDK can make. */
export type FindBucketAddress = (bucket: string) => Promise<BucketAddress | undefined>

/** Finds each bucket's address once. Rejects if the SDK refuses the bucket's name, or with the error of the credentials. */
export function createBucketAddresses(client: S3Client): FindBucketAddress {
  const found = new Map<string, Promise<BucketAddress | undefined>>()
  return (bucket) => {
    const known = found.get(bucket)
    if (known !== undefined) return known
    const address = findAddress(client, bucket)
    found.set(bucket, address)
    address.catch(() => found.delete(bucket))
    return address
  }
}

const probeKey = 'k'

/**
 * Lets the SDK prepare and sign a request, and intercepts it before it is sent. So every way to name a bucket means the
 * same as in the SDK: by host or by path, ARNs of access points, dual-stack, FIPS, accelerated and configured endpoints.
 */
async function findAddress(client: S3Client, bucket: string): Promise<BucketAddress | undefined> {
  // Directory buckets are read with session credentials, which the SDK fetches and caches
  // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-naming-rules.html).
  if (/--xa?-s3$/.test(bucket)) return undefined
  const command = new GetObjectCommand({ Bucket: bucket, Key: probeKey })
  let request: unknown
  command.middlewareStack.add(
    () => async (args) => {
      request = args.request
      return { output: { $metadata: {} }, response: undefined }
    },
    { step: 'finalizeRequest', name: 'takeSignedRequest', priority: 'low' },
  )
  await client.send(command)
  return readRequest(request)
}

function readRequest(request: unknown): BucketAddress | undefined {
  if (!isRecord(request) || !isRecord(request.headers)) throw new TypeError('the SDK prepared no request')
  const { protocol, hostname, port, path, headers } = request
  const signFor = readScope(String(headers.authorization))
  if (signFor === undefined) return undefined
  const { origin } = new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}`)
  return {
    origin,
    path: String(path).slice(0, -probeKey.length),
    signFor,
    headers: { ...keptHeaders(headers), ...(isAwsHost(origin) ? checksumHeaders : {}) },
  }
}

/** Parses `AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/<service>/aws4_request, …`. Other algorithms are left to the SDK. */
function readScope(authorization: string): SigningScope | undefined {
  const parts = /^AWS4-HMAC-SHA256 Credential=[^,]+\/\d{8}\/([^/,]+)\/([^/,]+)\/aws4_request,/.exec(
    authorization,
  )
  const [, region, service] = parts ?? []
  return region === undefined || service === undefined ? undefined : { region, service }
}

/** S3 returns the stored checksum of an object only on request. Other stores may not support the header. */
const checksumHeaders = { 'x-amz-checksum-mode': 'ENABLED' }

/** The headers that the client adds to requests for this bucket, and our user agent. */
function keptHeaders(headers: Record<string, unknown>): Record<string, string> {
  const kept = ['user-agent', 'x-amz-request-payer', 'x-amz-expected-bucket-owner']
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value] as const] : []
    }),
  )
}
