import { createHash } from 'node:crypto'
import { type FaultRule, type ProxiedAnswer, xmlErrorAnswer } from '@aftercall/testkit/http-fault-proxy'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listObjects } from '../src/listing/list-objects.ts'
import { fetchObject, putObject } from '../src/objects/fetch-object.ts'
import type { GetObject } from '../src/objects/get-object.ts'
import { getObjectBySdk } from '../src/objects/get-object-by-sdk.ts'
import { getObjectSigned } from '../src/objects/get-object-signed.ts'
import { ObjectFetchError, ObjectListError } from '../src/objects/object-errors.ts'
import type { ObjectRef } from '../src/objects/object-ref.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'

const bucket = 'sessions'
const bytesMax = 1_000
const withoutEtag = { 'last-modified': 'Mon, 23 Mar 2026 20:17:00 GMT' }
const found = { ...withoutEtag, etag: '"0123456789abcdef0123456789abcdef"' }
let aws: EmulatedAws

beforeAll(async () => {
  aws = await startEmulatedAws()
  aws.server.createBucket(bucket)
})
afterEach(() => {
  aws.proxy.setRule()
  aws.server.emptyBucket(bucket)
})
afterAll(() => aws.stop())

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

async function put(key: string, text: string): Promise<void> {
  await putObject(aws.s3, { bucket, key, bytes: Buffer.from(text) })
}

