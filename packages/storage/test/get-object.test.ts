import { SignatureV4 } from '@smithy/signature-v4'
import { afterEach, describe, expect, it } from 'vitest'
import { createS3Client, createSqsClient, type S3ClientOptions } from '../src/aws/aws-clients.ts'
import { listPage } from '../src/listing/list-page.ts'
import { fetchObject } from '../src/objects/fetch-object.ts'
import type { GetObject } from '../src/objects/get-object.ts'
import { getObjectBySdk } from '../src/objects/get-object-by-sdk.ts'
import { getObjectSigned } from '../src/objects/get-object-signed.ts'
import { queueDepth } from '../src/queue/queue-depth.ts'
import { type RawRequest, type RawStore, startRawStore } from './raw-store.ts'

const bucket = 'sessions'
const options = { bytesMax: 1_000 }
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret' }
const kinds = ['sdk', 'signed'] as const
type Given = Partial<S3ClientOptions>
/** Every body is too slow for these limits. */
const hasty = { windowMs: 200, windowBytesMin: 1_000, wholeMs: 60_000, wholeBytesPerSecond: 16_384 }
const opened: { stop(): void | Promise<void> }[] = []

afterEach(async () => {
  for (const { stop } of opened.splice(0).reverse()) await stop()
})

async function openStore(address?: string): Promise<RawStore> {
  const store = await startRawStore(address)
  opened.push(store)
  return store
}

function open(kind: (typeof kinds)[number], given: Given): GetObject {
  const client = createS3Client({ env: {}, credentials, ...given })
  const { env = {}, connectionsMax, progress } = given
  const signed = getObjectSigned({ client, env, connectionsMax, progress })
  opened.push({ stop: () => signed.destroy() }, { stop: () => client.destroy() })
  return kind === 'sdk' ? getObjectBySdk(client) : signed.getObject
}

it('I8 a listing and the settings of a queue are also given up if only a byte arrives now and then', async () => {
  const store = await openStore()
  const endpoint = `http://${store.host}`
  store.answerWith(() => ({ status: 200, headers: { 'content-length': '9000' }, byteEveryMs: 10 }))
  const s3 = createS3Client({ env: {}, endpoint, credentials, progress: hasty })
  const page = listPage(s3, { bucket, prefix: '' })
  await expect(page).rejects.toMatchObject({ code: 'too_slow', retryable: true })
  const queueUrl = `${endpoint}/1/live`
  const sqs = createSqsClient({ env: { AWS_ENDPOINT_URL: endpoint }, queueUrl, credentials, progress: hasty })
  await expect(queueDepth(sqs, queueUrl)).rejects.toMatchObject({ code: 'too_slow', retryable: true })
  opened.push({ stop: () => s3.destroy() }, { stop: () => sqs.destroy() })
})

const weirdKeys = [
  'plain.json',
  'a b+c.json',
  'ünï☎/💾.json',
  'a//b',
  '/leading',
  'trailing/',
  'a/../b/./c',
  '..',
  'what?versionId=1#part',
  '100%25%.json',
  "it's (1)!*~'\"<>|\\^`{}[].json",
  '\u0001\n\t',
]

/** The parts of a request that must be the same in both implementations. */
function shapeOf({ method, target, headers }: RawRequest): unknown {
  const own = Object.entries(headers).filter(([name]) => /^(host|x-amz-(?!date))/.test(name))
  const signedNames = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1]?.split(';')
  return {
    method,
    target,
    headers: Object.fromEntries(own.filter(([name]) => name !== 'x-amz-user-agent')),
    signed: signedNames?.filter((name) => name !== 'x-amz-user-agent'),
  }
}

