import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import { userInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { createAlbVerifier } from './alb-token.ts'
import { createIdentify, type IdentityOptions } from './identity.ts'

type Console = IdentityOptions['console']
const plain: Console = {
  ...{ host: '127.0.0.1', port: 8080, hosts: [], quietMinutes: 60, actors: [], actionsMax: 10_000 },
}
const mayAct = async () => true
const host = '127.0.0.1:8080'
const local = { kind: 'actor', name: `local:${userInfo().username}` }
const noIdentity = { kind: 'reader', name: null, because: 'no_identity' }

describe('without identity', () => {
  const identify = createIdentify({ console: plain, mayAct })
  test.each(['127.0.0.1:8080', 'localhost:8080', '[::1]:8080'])(
    'a person at this machine acts by %s',
    async (name) => {
      expect(await identify({ headers: {}, host: name })).toEqual(local)
    },
  )

  test.each([
    ['behind a proxy', { headers: { 'x-forwarded-for': '10.0.0.1' }, host }],
    ['behind another proxy', { headers: { forwarded: 'for=10.0.0.1' }, host }],
    ['by an address of the network', { headers: {}, host: '10.0.0.7:8080' }],
    ['with no host at all', { headers: {}, host: undefined }],
    [
      'with a header of an identity that is not configured',
      { headers: { 'x-auth-request-email': 'ana' }, host: '10.0.0.7' },
    ],
  ])('a person %s only reads', async (_, request) => {
    expect(await identify(request)).toEqual(noIdentity)
  })

  test.each([{ host: '0.0.0.0' }, { hosts: ['aftercall.example.com'] }])(
    '%o lets nobody act',
    async (over) => {
      const reached = createIdentify({ console: { ...plain, ...over }, mayAct })
      expect(await reached({ headers: {}, host })).toEqual(noIdentity)
    },
  )

  test('a login that may not ask makes everyone a reader', async () => {
    const reading = createIdentify({ console: plain, mayAct: async () => false })
    expect(await reading({ headers: {}, host })).toMatchObject({ kind: 'reader', because: 'role' })
  })
})

describe('with the header of a proxy', () => {
  const identify = createIdentify({
    ...{
      console: {
        ...plain,
        host: '0.0.0.0',
        identity: { header: 'X-Auth-Request-Email' },
        actors: ['Ana@example.com'],
      },
      mayAct,
    },
  })
  const by = (value: string | undefined) => identify({ headers: { 'x-auth-request-email': value }, host })
  const notSignedIn = { kind: 'reader', name: null, because: 'not_signed_in' }

  test('those who are listed act, all others read', async () => {
    expect(await by('ana@example.com')).toEqual({ kind: 'actor', name: 'ana@example.com' })
    expect(await by('bob@example.com')).toEqual({
      kind: 'reader',
      name: 'bob@example.com',
      because: 'not_listed',
    })
  })

  test.each([
    undefined,
    '',
    'bob@example.com, ana@example.com',
    'ana@example.com\u202e',
    'x'.repeat(201),
    'a b',
  ])('%j is no name', async (value) => expect(await by(value)).toEqual(notSignedIn))

  test('another header, and a person at this machine, are nothing', async () => {
    expect(await identify({ headers: { 'x-forwarded-email': 'ana@example.com' }, host })).toEqual(notSignedIn)
  })
})

describe('with the token of a load balancer', () => {
  const arn =
    'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/aftercall/0123456789abcdef'
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const nowMs = Date.parse('2026-11-30T12:00:00Z')
  const header = { alg: 'ES256', kid: 'key-1', signer: arn, exp: nowMs / 1_000 + 60 }
  const payload = { sub: 'u1', email: 'ana@example.com' }

  /** Base64url with padding, as the load balancer writes it. */
  const encode = (value: object) =>
    Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
  function tokenOf(head: object = header, body: object = payload, key: KeyObject = pair.privateKey): string {
    const signed = `${encode(head)}.${encode(body)}`
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`
  }
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()

  test('a valid one names the person; its key is fetched once, from the key server', async () => {
    let asked = 0
    const server = createServer((request, response) => {
      asked += 1
      if (request.url !== '/key-1') response.statusCode = 404
      response.end(pem)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const fetchKey = async (id: string) => (await fetch(`http://127.0.0.1:${port}/${id}`)).text()
    const verify = createAlbVerifier({ arn, fetchKey, nowMs: () => nowMs })
    expect(await verify(tokenOf())).toBe('ana@example.com')
    expect(await verify(tokenOf(header, { sub: 'u2' }))).toBe('u2')
    expect(asked).toBe(1)
    await new Promise((resolve) => server.close(resolve))
  })

  test.each([
    ['signed by another key', tokenOf(header, payload, foreign.privateKey)],
    ['of another load balancer', tokenOf({ ...header, signer: `${arn}x` })],
    ['that has expired', tokenOf({ ...header, exp: nowMs / 1_000 })],
    ['without a signature', tokenOf({ ...header, alg: 'none' })],
    ['signed with a shared secret', tokenOf({ ...header, alg: 'HS256' })],
    ['with a key id that is a path', tokenOf({ ...header, kid: '../evil' })],
    ['whose payload was changed', tokenOf().replace(/\.[^.]+\./, `.${encode({ sub: 'eve' })}.`)],
    ['of two parts', tokenOf().split('.').slice(0, 2).join('.')],
    ['of four parts', `${tokenOf()}.x`],
    ['that is no token', 'x'],
    ['that is far too long', `${tokenOf()}${'x'.repeat(20_000)}`],
  ])('one %s is nobody', async (_, token) => {
    const verify = createAlbVerifier({ arn, fetchKey: async () => pem, nowMs: () => nowMs })
    expect(await verify(token)).toBeNull()
  })

  test('while keys cannot be fetched nobody is signed in, and the next request asks again', async () => {
    let isAway = true
    const fetchKey = async () => {
      if (isAway) throw new Error('away')
      return pem
    }
    const verify = createAlbVerifier({ arn, fetchKey, nowMs: () => nowMs })
    expect(await verify(tokenOf())).toBeNull()
    isAway = false
    expect(await verify(tokenOf())).toBe('ana@example.com')
  })
})
