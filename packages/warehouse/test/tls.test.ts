import { chmod, chown, cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startPostgres } from '@aftercall/embedded/postgres'
import type { DatabasePlace } from '@aftercall/runtime/config/database-tls'
import { testPostgres } from '@aftercall/testkit/test-postgres'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openDatabase } from '../src/connection/database.ts'
import { openReadOnlySession } from '../src/read-only/read-only-query.ts'

// A throw-away authority, and its certificate for the name localhost, both made once with openssl for these tests only.
// The authority's key is gone.
const fixtures = join(import.meta.dirname, 'fixtures', 'tls')
const tlsCaFile = join(fixtures, 'ca.pem')
let base: string
let server: EmbeddedPostgres
/** By the name in the certificate. */
let url: string

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'aftercall-test-'))
  await chmod(base, 0o711)
  await cp(inject('emptyCluster'), join(base, 'data'), { recursive: true })
  server = await startPostgres({ ...testPostgres(), dataDir: join(base, 'data'), settings: { fsync: 'off' } })
  url = server.url.replace('127.0.0.1', 'localhost')
})
afterAll(async () => {
  await server.stop()
  await rm(base, { recursive: true, force: true })
})

/** Connects, and returns whether the connection is encrypted. */
async function connect(place: DatabasePlace): Promise<boolean> {
  const { db, close } = openDatabase({
    ...place,
    poolMax: 1,
    applicationName: 'aftercall-test',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  try {
    const answer = await sql<{ ssl: boolean }>`
      select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(db)
    return answer.rows[0]?.ssl ?? false
  } finally {
    await close()
  }
}

async function run(statement: string): Promise<void> {
  const { db, close } = openDatabase({
    url,
    tls: 'off',
    poolMax: 1,
    applicationName: 'aftercall-test',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  await sql.raw(statement).execute(db)
  await close()
}

test('a server without TLS is an error that says so, unless TLS is off', async () => {
  await expect(connect({ url, tls: 'verify', tlsCaFile })).rejects.toMatchObject({
    code: 'tls_unsupported',
    message: expect.stringContaining('set database.tls: off'),
  })
  expect(await connect({ url })).toBe(false)
})

test('verify checks chain and name, require neither, and off is off', async () => {
  await turnTlsOn()
  expect(await connect({ url, tls: 'verify', tlsCaFile })).toBe(true)
  expect(await connect({ url: `${url}?sslmode=verify-full&sslrootcert=${tlsCaFile}` })).toBe(true)
  const otherName = server.url
  await expect(connect({ url: otherName, tls: 'verify', tlsCaFile })).rejects.toMatchObject({
    code: 'tls_wrong_name',
    message: expect.stringContaining('127.0.0.1'),
  })
  for (const unverified of [{ url, tls: 'verify' }, { url: `${url}?sslmode=require` }] as const) {
    await expect(connect(unverified)).rejects.toMatchObject({
      code: 'tls_untrusted',
      message: expect.stringContaining('set database.tlsCaFile'),
    })
  }
  expect(await connect({ url: otherName, tls: 'require' })).toBe(true)
  expect(await connect({ url: `${url}?sslmode=no-verify` })).toBe(true)
  expect(await connect({ url: `${url}?sslmode=verify-full`, tls: 'off' })).toBe(false)
  await expect(openReadOnlySession({ url, tls: 'verify' })).rejects.toMatchObject({ code: 'tls_untrusted' })
})

test('a login that requires TLS gets an error that says so', async () => {
  await run(`create role careful login password 'careful'`)
  const hba = join(base, 'data', 'pg_hba.conf')
  await writeFile(hba, 'hostssl all careful all scram-sha-256\nhost all postgres all scram-sha-256\n')
  await run('select pg_reload_conf()')
  const careful = Object.assign(new URL(url), { username: 'careful', password: 'careful' }).href
  await expect
    .poll(() => connect({ url: careful }).catch((error: unknown) => error))
    .toMatchObject({ code: 'tls_demanded', message: expect.stringContaining('database.tls: verify') })
  expect(await connect({ url: careful, tls: 'verify', tlsCaFile })).toBe(true)
})

test('a certificate file that is missing or invalid is an error that names it', () => {
  const open = (file: string) => connect({ url, tls: 'verify', tlsCaFile: file })
  const message = (text: string) => ({ code: 'tls_file_unreadable', message: expect.stringContaining(text) })
  return Promise.all([
    expect(open('/nowhere/ca.pem')).rejects.toMatchObject(message('/nowhere/ca.pem cannot be read (ENOENT)')),
    expect(open(import.meta.filename)).rejects.toMatchObject(message('contains no certificate')),
  ])
})

async function turnTlsOn(): Promise<void> {
  const dataDir = join(base, 'data')
  const { uid, gid } = await stat(dataDir)
  for (const name of ['server.pem', 'server.key']) {
    const file = join(dataDir, name)
    await cp(join(fixtures, name), file)
    await chown(file, uid, gid)
    await chmod(file, 0o600)
  }
  await run(`alter system set ssl_cert_file = 'server.pem'`)
  await run(`alter system set ssl_key_file = 'server.key'`)
  await run('alter system set ssl = on')
  await run('select pg_reload_conf()')
  await expect.poll(() => connect({ url, tls: 'require' }).catch(() => false)).toBe(true)
}
