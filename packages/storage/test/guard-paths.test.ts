import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createS3Client } from '../src/aws/aws-clients.ts'
import { fetchObject, putObject } from '../src/objects/fetch-object.ts'
import type { GetObject } from '../src/objects/get-object.ts'
import { getObjectBySdk } from '../src/objects/get-object-by-sdk.ts'
import { getObjectSigned } from '../src/objects/get-object-signed.ts'
import { guardPaths } from '../src/objects/guard-paths.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'

const bucket = 'sessions'
const options = { bytesMax: 1_000 }
const oddKeys = [
  'in/../out/x.json',
  'in/../../secrets/x.json',
  'in/./x.json',
  'in/..',
  'in//x.json',
  'in/%2e%2e/%2E%2E/x.json',
]
const opened: { destroy(): void }[] = []
let aws: EmulatedAws
let normalising: Server
let endpoint: string
const seen: string[] = []

/** Normalizes as in RFC 3986, 6.2.2.3 and 6.2.2.2, and as many proxies do in addition: merges slashes, and decodes `%` twice. */
function normalise(path: string): string {
  const decoded = path.replaceAll(/%25(2e)/gi, '%$1')
  return new URL(decoded, 'http://proxy').pathname.replaceAll(/\/{2,}/g, '/')
}

beforeAll(async () => {
  aws = await startEmulatedAws()
  for (const name of [bucket, 'secrets', 'out']) aws.server.createBucket(name)
  normalising = createServer((incoming, outgoing) => {
    const url = incoming.url ?? '/'
    const [path = '/', query] = url.split('?')
    const changed = query === undefined ? normalise(path) : `${normalise(path)}?${query}`
    seen.push(changed)
    const { port } = new URL(aws.proxy.address)
    const passed = request(
      { host: '127.0.0.1', port, path: changed, method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => normalising.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(normalising.address() as AddressInfo).port}`
})
afterEach(() => {
  for (const one of opened.splice(0)) one.destroy()
  seen.length = 0
  aws.proxy.setRule()
  aws.server.emptyBucket(bucket)
})
afterAll(async () => {
  normalising.closeAllConnections()
  normalising.close()
  await aws.stop()
})

async function put(key: string, place = bucket): Promise<void> {
  await putObject(aws.s3, { bucket: place, key, bytes: Buffer.from(`content of ${place}/${key}`) })
}

describe.each(['sdk', 'signed'] as const)('guardPaths (%s)', (kind) => {
  function open(at: string): GetObject {
    const client = createS3Client({
      env: {},
      endpoint: at,
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    })
    const signed = getObjectSigned({ client, env: {} })
    opened.push(client, signed)
    const getObject = kind === 'sdk' ? getObjectBySdk(client) : signed.getObject
    return guardPaths(getObject, client, { bucket, prefix: 'in/' })
  }

  it.each(oddKeys)('I4 reads %s from a store that does not change paths', async (key) => {
    await put('in/plain.json')
    await put(key)
    const found = await fetchObject(open(aws.proxy.address), { bucket, key }, options)
    expect(found).toMatchObject({ kind: 'found', key })
    if (found.kind === 'found')
      expect(Buffer.from(found.bytes).toString()).toBe(`content of ${bucket}/${key}`)
  })

  it.each(oddKeys)('I7 refuses %s if a proxy changes paths, and reads no other object', async (key) => {
    await put('in/plain.json')
    await put('x.json', 'secrets')
    await put('out/x.json')
    await put(key)
    const getObject = open(endpoint)
    const failure = await fetchObject(getObject, { bucket, key }, options).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'key_unsafe', retryable: false })
    expect(seen.filter((path) => !path.startsWith(`/${bucket}/in/`) && !path.includes('list-type'))).toEqual(
      [],
    )
    expect(await fetchObject(getObject, { bucket, key: 'in/plain.json' }, options)).toMatchObject({
      kind: 'found',
    })
  })

  it('I7 does not request such a key while the path is unproven, and does once a plain key exists', async () => {
    const [key = ''] = oddKeys
    await put(key)
    const getObject = open(aws.proxy.address)
    const failure = await fetchObject(getObject, { bucket, key }, options).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'key_unproven', retryable: true })
    await put('in/plain.json')
    expect(await fetchObject(getObject, { bucket, key }, options)).toMatchObject({ kind: 'found' })
  })
})
