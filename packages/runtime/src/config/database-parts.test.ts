import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadConfig, printProblems, readConfig } from './config.ts'
import { describeDatabasePlace, readDatabaseUrl } from './database-url.ts'

function urlOf(database: object): string {
  const result = readConfig(JSON.stringify({ database }), {}, ['database'])
  if (result.kind === 'valid') return result.config.database.url
  return printProblems(result.problems, 'file')
}

async function withVariables(env: Record<string, string>) {
  const result = await loadConfig({ path: '/nowhere/aftercall.yaml', env, needs: ['database'] })
  return result.kind === 'valid' ? result.config.database.url : printProblems(result.problems, 'file')
}

describe('the parts of a database URL', () => {
  test.each([
    [{ host: 'db.example.com' }, 'postgres://db.example.com/'],
    [{ host: 'db', port: 5433, user: 'me', password: 'pw', name: 'a' }, 'postgres://me:pw@db:5433/a'],
    [{ host: 'one,two:5433', port: 5434 }, 'postgres://one:5434,two:5433/'],
    [{ host: '::1' }, 'postgres://[::1]/'],
    [{ host: '/var/run/postgresql', user: 'me' }, 'postgres://me@%2Fvar%2Frun%2Fpostgresql/'],
    [
      { url: 'postgres://a:b@c/d?sslmode=require', password: 'x@y' },
      'postgres://a:x%40y@c/d?sslmode=require',
    ],
    [{ url: 'postgres://a@/d?host=/run&port=7', name: 'e' }, 'postgres://a@%2Frun:7/e'],
    [{ url: 'postgres://a:b@c/d', host: '', user: '', password: '' }, 'postgres://a:b@c/d'],
  ])('%j is %s', (parts, url) => {
    expect(urlOf(parts)).toBe(url)
  })

  test('without a URL and a host, or with a host that is none, the message names the keys', () => {
    expect(urlOf({ user: 'me' })).toContain('database.url  is required, or database.host')
    expect(urlOf({ host: 'me:secret@db' })).toMatch(/database.host {2}must be a host name, an IP address/)
    expect(urlOf({ host: 'me:secret@db' })).not.toContain('secret')
    expect(urlOf({ host: 'db', port: 70_000 })).toContain('database.port  must be at most 65535')
  })

  test('without a file, variables give the parts, and a wrong one is named', async () => {
    const env = { DATABASE_HOST: 'db', DATABASE_PORT: '5433', DATABASE_USER: 'me', DATABASE_NAME: 'a' }
    expect(await withVariables({ ...env, DATABASE_PASSWORD: 'p@s/s' })).toBe(
      'postgres://me:p%40s%2Fs@db:5433/a',
    )
    expect(await withVariables({ DATABASE_URL: 'postgres://db/a', DATABASE_PASSWORD: 'x' })).toBe(
      'postgres://:x@db/a',
    )
    expect(await withVariables({ ...env, DATABASE_PORT: 'http' })).toMatch(/^DATABASE_PORT: must be a number/)
    expect(await withVariables({ DATABASE_USER: 'me' })).toMatch(
      /file not found.*DATABASE_URL or DATABASE_HOST/,
    )
  })

  test('I10 every password reaches the driver as it is, and no part of it is in a message or a description', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 40 })
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = urlOf({ host: 'h.x', user, password, name: 'd' })
        expect(readDatabaseUrl(url)).toMatchObject({ address: { user, password, hosts: [{ host: 'h.x' }] } })
        expect(describeDatabasePlace(url)).toBe('h.x:5432/d')
        const wrong = urlOf({
          host: 'h x',
          port: 0,
          user,
          password,
          url: `postgres://${user}:${password}@h x/d`,
        })
        const known = urlOf({ host: 'h x', port: 0, url: 'postgres://h x/d' })
        expect(wrong).toBe(known)
      }),
      propertyOptions(),
    )
  })
})
