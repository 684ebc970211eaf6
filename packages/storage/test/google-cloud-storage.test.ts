import { gunzipSync, gzipSync } from 'node:zlib'
import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createS3Client } from '../src/aws/aws-clients.ts'
import { listObjects } from '../src/listing/list-objects.ts'
import { fetchObject, putObject } from '../src/objects/fetch-object.ts'
import type { GetObject } from '../src/objects/get-object.ts'
import { getObjectBySdk } from '../src/objects/get-object-by-sdk.ts'
import { getObjectSigned } from '../src/objects/get-object-signed.ts'
import { type ListingServer, type RecordedAnswer, startListingServer } from './listing-server.ts'

// In the form of https://cloud.google.com/storage/docs/xml-api/get-bucket-list for list-type=2.
const bucket = 'acme_session.files'
const firstPage =
  "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>" +
  `<Name>${bucket}</Name><Prefix>metadata%2F</Prefix><EncodingType>url</EncodingType><KeyCount>2</KeyCount>` +
  '<IsTruncated>true</IsTruncated><NextContinuationToken>Ch1tZXRhZGF0YQ==</NextContinuationToken>' +
  '<Contents><Key>metadata%2Fcall-1.json</Key><Generation>1727700000000001</Generation>' +
  '<MetaGeneration>1</MetaGeneration><LastModified>2025-09-30T12:40:00.123Z</LastModified>' +
  '<ETag>"5d41402abc4b2a76b9719d911017c592"</ETag><Size>5</Size></Contents>' +
  '<Contents><Key>metadata%2Fcall-2+3%2B4.json</Key><Generation>1727700000000002</Generation>' +
  '<MetaGeneration>1</MetaGeneration><LastModified>2025-09-30T12:41:00.456Z</LastModified>' +
  '<ETag>"CNDW4/nS6ogDEAE="</ETag><Size>7</Size></Contents></ListBucketResult>'
const lastPage =
  "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>" +
  `<Name>${bucket}</Name><Prefix>metadata%2F</Prefix><EncodingType>url</EncodingType><KeyCount>0</KeyCount>` +
  '<IsTruncated>false</IsTruncated></ListBucketResult>'

const objectHeaders = {
  'content-type': 'application/json',
  'last-modified': 'Tue, 30 Sep 2025 12:40:00 GMT',
  etag: '"5d41402abc4b2a76b9719d911017c592"',
  'x-goog-generation': '1727700000000001',
  'x-goog-metageneration': '1',
  'x-goog-storage-class': 'STANDARD',
  'x-goog-hash': 'crc32c=mnG7TA==, md5=XUFAKrxLKna5cZ2REBfFkg==',
  server: 'UploadServer',
}

let google: ListingServer
let client: S3Client
let signed: ReturnType<typeof getObjectSigned>

beforeAll(async () => {
  google = await startListingServer()
  client = createS3Client({
    // The environment of a deployment whose other sources are in AWS.
    env: {
      AWS_PROFILE: 'aws',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_SESSION_TOKEN: 't',
    },
    endpoint: google.endpoint,
    credentials: { accessKeyId: 'GOOG1EXAMPLE', secretAccessKey: 'hmac-secret' },
  })
  signed = getObjectSigned({ client, env: {} })
})
beforeEach(() => {
  google.requests.length = 0
})
afterAll(async () => {
  signed.destroy()
  client.destroy()
  await google.stop()
})

function answerObject(body: string | Buffer, headers: Record<string, string>, cutAfterBytes?: number): void {
  const answer: RecordedAnswer = { status: 200, headers: { ...objectHeaders, ...headers }, body }
  google.answerWith(() => (cutAfterBytes === undefined ? answer : { ...answer, cutAfterBytes }))
}

