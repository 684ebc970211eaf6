import { describe, expect, it } from 'vitest'
import { nodeProxyEnv, proxyFor, readProxySettings } from '../src/aws/proxy-settings.ts'

const env = {
  HTTPS_PROXY: 'http://secure:3128',
  HTTP_PROXY: 'http://plain:3128',
  NO_PROXY: 'example.com, .internal *.lan 10.0.0.7:9000',
}

describe('proxyFor', () => {
  it.each([
    ['https://b.s3.eu-west-1.amazonaws.com', 'http://secure:3128'],
    ['http://minio:9000', 'http://plain:3128'],
    ['https://example.com', undefined],
    ['https://b.example.com:8443', undefined],
    ['https://notexample.com', 'http://secure:3128'],
    ['https://store.internal', undefined],
    ['https://store.lan', undefined],
    ['http://10.0.0.7:9000', undefined],
    ['http://10.0.0.7', 'http://plain:3128'],
    ['http://localhost:4566', undefined],
    ['http://127.0.0.1:4566', undefined],
    ['http://[::1]:4566', undefined],
  ])('reaches %s through %s', (origin, proxy) => {
    expect(proxyFor(origin, readProxySettings(env))).toBe(proxy)
  })

  it('prefers the variables in lower case, treats empty ones as unset, and needs no http:// before the host', () => {
    const settings = readProxySettings({ ...env, https_proxy: 'lower:1', no_proxy: '', HTTP_PROXY: '' })
    expect(proxyFor('https://other.org', settings)).toBe('http://lower:1')
    expect(proxyFor('http://other.org', settings)).toBeUndefined()
  })

  it('uses no proxy when NO_PROXY is a star', () => {
    expect(proxyFor('https://other.org', readProxySettings({ ...env, NO_PROXY: '*' }))).toBeUndefined()
  })
})

it("gives Node's agents the same settings, with subdomains named", () => {
  const { HTTPS_PROXY, HTTP_PROXY, NO_PROXY = '' } = nodeProxyEnv(readProxySettings(env))
  expect([HTTPS_PROXY, HTTP_PROXY]).toEqual([env.HTTPS_PROXY, env.HTTP_PROXY])
  expect(NO_PROXY.split(',')).toEqual(
    expect.arrayContaining(['example.com', '.example.com', '127.0.0.1', '::1']),
  )
})

it.each([
  'http://user:hunter2@proxy.test:99999',
  'http://user:hun/ter2@proxy.test:3128',
  'user:12/hunter2@proxy.test:3128',
  'http://user:12#hunter2@proxy.test:3128',
  'http://',
])(
  'I10 a proxy that is not a URL, or whose password breaks it, is refused without its value: %s',
  (proxy) => {
    const read = () => readProxySettings({ HTTPS_PROXY: proxy })
    expect(read).toThrow(/^HTTPS_PROXY is not the URL of a proxy: write http:\/\/HOST:PORT or .* \/ as %2F/)
    expect(read).not.toThrow(/hun|ter2|proxy\.test/)
  },
)