/** Signs the received request again with the SDK's signer, as a store does. */
async function authorizationOf({ method, target, headers }: RawRequest): Promise<string | undefined> {
  const sent = headers.authorization ?? ''
  const names = /SignedHeaders=([^,]*)/.exec(sent)?.[1]?.split(';') ?? []
  const region = sent.split('/')[2] ?? ''
  const url = target.replace(/^http:\/\/[^/]*/, '')
  const [path = '', query] = url.split('?')
  const client = createS3Client({ env: {}, region, credentials })
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: client.config.sha256,
    uriEscapePath: false,
  })
  const at = String(headers['x-amz-date']).replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5')
  const signed = await signer.sign(
    {
      method,
      path,
      protocol: 'http:',
      hostname: String(headers.host),
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
    },
    { signingDate: new Date(at) },
  )
  return signed.headers.authorization
}

describe('a request that we sign is the one that the SDK sends', () => {
  it.each([
    ['by path', '127.0.0.1', (store: RawStore): Given => ({ endpoint: `http://${store.host}` })],
    ['by IPv6', '::1', (store: RawStore): Given => ({ endpoint: `http://${store.host}` })],
    ['below a path', '127.0.0.1', (store: RawStore): Given => ({ endpoint: `http://${store.host}/gate` })],
    [
      'by host, through a proxy',
      '127.0.0.1',
      (store: RawStore): Given => ({
        endpoint: 'http://store.test:9000',
        forcePathStyle: false,
        env: { HTTP_PROXY: `http://${store.host}` },
      }),
    ],
  ])('signs every kind of key, addressed %s', async (_how, address, optionsFor) => {
    const store = await openStore(address)
    const given = optionsFor(store)
    const [bySdk, signed] = kinds.map((kind) => open(kind, given))
    // Node resolves dots on the way to a proxy, and so requests another object. We do not want that.
    for (const key of weirdKeys.filter((each) => given.env === undefined || !each.includes('..'))) {
      store.requests.length = 0
      const versionId = key === 'plain.json' ? 'v+1/=' : undefined
      for (const getObject of [bySdk, signed])
        await getObject?.({ bucket, key, versionId, bytesMax: 99, signal: undefined })
      const [fromSdk, fromUs] = store.requests as [RawRequest, RawRequest]
      const wanted = shapeOf(fromSdk) as { signed: string[] }
      wanted.signed = wanted.signed.filter((name) => !name.startsWith('amz-sdk-'))
      expect(shapeOf(fromUs)).toEqual(wanted)
      expect(fromUs.headers.authorization).toBe(await authorizationOf(fromUs))
      expect(fromUs.headers['user-agent']).toBe(fromSdk.headers['user-agent'])
    }
  })
})