function answerError(status: number, code: string): void {
  const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>Told.</Message></Error>`
  google.answerWith(() => ({ status, body }))
}

/** Refuses what Cloud Storage is known to refuse, or to change before it checks the signature. */
function expectRequestForGoogle(parametersAllowed: string[]): void {
  for (const { path, query, headers } of google.requests) {
    expect(path.split('/')[1]).toBe(bucket)
    expect([...query.keys()].filter((name) => !parametersAllowed.includes(name))).toEqual([])
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=GOOG1EXAMPLE\/\d{8}\/us-east-1\/s3\/aws4_request, SignedHeaders=[a-z0-9;-]+, /,
    )
    const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? []
    expect(signed).toEqual(expect.arrayContaining(['host', 'x-amz-content-sha256', 'x-amz-date']))
    expect(signed).not.toContain('accept-encoding')
    const sent = Object.keys(headers)
    expect(
      sent.filter((name) => /^x-amz-(checksum|sdk-checksum|security-token|trailer|decoded)/.test(name)),
    ).toEqual([])
    expect(headers['content-encoding'] ?? '').not.toContain('aws-chunked')
    expect(headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/)
  }
}

describe('listing a bucket of Google Cloud Storage', () => {
  const listing = { bucket, prefix: 'metadata/', backoff: { baseMs: 1, capMs: 1 } }
  const parameters = ['list-type', 'prefix', 'start-after', 'continuation-token', 'encoding-type']

  it('requests by path with documented parameters only, and reads keys, times, sizes, and ETags', async () => {
    google.answerWith(({ query }) => ({
      status: 200,
      body: query.has('continuation-token') ? lastPage : firstPage,
    }))
    const listed = await Array.fromAsync(listObjects(client, { ...listing, startAfter: 'metadata/a b' }))
    expect(listed).toEqual([
      {
        bucket,
        key: 'metadata/call-1.json',
        etag: '5d41402abc4b2a76b9719d911017c592',
        sizeBytes: 5,
        lastModified: new Date('2025-09-30T12:40:00.123Z'),
      },
      {
        bucket,
        key: 'metadata/call-2 3+4.json',
        etag: 'CNDW4/nS6ogDEAE=',
        sizeBytes: 7,
        lastModified: new Date('2025-09-30T12:41:00.456Z'),
      },
    ])
    expectRequestForGoogle(parameters)
    expect(google.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { 'list-type': '2', prefix: 'metadata/', 'start-after': 'metadata/a b', 'encoding-type': 'url' },
      {
        'list-type': '2',
        prefix: 'metadata/',
        'continuation-token': 'Ch1tZXRhZGF0YQ==',
        'encoding-type': 'url',
      },
    ])
  })

  it.each([
    [403, 'AccessDenied', 'access_denied'],
    [403, 'SignatureDoesNotMatch', 'credentials_invalid'],
    [403, 'InvalidSecurity', 'credentials_invalid'],
    [401, 'AuthenticationRequired', 'access_denied'],
    [404, 'NoSuchBucket', 'no_such_bucket'],
  ])('says what is wrong: %i %s', async (status, name, code) => {
    answerError(status, name)
    await expect(Array.fromAsync(listObjects(client, listing))).rejects.toMatchObject({ code })
  })

  it.each([
    [429, 'TooManyRequests', 'throttled'],
    [503, 'ServiceUnavailable', 'service_unavailable'],
    [500, 'InternalError', 'internal_error'],
  ])('waits and asks again: %i %s', async (status, name, code) => {
    answerError(status, name)
    const codes: unknown[] = []
    const onRetry = ({ error }: { error: unknown }): void => {
      codes.push((error as { code?: unknown }).code)
      google.answerWith(() => ({ status: 200, body: lastPage }))
    }
    expect(await Array.fromAsync(listObjects(client, { ...listing, onRetry }))).toEqual([])
    expect(codes).toEqual([code])
  })
})

const ref = { bucket, key: 'metadata/call 1+ü.json' }

describe.each(['sdk', 'signed'])('fetching an object of Google Cloud Storage (%s)', (kind) => {
  const options = { bytesMax: 1_000 }
  const getObject: GetObject = (request) =>
    (kind === 'sdk' ? getObjectBySdk(client) : signed.getObject)(request)

  it('reads it with its ETag and time', async () => {
    answerObject('hello', { 'content-length': '5', 'x-goog-stored-content-encoding': 'identity' })
    const found = await fetchObject(getObject, ref, options)
    expect(found).toMatchObject({
      kind: 'found',
      etag: '5d41402abc4b2a76b9719d911017c592',
      lastModified: new Date('2025-09-30T12:40:00Z'),
      sizeBytes: 5,
    })
    expectRequestForGoogle([])
    expect(decodeURIComponent(google.requests[0]?.path ?? '')).toBe(`/${bucket}/${ref.key}`)
  })

  it('accepts a gzip object that the store decompresses, without a declared length', async () => {
    const unpacked = JSON.stringify({ text: 'x'.repeat(500) })
    answerObject(unpacked, {
      etag: 'W/"5d41402abc4b2a76b9719d911017c592"',
      'x-goog-stored-content-encoding': 'gzip',
      'x-goog-stored-content-length': '40',
      warning: '214 UploadServer gunzipped',
      vary: 'Accept-Encoding',
    })
    const found = await fetchObject(getObject, ref, options)
    expect(found).toMatchObject({ kind: 'found', etag: '5d41402abc4b2a76b9719d911017c592' })
    expect(found).not.toHaveProperty('contentEncoding')
    if (found.kind === 'found') expect(Buffer.from(found.bytes).toString()).toBe(unpacked)
    expect(await fetchObject(getObject, ref, { bytesMax: 100 })).toMatchObject({ kind: 'too-large' })
  })

  it('accepts a gzip object that the store does not decompress (Cache-Control: no-transform)', async () => {
    const packed = gzipSync('hello')
    answerObject(packed, { 'content-encoding': 'gzip', 'content-length': String(packed.length) })
    const found = await fetchObject(getObject, ref, options)
    expect(found).toMatchObject({ kind: 'found', contentEncoding: 'gzip', sizeBytes: packed.length })
    if (found.kind === 'found') expect(gunzipSync(found.bytes).toString()).toBe('hello')
  })

  it('does not accept a decompressed body that breaks off as complete', async () => {
    answerObject('x'.repeat(500), { 'x-goog-stored-content-encoding': 'gzip' }, 200)
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({
      code: 'connection_lost',
      retryable: true,
    })
    expect(google.requests).toHaveLength(1)
  })

  it('distinguishes a missing object from a missing bucket and from a refusal', async () => {
    answerError(404, 'NoSuchKey')
    expect(await fetchObject(getObject, ref, options)).toEqual({ kind: 'missing' })
    answerError(404, 'NoSuchBucket')
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({ code: 'no_such_bucket' })
    answerError(403, 'AccessDenied')
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({ code: 'access_denied' })
  })
})

describe('writing an object of Google Cloud Storage', () => {
  it('writes without checksums and chunks that the store would refuse', async () => {
    google.answerWith(() => ({ status: 200, headers: { etag: '"abc"' }, body: '' }))
    expect(await putObject(client, { ...ref, bytes: Buffer.from('hello') })).toEqual({ etag: 'abc' })
    expectRequestForGoogle([])
  })
})