describe.each(['sdk', 'signed'] as const)('fetchObject (%s)', (kind) => {
  let signed: ReturnType<typeof getObjectSigned>
  const getObject: GetObject = (request) =>
    (kind === 'sdk' ? getObjectBySdk(aws.s3) : signed.getObject)(request)

  beforeAll(() => {
    signed = getObjectSigned({
      client: aws.s3,
      getObjectBySdk: getObjectBySdk(aws.s3),
      env: {},
      connectionsMax: 16,
    })
  })
  afterAll(() => signed.destroy())

  async function fetchFailure(ref: ObjectRef, signal?: AbortSignal): Promise<ObjectFetchError> {
    const failure = await fetchObject(getObject, ref, { bytesMax, signal }).catch((error: unknown) => error)
    if (failure instanceof ObjectFetchError) return failure
    throw new Error(`expected an ObjectFetchError, got ${JSON.stringify(failure)}`)
  }

  it.each(['plain.json', 'a b.json', 'a+b.json', '100%.json', 'day=1/ünï☎.json', "it's (1)!*~.json"])(
    'finds %s under its key in S3',
    async (key) => {
      await put(key, `content of ${key}`)
      const found = await fetchObject(getObject, { bucket, key }, { bytesMax })
      expect(found).toMatchObject({ kind: 'found', key, foundAs: 'announced' })
      if (found.kind !== 'found') return
      expect(Buffer.from(found.bytes).toString()).toBe(`content of ${key}`)
      expect(found.etag).toMatch(/^[0-9a-f]{32}$/)
      expect(found.sizeBytes).toBe(found.bytes.byteLength)
      expect(found.lastModified).toBeInstanceOf(Date)
    },
  )

  it('returns the bytes as stored, with their content encoding', async () => {
    await putObject(aws.s3, { bucket, key: 'z', bytes: Buffer.from([31, 139, 8]), contentEncoding: 'gzip' })
    const found = await fetchObject(getObject, { bucket, key: 'z' }, { bytesMax })
    expect(found).toMatchObject({ kind: 'found', contentEncoding: 'gzip', sizeBytes: 3 })
  })

  it('finds an empty object', async () => {
    await put('empty', '')
    expect(await fetchObject(getObject, { bucket, key: 'empty' }, { bytesMax })).toMatchObject({
      sizeBytes: 0,
    })
  })

  it('answers missing when no form of the ref exists', async () => {
    const ref = { bucket, key: 'a b', rawKey: 'a+b' }
    expect(await fetchObject(getObject, ref, { bytesMax })).toEqual({ kind: 'missing' })
  })

  it('tries the raw key once if the decoded key does not exist, and reports it', async () => {
    await put('a+b', 'raw')
    const found = await fetchObject(getObject, { bucket, key: 'a b', rawKey: 'a+b' }, { bytesMax })
    expect(found).toMatchObject({ kind: 'found', key: 'a+b', foundAs: 'raw-key' })
  })

  it('prefers the decoded key when both exist', async () => {
    await put('a+b', 'raw')
    await put('a b', 'decoded')
    const found = await fetchObject(getObject, { bucket, key: 'a b', rawKey: 'a+b' }, { bytesMax })
    expect(found).toMatchObject({ key: 'a b', foundAs: 'announced' })
  })

  it('reads the raw key if the decoded key has another ETag and the raw key the announced one', async () => {
    await put('a%20b', 'raw')
    await put('a b', 'decoded')
    const ref = { bucket, key: 'a b', rawKey: 'a%20b', etag: md5('raw'), sizeBytes: 3 }
    const found = await fetchObject(getObject, ref, { bytesMax })
    expect(found).toMatchObject({ kind: 'found', key: 'a%20b', foundAs: 'raw-key', sizeBytes: 3 })
    const other = await fetchObject(getObject, { ...ref, etag: md5('decoded'), sizeBytes: 7 }, { bytesMax })
    expect(other).toMatchObject({ key: 'a b', foundAs: 'announced' })
  })

  it('keeps to the decoded key if it was rewritten, and the raw key is another object, missing, or refused', async () => {
    await put('a b', 'rewritten')
    const ref = { bucket, key: 'a b', rawKey: 'a+b', etag: md5('announced'), sizeBytes: 9 }
    expect(await fetchObject(getObject, ref, { bytesMax })).toMatchObject({ foundAs: 'announced' })
    await put('a+b', 'another')
    expect(await fetchObject(getObject, ref, { bytesMax })).toMatchObject({ foundAs: 'announced' })
    aws.proxy.setRule(async (request, forward) =>
      request.path.includes('%2B') ? xmlErrorAnswer(403, 'AccessDenied') : forward(),
    )
    expect(await fetchObject(getObject, ref, { bytesMax })).toMatchObject({ key: 'a b' })
    aws.proxy.setRule(async (request, forward) =>
      request.path.includes('%2B') ? xmlErrorAnswer(503, 'SlowDown') : forward(),
    )
    expect(await fetchFailure(ref)).toMatchObject({ code: 'throttled', retryable: true })
  })

  it('reads the raw key if the decoded key has an object that is too large and has another size', async () => {
    await put('a b', 'x'.repeat(bytesMax + 1))
    await put('a+b', 'raw')
    const ref = { bucket, key: 'a b', rawKey: 'a+b', etag: md5('raw'), sizeBytes: 3 }
    expect(await fetchObject(getObject, ref, { bytesMax })).toMatchObject({ key: 'a+b' })
    expect(await fetchObject(getObject, { ...ref, sizeBytes: bytesMax + 1 }, { bytesMax })).toMatchObject({
      kind: 'too-large',
    })
  })

  it('reads the announced version, and the newest when that version is gone', async () => {
    await put('v', 'newest')
    const versionsAsked: (string | null)[] = []
    aws.proxy.setRule(async (request, forward) => {
      const version = new URL(request.path, aws.proxy.address).searchParams.get('versionId')
      versionsAsked.push(version)
      return version === null ? forward() : xmlErrorAnswer(404, 'NoSuchVersion')
    })
    const found = await fetchObject(getObject, { bucket, key: 'v', versionId: 'v1' }, { bytesMax })
    expect(found).toMatchObject({ kind: 'found', foundAs: 'newest-version' })
    expect(versionsAsked).toEqual(['v1', null])
  })

  it('reads the newest version if versions may not be read, and never treats the refusal as missing', async () => {
    await put('v', 'newest')
    const byVersion: FaultRule = async (request, forward) =>
      request.path.includes('versionId') ? xmlErrorAnswer(403, 'AccessDenied') : forward()
    aws.proxy.setRule(byVersion)
    const ref = { bucket, key: 'v', versionId: 'v1' }
    expect(await fetchObject(getObject, ref, { bytesMax })).toMatchObject({
      kind: 'found',
      foundAs: 'newest-version',
    })
    expect(await fetchFailure({ ...ref, key: 'gone' })).toMatchObject({ code: 'access_denied' })
  })

  it('treats a version that is a delete marker (405) as missing', async () => {
    aws.proxy.setRule(async () => xmlErrorAnswer(405, 'MethodNotAllowed'))
    const ref = { bucket, key: 'v', versionId: 'v1' }
    expect(await fetchFailure(ref)).toMatchObject({ httpStatusCode: 405 })
    aws.proxy.setRule(async (request) =>
      request.path.includes('versionId')
        ? xmlErrorAnswer(405, 'MethodNotAllowed')
        : xmlErrorAnswer(404, 'NoSuchKey'),
    )
    expect(await fetchObject(getObject, ref, { bytesMax })).toEqual({ kind: 'missing' })
  })

  it('I8 accepts an object of exactly the limit, and refuses one byte more by its declared length', async () => {
    await put('fits', 'x'.repeat(bytesMax))
    await put('over', 'x'.repeat(bytesMax + 1))
    expect(await fetchObject(getObject, { bucket, key: 'fits' }, { bytesMax })).toMatchObject({
      kind: 'found',
    })
    expect(await fetchObject(getObject, { bucket, key: 'over' }, { bytesMax })).toEqual({
      kind: 'too-large',
      sizeBytes: bytesMax + 1,
    })
  })

  it('stays usable after many objects that were too large', async () => {
    // More than a paused stream buffers, so that a body that is left unread would keep its connection.
    await put('huge', 'x'.repeat(200_000))
    const all = Array.from({ length: kind === 'sdk' ? 300 : 32 }, () =>
      fetchObject(getObject, { bucket, key: 'huge' }, { bytesMax: 10 }),
    )
    for (const answer of await Promise.all(all)) expect(answer.kind).toBe('too-large')
  })

  it('fails retryably with body_cut or connection_lost if the body breaks off', async () => {
    await put('cut', 'x'.repeat(500))
    aws.proxy.setRule(async (_request, forward) => ({ ...(await forward()), cutAfterBytes: 200 }))
    const failure = await fetchFailure({ bucket, key: 'cut' })
    expect(failure).toMatchObject({ retryable: true, bucket, key: 'cut' })
    expect(['body_cut', 'connection_lost']).toContain(failure.code)
  })

  it('fails with body_cut if the announced object is shorter than announced, for any declared length', async () => {
    const etag = '0123456789abcdef0123456789abcdef'
    const answer = { status: 200, body: Buffer.from('{"id":') }
    const headers = { etag: `"${etag}"`, 'last-modified': 'Mon, 23 Mar 2026 20:17:00 GMT' }
    aws.proxy.setRule(async () => ({ ...answer, headers }))
    const announced = { bucket, key: 'k', etag, sizeBytes: 9 }
    expect(await fetchFailure(announced)).toMatchObject({ code: 'body_cut', retryable: true })
    // Another object than the announced one, or one that a proxy decompressed, may have any length.
    const others = [{ etag: '"another"' }, { etag: `W/"${etag}"` }]
    for (const other of others) {
      aws.proxy.setRule(async () => ({ ...answer, headers: { ...headers, ...other } }))
      expect(await fetchObject(getObject, announced, { bytesMax })).toMatchObject({ kind: 'found' })
    }
  })

  it.each<[string, Partial<ProxiedAnswer>, Partial<ObjectRef>]>([
    [
      "S3's own error document",
      { body: Buffer.from('<?xml version="1.0"?>\n<Error><Code>SlowDown</Code></Error>') },
      {},
    ],
    ['the page of a captive portal', { body: Buffer.from('<!DOCTYPE html><title>Log in</title>') }, {}],
    ['a page without an ETag', { body: Buffer.from('<html>'), headers: withoutEtag }, {}],
    ['nothing, without an ETag', { body: Buffer.from(''), headers: withoutEtag }, {}],
    ['a part that was not asked for', { status: 206 }, {}],
    ['no content', { status: 204, body: Buffer.from('') }, {}],
    ['another version', { headers: { ...found, 'x-amz-version-id': 'v2' } }, { versionId: 'v1' }],
    ['another ETag of the version', {}, { versionId: 'v1', etag: '00000000000000000000000000000000' }],
  ])('I4 does not take %s for the object, with any status', async (_name, answer, announced) => {
    aws.proxy.setRule(async () => ({ status: 200, headers: found, body: Buffer.from('{"id":1}'), ...answer }))
    const failure = await fetchFailure({ bucket, key: 'k', ...announced })
    expect(failure).toMatchObject({ code: 'unreadable_answer', retryable: true })
  })

  it('accepts a page or an empty body if the store really has it', async () => {
    await put('page', '<html></html>')
    await put('empty', '')
    for (const key of ['page', 'empty'])
      expect(await fetchObject(getObject, { bucket, key }, { bytesMax })).toMatchObject({ kind: 'found' })
    // Encrypted with a KMS key, its ETag is not an MD5. Then the announcement decides.
    aws.proxy.setRule(async () => ({ status: 200, headers: found, body: Buffer.from('<html></html>') }))
    const announced = { bucket, key: 'k', etag: '0123456789abcdef0123456789abcdef', sizeBytes: 13 }
    expect(await fetchObject(getObject, announced, { bytesMax })).toMatchObject({ kind: 'found' })
  })

  it('accepts JSON without an ETag', async () => {
    aws.proxy.setRule(async () => ({ status: 200, headers: withoutEtag, body: Buffer.from('{"id":1}') }))
    expect(await fetchObject(getObject, { bucket, key: 'k' }, { bytesMax })).toMatchObject({ kind: 'found' })
  })

  it.each([
    [403, 'AccessDenied', 'access_denied', true],
    [403, 'InvalidAccessKeyId', 'credentials_invalid', true],
    [400, 'ExpiredToken', 'credentials_expired', true],
    [403, 'InvalidObjectState', 'archived', false],
    [404, 'NoSuchBucket', 'no_such_bucket', true],
    [503, 'SlowDown', 'throttled', true],
    [500, 'InternalError', 'internal_error', true],
    [400, 'KeyTooLongError', 'invalid_request', false],
  ])('I4 never takes %i %s for missing: %s', async (status, name, code, retryable) => {
    aws.proxy.setRule(async () => xmlErrorAnswer(status, name))
    const failure = await fetchFailure({ bucket, key: 'k', rawKey: 'r', versionId: 'v' })
    expect(failure).toMatchObject({ code, retryable, httpStatusCode: status, bucket, key: 'k' })
    expect(failure.cause).toBeInstanceOf(Error)
  })

  it.each([
    ['text/html', '<html><body>no such page</body></html>'],
    ['text/plain', 'default backend - 404'],
    ['text/plain', ''],
  ])('I4 does not believe a 404 that S3 did not write (%s %j)', async (type, body) => {
    aws.proxy.setRule(async () => ({
      status: 404,
      headers: { 'content-type': type },
      body: Buffer.from(body),
    }))
    expect(await fetchFailure({ bucket, key: 'k' })).toMatchObject({ code: 'not_found', retryable: true })
  })

  it('reads a 503 of a proxy without XML as service_unavailable', async () => {
    aws.proxy.setRule(async () => ({ status: 503, headers: {}, body: Buffer.from('upstream down') }))
    expect(await fetchFailure({ bucket, key: 'k' })).toMatchObject({ code: 'service_unavailable' })
  })

  it('is aborted by its signal before the answer', async () => {
    const giveUp = new AbortController()
    aws.proxy.setRule(async (_request, forward) => {
      giveUp.abort(new Error('enough'))
      return forward()
    })
    expect(await fetchFailure({ bucket, key: 'slow' }, giveUp.signal)).toMatchObject({ code: 'aborted' })
    expect(await fetchFailure({ bucket, key: 'slow' }, giveUp.signal)).toMatchObject({ code: 'aborted' })
  })

  it('is aborted by its signal in the middle of the body', async () => {
    await put('slow', 'x'.repeat(500))
    const giveUp = new AbortController()
    const stall = { afterBytes: 200, stalled: () => giveUp.abort() }
    aws.proxy.setRule(async (_request, forward) => ({ ...(await forward()), stall }))
    expect(await fetchFailure({ bucket, key: 'slow' }, giveUp.signal)).toMatchObject({ code: 'aborted' })
  })
})