describe.each(kinds)('reading an object (%s)', (kind) => {
  const ref = { bucket, key: 'k' }

  it('says who pays and who must own the bucket, the latter only for that bucket', async () => {
    const store = await openStore()
    const getObject = open(kind, {
      endpoint: `http://${store.host}`,
      requestPayer: 'requester',
      expectedOwner: { bucket, accountId: '123456789012' },
    })
    await fetchObject(getObject, ref, options)
    await fetchObject(getObject, { ...ref, bucket: 'another' }, options)
    expect(store.requests[0]?.headers).toMatchObject({
      'x-amz-request-payer': 'requester',
      'x-amz-expected-bucket-owner': '123456789012',
      authorization: expect.stringContaining('x-amz-expected-bucket-owner'),
    })
    expect(store.requests[1]?.headers).not.toHaveProperty('x-amz-expected-bucket-owner')
  })

  it('signs with the session token of temporary credentials', async () => {
    const store = await openStore()
    const env = { AWS_ACCESS_KEY_ID: 'ASIA', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 'the token' }
    const getObject = open(kind, { endpoint: `http://${store.host}`, env, credentials: undefined })
    await fetchObject(getObject, ref, options)
    expect(store.requests[0]?.headers).toMatchObject({
      'x-amz-security-token': 'the token',
      authorization: expect.stringContaining('x-amz-security-token'),
    })
  })

  it("learns the store's clock from a refusal", async () => {
    const store = await openStore()
    const hour = 3_600_000
    store.answerWith(({ headers }) => {
      const sent = String(headers['x-amz-date']).slice(0, 11)
      const now = new Date(Date.now() + hour)
      const isRight = sent === now.toISOString().replace(/[-:]/g, '').slice(0, 11)
      const answer = isRight ? { status: 200, body: 'hello' } : refusal(403, 'RequestTimeTooSkewed')
      return { ...answer, headers: { date: now.toUTCString() } }
    })
    const getObject = open(kind, { endpoint: `http://${store.host}` })
    expect(await fetchObject(getObject, ref, options)).toMatchObject({ kind: 'found' })
    expect(await fetchObject(getObject, ref, options)).toMatchObject({ kind: 'found' })
    expect(store.requests).toHaveLength(3)
  })

  it('makes three attempts at a temporary failure', async () => {
    const store = await openStore()
    const answers = [refusal(500, 'InternalError'), refusal(503, 'ServiceUnavailable')]
    store.answerWith(() => answers.shift() ?? { status: 200, body: 'hello' })
    const getObject = open(kind, { endpoint: `http://${store.host}` })
    expect(await fetchObject(getObject, ref, options)).toMatchObject({ kind: 'found' })
    expect(store.requests).toHaveLength(3)
    store.answerWith(() => refusal(500, 'InternalError'))
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({ code: 'internal_error' })
    expect(store.requests).toHaveLength(6)
  })

  it.each([
    [307, 'TemporaryRedirect', 'wrong_region'],
    [301, 'PermanentRedirect', 'wrong_region'],
    [403, 'AccessDenied', 'access_denied'],
  ])('asks once where it is answered %i %s', async (status, name, code) => {
    const store = await openStore()
    const elsewhere = { location: `http://${store.host}/elsewhere` }
    store.answerWith(() => ({ ...refusal(status, name), headers: elsewhere }))
    const getObject = open(kind, { endpoint: `http://${store.host}` })
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({ code })
    expect(store.requests).toHaveLength(1)
  })

  it('closes the connection of an aborted or too large object', async () => {
    const store = await openStore()
    const getObject = open(kind, { endpoint: `http://${store.host}`, connectionsMax: 1 })
    const long = { status: 200, body: 'x'.repeat(500) }
    store.answerWith(() => ({ ...long, stallAfterBytes: 200 }))
    const giveUp = new AbortController()
    const fetching = fetchObject(getObject, ref, { ...options, signal: giveUp.signal })
    await expect.poll(() => store.requests.length).toBe(1)
    giveUp.abort()
    await expect(fetching).rejects.toMatchObject({ code: 'aborted' })
    expect(await fetchObject(getObject, ref, { bytesMax: 100 })).toEqual({
      kind: 'too-large',
      sizeBytes: 500,
    })
    store.answerWith(() => long)
    expect(await fetchObject(getObject, ref, options)).toMatchObject({ kind: 'found' })
    await expect.poll(() => store.requests.map(({ socket }) => socket.destroyed)).toEqual([true, true, false])
  })

  it('I8 gives up an object if only a byte arrives now and then, and closes its connection', async () => {
    const store = await openStore()
    const getObject = open(kind, { endpoint: `http://${store.host}`, progress: hasty })
    store.answerWith(() => ({ status: 200, headers: { 'content-length': '900' }, byteEveryMs: 10 }))
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({
      code: 'too_slow',
      retryable: true,
    })
    expect(store.requests).toHaveLength(1)
    await expect.poll(() => store.requests[0]?.socket.destroyed).toBe(true)
  })

  it('uses the proxy for HTTPS, and reports it if the proxy refuses', async () => {
    const proxy = await openStore()
    const env = { HTTPS_PROXY: `http://${proxy.host}` }
    const getObject = open(kind, { endpoint: 'https://store.test', env })
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({ code: 'connection_refused' })
    expect(proxy.requests[0]).toMatchObject({ method: 'CONNECT', target: 'store.test:443' })
  })
})

function refusal(status: number, code: string): { status: number; body: string } {
  return { status, body: `<Error><Code>${code}</Code><Message>Told &amp; done.</Message></Error>` }
}
