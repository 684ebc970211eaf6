import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { readTls } from './database-tls.ts'

function modeOf(url: string, tls?: 'verify' | 'require' | 'off'): string {
  const result = readTls({ url, ...(tls === undefined ? {} : { tls }) })
  return result.kind === 'tls' ? result.tls.mode : result.message
}

describe('TLS to the database', () => {
  test.each([
    ['postgres://db.example.com/a', 'verify'],
    ['postgres://10.0.0.7/a', 'verify'],
    ['postgres://127.0.0.1.example.com/a', 'verify'],
    ['postgres://localhost:5433/a', 'off'],
    ['postgres://127.0.0.1/a', 'off'],
    ['postgres://[::1]/a', 'off'],
    ['postgres:///a', 'off'],
    ['postgres:///a?host=/var/run/postgresql', 'off'],
    ['postgres://%2Fvar%2Frun%2Fpostgresql/a', 'off'],
    ['postgres://localhost/a?host=db.example.com', 'verify'],
  ])('by default, %s is %s', (url, mode) => {
    expect(modeOf(url)).toBe(mode)
  })

  test.each(['sslmode=require', 'sslmode=verify-ca', 'sslmode=verify-full', 'ssl=true', 'ssl=1'])(
    'a URL that asks for it with %s also gets the check of the certificate, even on this machine',
    (parameter) => {
      expect(modeOf(`postgres://db.example.com/a?${parameter}`)).toBe('verify')
      expect(modeOf(`postgres://localhost/a?${parameter}`)).toBe('verify')
    },
  )

  test.each([
    ['sslmode=disable', 'off'],
    ['ssl=0', 'off'],
    ['sslmode=no-verify', 'require'],
    ['ssl=no-verify', 'require'],
  ])('a URL cannot weaken it with %s for another machine, unless database.tls says so', (parameter, mode) => {
    expect(modeOf(`postgres://db.example.com/a?${parameter}`)).toContain(`set database.tls: ${mode}`)
    expect(modeOf(`postgres://db.example.com/a?${parameter}`, 'off')).toBe('off')
    expect(modeOf(`postgres://localhost/a?${parameter}`)).toBe(mode)
  })

  test('sslmode=prefer, which may end without TLS, changes nothing', () => {
    expect(modeOf('postgres://db.example.com/a?sslmode=prefer')).toBe('verify')
    expect(modeOf('postgres://localhost/a?sslmode=prefer')).toBe('off')
  })

  test('the configuration overrides the URL, and tlsCaFile overrides sslrootcert', () => {
    const url = 'postgres://db.example.com/a?sslmode=verify-full&sslrootcert=/url.pem'
    expect(modeOf(url, 'require')).toBe('require')
    expect(readTls({ url })).toMatchObject({ tls: { caFile: '/url.pem' } })
    expect(readTls({ url, tlsCaFile: '/own.pem' })).toMatchObject({ tls: { caFile: '/own.pem' } })
  })

  test('I11 a URL that weakens it, and an unknown sslmode, are configuration problems that do not quote the URL', () => {
    const problemsOf = (parameter: string) => {
      const url = `postgres://me:hunter2@db.example.com/a?sslmode=${parameter}`
      const result = readConfig(`database: { url: "${url}", poolMax: 0 }`, {}, ['database'])
      return result.kind === 'invalid'
        ? result.problems.map(({ path, message }) => `${path}: ${message}`)
        : []
    }
    expect(problemsOf('disable')).toEqual([
      expect.stringMatching(/^database\.poolMax: /),
      expect.stringMatching(/^database\.url: .*sslmode=disable.*set database\.tls: off/),
    ])
    expect(problemsOf('strict')[1]).toMatch(/unknown sslmode; known values: disable/)
    expect(JSON.stringify([problemsOf('disable'), problemsOf('strict')])).not.toContain('hunter2')
  })
})
