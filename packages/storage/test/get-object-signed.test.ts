import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createS3Client } from '../src/aws/aws-clients.ts'
import { classifyError } from '../src/aws/error-class.ts'
import { createHttpCaller } from '../src/aws/http-call.ts'
import { fetchObject } from '../src/objects/fetch-object.ts'
import { getObjectSigned } from '../src/objects/get-object-signed.ts'
import { objectHeaders, type RawStore, startRawStore } from './raw-store.ts'

const ref = { bucket: 'sessions', key: 'k' }
const options = { bytesMax: 1_000 }
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret' }
const opened: { destroy(): void }[] = []
let store: RawStore

beforeAll(async () => {
  store = await startRawStore()
})
afterEach(() => {
  for (const { destroy } of opened.splice(0)) destroy()
  store.requests.length = 0
})
afterAll(() => store.stop())

function open(client: S3Client) {
  const signed = getObjectSigned({ client, env: {} })
  opened.push(signed, { destroy: () => client.destroy() })
  return signed.getObject
}

function openAt(endpoint: string) {
  return open(createS3Client({ env: {}, endpoint, credentials }))
}

describe('getObjectSigned', () => {
  it('asks the provider for new credentials once the old ones expire', async () => {
    let asked = 0
    const client = new S3Client({
      endpoint: `http://${store.host}`,
      region: 'eu-west-1',
      forcePathStyle: true,
      credentials: async () => {
        asked += 1
        const runsOut = asked === 1 ? Date.now() + 1_000 : Date.now() + 3_600_000
        return { ...credentials, accessKeyId: `ASIA${asked}`, expiration: new Date(runsOut) }
      },
    })
    const getObject = open(client)
    for (let i = 0; i < 3; i++) await fetchObject(getObject, ref, options)
    const keys = store.requests.map(({ headers }) => /ASIA\d/.exec(headers.authorization ?? '')?.[0])
    expect(new Set(keys.slice(1))).toEqual(new Set(['ASIA2']))
  })

  it.each([
    ['crc32', 'NhCmhg==', '1B2M2Y8='],
    ['sha1', 'qvTGHdzF6KLavt4PO0gs2a6pQ00=', 'qvTGHdzF6KLavt4PO0gs2a6pQ01='],
    [
      'sha256',
      'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
      'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCU=',
    ],
  ])('compares the bytes with the %s that the store sends', async (name, right, wrong) => {
    const getObject = openAt(`http://${store.host}`)
    const header = `x-amz-checksum-${name}`
    store.answerWith(() => ({ status: 200, body: 'hello', headers: { [header]: right } }))
    expect(await fetchObject(getObject, ref, options)).toMatchObject({ kind: 'found' })
    store.answerWith(() => ({ status: 200, body: 'hello', headers: { [header]: wrong } }))
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({
      code: 'body_cut',
      retryable: true,
    })
    store.answerWith(() => ({ status: 200, body: 'hello', headers: { [header]: `${wrong}-3` } }))
    expect(await fetchObject(getObject, ref, options)).toMatchObject({ kind: 'found' })
  })

  it("gives S3's own words, status and request id of a refusal", async () => {
    const getObject = openAt(`http://${store.host}`)
    const body =
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>' +
      '<Message>User &quot;a&quot; &amp; others</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>'
    store.answerWith(() => ({ status: 403, body }))
    const failure = await fetchObject(getObject, ref, options).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      cause: {
        name: 'AccessDenied',
        message: 'User "a" & others',
        $metadata: { httpStatusCode: 403, requestId: '4442587FB7D0A2F9' },
      },
    })
  })

  it('reports an answer without Last-Modified as unreadable', async () => {
    const getObject = openAt(`http://${store.host}`)
    store.answerWith(() => ({ status: 200, body: 'hello', headers: { 'last-modified': 'never' } }))
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({ code: 'unreadable_answer' })
  })

  it('does not read from a server with an untrusted certificate', async () => {
    const tls = (name: string): Promise<Buffer> =>
      readFile(new URL(`../../warehouse/test/fixtures/tls/${name}`, import.meta.url))
    const server = createServer(
      { cert: await tls('server.pem'), key: await tls('server.key') },
      (_, answer) => answer.writeHead(200, objectHeaders).end('hello'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const getObject = openAt(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await expect(fetchObject(getObject, ref, options)).rejects.toMatchObject({ code: 'tls_untrusted' })
    server.close()
  })
})

it('gives up an answer that does not arrive, and a body that stalls', async () => {
  const caller = createHttpCaller({ connectionsMax: 2, connectTimeoutMs: 1_000, env: {} })
  opened.push(caller)
  const request = { method: 'GET', origin: `http://${store.host}`, path: '/', headers: {} } as const
  store.answerWith(({ target }) =>
    target === '/silent' ? undefined : { status: 200, body: 'hello', stallAfterBytes: 2 },
  )
  const stalled = caller.call({ ...request, answerTimeoutMs: 5_000, idleTimeoutMs: 100 })
  const silent = caller.call({ ...request, answerTimeoutMs: 100, idleTimeoutMs: 5_000, path: '/silent' })
  const failures = await Promise.all([stalled, silent].map((call) => call.catch((error: unknown) => error)))
  expect(failures.map((failure) => classifyError(failure).code)).toEqual(['timeout', 'timeout'])
})
