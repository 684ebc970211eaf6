import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { describeDatabasePlace, readDatabaseUrl } from './database-url.ts'

function read(url: string) {
  const result = readDatabaseUrl(url)
  if (result.kind === 'problem') return 'problem'
  const { parameters: _, hosts, target: __, ...rest } = result.address
  return { ...rest, ...(hosts.length === 1 ? hosts[0] : { hosts }) }
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of variables in the configuration
const config = 'database: { url: "${DATABASE_URL}" }'
const nothing = { user: undefined, password: undefined, port: undefined, database: undefined }

describe('a database URL', () => {
  test.each([
    [
      'postgres://me:pw@db.example.com:5433/a',
      { user: 'me', password: 'pw', host: 'db.example.com', port: 5433, database: 'a' },
    ],
    ['postgresql://db.example.com', { ...nothing, host: 'db.example.com' }],
    ['postgres://[::1]:5432/a', { ...nothing, host: '::1', port: 5432, database: 'a' }],
    ['postgres:///a', { ...nothing, host: '', database: 'a' }],
    ['postgres://me@/a?host=/var/run', { ...nothing, user: 'me', host: '/var/run', database: 'a' }],
    [
      'postgres://me:pw@/a?host=/cloudsql/project:region:instance',
      { ...nothing, user: 'me', password: 'pw', host: '/cloudsql/project:region:instance', database: 'a' },
    ],
    ['postgres://%2Fvar%2Frun/a', { ...nothing, host: '/var/run', database: 'a' }],
    [
      'postgres://me:a%2Fb%23c%3Fd%40e%25f@db/a%20b',
      { user: 'me', password: 'a/b#c?d@e%f', host: 'db', port: undefined, database: 'a b' },
    ],
    ['postgres://me:p@ss@db/a', { ...nothing, user: 'me', password: 'p@ss', host: 'db', database: 'a' }],
    ['postgres://me:100%@db/a', { ...nothing, user: 'me', password: '100%', host: 'db', database: 'a' }],
    [
      'postgres://db/a?user=me&password=pw',
      { ...nothing, user: 'me', password: 'pw', host: 'db', database: 'a' },
    ],
    ['  postgres://me:pw@db/a\n', { ...nothing, user: 'me', password: 'pw', host: 'db', database: 'a' }],
  ])('%j is read', (url, expected) => {
    expect(read(url)).toEqual(expected)
  })

  test.each([
    ['postgres://me:pw@one,two:5433/a', ['one', undefined], ['two', 5433]],
    ['postgres://me:p,w@one:1,two:2/a', ['one', 1], ['two', 2]],
    ['postgres://[::1]:1,127.0.0.1:2/a', ['::1', 1], ['127.0.0.1', 2]],
    ['postgres://me@/a?host=one,two&port=1,2', ['one', 1], ['two', 2]],
    ['postgres://me@/a?host=one,/var/run&port=7', ['one', 7], ['/var/run', 7]],
  ])('%j has several hosts', (url, ...hosts) => {
    expect(read(url)).toMatchObject({ hosts: hosts.map(([host, port]) => ({ host, port })), database: 'a' })
  })

  test('target_session_attrs is read, and an unknown value is named by its known ones', () => {
    const of = (value: string) => readDatabaseUrl(`postgres://a,b/d?target_session_attrs=${value}`)
    expect(of('read-write')).toMatchObject({ address: { target: 'read-write' } })
    expect(of('secret')).toMatchObject({
      kind: 'problem',
      message: expect.stringMatching(/^has an unknown target_session_attrs; known values: any, read-write,/),
    })
  })

  test.each([
    'postgres://me:pw@one,t wo/a',
    'postgres://me:pw@one,two:0/a',
    'postgres://loader:S3cr3t/Tail@db.internal/a',
    'postgres://loader:/S3cr3tTail@db.internal/a',
    'postgres://loader:12/34@db.internal/a',
    'postgres://loader:12#34@db.internal/a',
    'postgres://loader:12?34@db.internal/a',
    'postgres://loader:12?x=34@db.internal/a',
    'postgres://lo/ader:1234@db.internal/a',
    'postgres://loader:S3cr:3t',
    'postgres://db:0/a',
    'postgres://db:70000/a',
    'postgres://d b/a',
    'mysql://db/a',
    'db.internal/a',
    '',
  ])('%j is a problem', (url) => {
    expect(read(url)).toBe('problem')
  })

  test('I10 no part of a password, encoded or not, is in a message about the URL or in its description', () => {
    const password = fc.string({ unit: 'grapheme-ascii', minLength: 4, maxLength: 40 })
    fc.assert(
      fc.property(password, fc.boolean(), (secret, isEncoded) => {
        const url = `postgres://u:${isEncoded ? encodeURIComponent(secret) : secret}@h.x/d`
        const result = readConfig(config, { DATABASE_URL: url }, ['database'])
        const problems = result.kind === 'invalid' ? JSON.stringify(result.problems) : ''
        const place = describeDatabasePlace(url)
        if (isEncoded) expect(readDatabaseUrl(url)).toMatchObject({ address: { password: secret } })
        expect(['h.x:5432/d', 'database.url']).toContain(place)
        expect(problems === '' || problems.includes('%2F')).toBe(true)
        for (let at = 0; at + 4 <= secret.length; at += 1) {
          const part = secret.slice(at, at + 4)
          if (!knownText.includes(part)) expect(`${problems} ${place}`).not.toContain(part)
        }
      }),
      propertyOptions(),
    )
  })
})

/** The text of messages for any URL. A random password may occur in it. */
const knownText = JSON.stringify([
  readConfig(config, { DATABASE_URL: 'nothing' }, ['database']),
  'h.x:5432/d database.url',
])