describe('listObjects', () => {
  it('lists all objects under the prefix over several pages, in key order', async () => {
    for (let i = 0; i < 25; i++) await put(`in/${String(i).padStart(3, '0')} ü+%.json`, 'x'.repeat(i))
    await put('out/1', '')
    const pages: string[] = []
    aws.proxy.setRule((request, forward) => {
      pages.push(request.path)
      return forward()
    })
    // The emulator takes the page size from the query, which S3 caps at 1,000.
    aws.s3.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { query?: Record<string, string> }
        if (request.query?.['list-type'] === '2') request.query['max-keys'] = '10'
        return next(args)
      },
      { step: 'build', name: 'small-pages', override: true },
    )
    const listed = await Array.fromAsync(listObjects(aws.s3, { bucket, prefix: 'in/' }))
    expect(pages).toHaveLength(3)
    expect(listed.map((object) => object.key)).toEqual(listed.map((object) => object.key).toSorted())
    expect(listed).toHaveLength(25)
    expect(listed[7]).toMatchObject({ bucket, key: 'in/007 ü+%.json', sizeBytes: 7 })
    const rest = await Array.fromAsync(
      listObjects(aws.s3, { bucket, prefix: 'in/', startAfter: listed[19]!.key }),
    )
    expect(rest).toEqual(listed.slice(20))
  })

  it('decodes the keys of a store that encodes them on request', async () => {
    const xml =
      '<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>' +
      '<Contents><Key>a+b/%01%2B.json</Key><Size>3</Size><ETag>&quot;abc&quot;</ETag>' +
      '<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents></ListBucketResult>'
    aws.proxy.setRule(async () => ({ status: 200, headers: {}, body: Buffer.from(xml) }))
    const listed = await Array.fromAsync(listObjects(aws.s3, { bucket, prefix: '' }))
    expect(listed).toEqual([
      { bucket, key: 'a b/\u0001+.json', etag: 'abc', sizeBytes: 3, lastModified: new Date('2026-01-01') },
    ])
  })

  it('does not accept a listing without a next token as complete', async () => {
    const xml = '<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>'
    aws.proxy.setRule(async () => ({ status: 200, headers: {}, body: Buffer.from(xml) }))
    const backoff = { baseMs: 1, capMs: 1 }
    const listing = Array.fromAsync(listObjects(aws.s3, { bucket, prefix: 'p', backoff }))
    await expect(listing).rejects.toThrow(ObjectListError)
  })

  it('fails with bucket, prefix, and code', async () => {
    const listing = Array.fromAsync(listObjects(aws.s3, { bucket: 'nowhere', prefix: 'p/' }))
    await expect(listing).rejects.toMatchObject({ code: 'no_such_bucket', bucket: 'nowhere', prefix: 'p/' })
  })
})
