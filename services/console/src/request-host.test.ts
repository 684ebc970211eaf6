import { isIP } from 'node:net'
import { propertyOptions } from '@aftercall/testkit/fast-check-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isKnownHost, isKnownTarget, readHost } from './request-host.ts'

const hosts = ['console.example.com', 'aftercall']

test.each([
  ...[
    'localhost',
    'LocalHost:8080',
    'localhost.',
    'localhost:',
    'demo.localhost:80',
    '127.0.0.1',
    '10.0.0.7:8080',
  ],
  ...[
    '[::1]',
    '[::1]:8080',
    '::1',
    '[2001:DB8::7]:443',
    '0.0.0.0',
    'console.example.com',
    'CONSOLE.example.com.:443',
  ],
  ...['aftercall:8080', undefined],
])('the name %s is accepted: it is this machine, an address, or listed', (header) => {
  expect(isKnownHost(header, hosts)).toBe(true)
})

test.each([
  ...['evil.example', 'evil.example#.localhost', 'evil.example/.localhost', 'evil.example?.localhost', ''],
  ...[
    'a@localhost',
    'localhost@evil.example',
    'evil.example\\.localhost',
    'evil.example%23.localhost',
    '.localhost',
  ],
  ...[
    'evil.example .localhost',
    'evil.example\t.localhost',
    'localhost:8080:8080',
    'localhost:x',
    'localhost:99999',
  ],
  ...[
    '[::1',
    '::1]',
    '[::1]evil.example',
    '[evil.example]',
    '[127.0.0.1]',
    '127.0.0.1.evil.example:8080',
    '127.0.0.1 ',
  ],
  ...[
    'console.example.com.evil.example',
    'xconsole.example.com',
    'console.example.com..',
    'localhost..',
    'x..localhost',
  ],
  ...[
    'localhost,evil.example',
    'evil.example,localhost',
    '2130706433',
    '0x7f.1',
    'evil.localhostx',
    'http://localhost',
  ],
])('the name %s is refused', (header) => {
  expect(isKnownHost(header, hosts)).toBe(false)
})

test.each([
  { target: '/', known: true },
  { target: '/api/?of=http://evil.example/', known: true },
  { target: 'http://localhost:8080/', known: true },
  { target: 'http://console.example.com', known: true },
  { target: 'http://evil.example/', known: false },
  { target: 'http://evil.example#.localhost/', known: false },
  { target: 'http://localhost@evil.example/', known: false },
  { target: 'http:///evil', known: false },
  { target: 'https://localhost/', known: false },
  { target: '*', known: false },
  { target: 'localhost:8080', known: false },
])('a request for $target is known: $known', ({ target, known }) => {
  expect(isKnownTarget(target, hosts)).toBe(known)
})

test('a known name with anything around it is compared as a whole', () => {
  const known = fc.constantFrom('localhost', 'console.example.com', 'x.localhost', '127.0.0.1', '[::1]')
  const around = fc.string({ unit: fc.constantFrom(...'.:@#/?[]%\\ ,a1-_\u0000é'), maxLength: 6 })
  fc.assert(
    fc.property(around, known, around, (before, name, after) => {
      const header = `${before}${name}${after}`
      if (!isKnownHost(header, hosts)) return
      // A browser must read the same name.
      const url = URL.parse(`http://${isIP(header) === 6 ? `[${header}]` : header}/`)
      expect(url, header).not.toBeNull()
      const { hostname = '', username, pathname, hash } = url ?? {}
      expect([username, pathname, hash]).toEqual(['', '/', ''])
      const bare = hostname.replace(/\.$/, '').replace(/^\[(.*)\]$/, '$1')
      expect(bare.endsWith('localhost') || hosts.includes(bare) || isIP(bare) !== 0, header).toBe(true)
    }),
    propertyOptions('compared as a whole', 3_000),
  )
})

test('any string is read as a name, an address, or nothing, in a time bounded by its length', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 2_000 }), (text) => {
      expect(['address', 'name', undefined]).toContain(readHost(text)?.kind)
    }),
    propertyOptions('any string is read'),
  )
  expect(readHost(`${'a-'.repeat(8_000)}!`)).toBeUndefined()
})
