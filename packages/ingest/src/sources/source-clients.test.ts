import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSourceClients } from './source-clients.ts'

const seen: IncomingHttpHeaders[] = []
let server: Server
let endpoint: string

beforeAll(async () => {
  server = createServer(({ headers }, answer) => {
    seen.push(headers)
    answer.writeHead(200, { 'last-modified': 'Mon, 23 Mar 2026 20:17:00 GMT' }).end('hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function openClients(client: 'signed' | 'sdk') {
  const source = {
    ...({ name: 'acme', bucket: 'acme-files', prefix: '', discover: 'poll', pollEvery: '5m' } as const),
    ...({ requestPayer: 'requester', expectedBucketOwner: '012345678901' } as const),
    ...{ endpoint, credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' } },
  }
  return openSourceClients({ sources: [source], s3: { client }, env: {}, connectionsMax: 2 })
}

it.each([
  ['signed', false],
  ['sdk', true],
] as const)('s3.client: %s reads objects as the source is configured', async (client, isSdk) => {
  const clients = openClients(client)
  const request = { bucket: 'acme-files', key: 'k', versionId: undefined, bytesMax: 9, signal: undefined }
  expect(await clients.getObjectOf({ name: 'acme' })(request)).toMatchObject({ kind: 'read' })
  const headers = seen.at(-1) ?? {}
  expect('amz-sdk-invocation-id' in headers).toBe(isSdk)
  expect(headers).toMatchObject({
    'x-amz-request-payer': 'requester',
    'x-amz-expected-bucket-owner': '012345678901',
  })
  clients.destroy()
})

it.each(['signed', 'sdk'] as const)(
  'I7 s3.client: %s asks for no key that a proxy could change',
  async (client) => {
    const clients = openClients(client)
    const request = { bucket: 'acme-files', versionId: undefined, bytesMax: 9, signal: undefined }
    const getObject = clients.getObjectOf({ name: 'acme' })
    // This store lists nothing that could prove the way.
    await expect(getObject({ ...request, key: 'a/../../other/b' })).rejects.toMatchObject({
      code: 'key_unproven',
    })
    clients.destroy()
  },
)

it('knows no source that is not configured', () => {
  const clients = openClients('signed')
  expect(() => clients.getObjectOf({ name: 'other' })).toThrow('no client for source other')
  clients.destroy()
})
