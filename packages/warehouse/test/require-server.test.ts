import { randomBytes } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { checkDatabase } from '../src/connection/check-database.ts'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { migrate, readMigrations } from '../src/schema/migrate.ts'
import { judgeServer } from '../src/schema/require-server.ts'

const directory = new URL('../../../migrations', import.meta.url).pathname
let server: DatabaseHandle
const open = (url: string) =>
  openDatabase({
    ...{ url, poolMax: 2, applicationName: 'test', statementTimeoutSeconds: 30 },
    onIdleError: () => {},
  })
beforeAll(() => {
  server = open(inject('postgresUrl'))
})
afterAll(() => server.close())

/** A database without any migration. */
async function createDatabase(encoding: string): Promise<string> {
  const name = `aftercall_test_${randomBytes(6).toString('hex')}`
  await sql`create database ${sql.id(name)} encoding ${sql.lit(encoding)} locale 'C' template template0`.execute(
    server.db,
  )
  onTestFinished(async () => {
    await sql`drop database ${sql.id(name)} with (force)`.execute(server.db)
  })
  return Object.assign(new URL(inject('postgresUrl')), { pathname: name }).href
}

async function migrateAt(url: string): Promise<string[]> {
  const { db, close } = open(url)
  return migrate(db, await readMigrations(directory)).finally(close)
}

async function schemasAt(url: string): Promise<unknown[]> {
  const { db, close } = open(url)
  const answer = await sql<{ name: string }>`
    select nspname as name from pg_namespace where nspname in ('ingest', 'warehouse', 'analytics', 'people', 'rollup', 'lake')`.execute(
    db,
  )
  await close()
  return answer.rows
}

test.each(['WIN1252', 'LATIN1', 'SQL_ASCII'])(
  'I12 a database with the encoding %s is refused before anything is created in it',
  async (encoding) => {
    const url = await createDatabase(encoding)
    await expect(migrateAt(url)).rejects.toMatchObject({
      code: 'server_encoding_unsupported',
      retryable: false,
      message: expect.stringMatching(
        new RegExp(`encoding ${encoding}.*create database aftercall encoding 'UTF8'`),
      ),
    })
    expect(await schemasAt(url)).toEqual([])
  },
)

test('I12 a server that reports Postgres 13 is refused before anything is created in it', async () => {
  const url = await createDatabase('UTF8')
  const answer = await sql<{
    number: string
  }>`select current_setting('server_version_num') as number`.execute(server.db)
  const old = await openReplacingProxy(url, answer.rows[0]?.number ?? '', '130023')
  await expect(migrateAt(old)).rejects.toMatchObject({
    code: 'server_too_old',
    message: 'the server is Postgres 13.23; use Postgres 15 or newer',
  })
  expect(await schemasAt(url)).toEqual([])
})

test.each([
  [140_023, 'server_too_old'],
  [149_999, 'server_too_old'],
  [150_000, undefined],
  [180_004, undefined],
])('the version %i is judged %s', (versionNumber, code) => {
  expect(judgeServer({ versionNumber, encoding: 'UTF8' })?.code).toBe(code)
})

test('I12 a server that takes no writes is refused before anything is created, is not ready to load, and may be waited for', async () => {
  const url = await createDatabase('UTF8')
  const name = new URL(url).pathname.slice(1)
  await migrateAt(url)
  const setReadOnly = (value: string) =>
    sql`alter database ${sql.id(name)} set default_transaction_read_only = ${sql.lit(value)}`.execute(
      server.db,
    )
  await setReadOnly('on')
  await expect(migrateAt(url)).rejects.toMatchObject({
    code: 'server_read_only',
    retryable: true,
    message: expect.stringContaining('target_session_attrs=read-write'),
  })
  const migrations = await readMigrations(directory)
  const readiness = async (writes: boolean) => {
    const handle = open(url)
    return checkDatabase(handle.db, migrations, { writes }).finally(handle.close)
  }
  expect(await readiness(true)).toMatchObject({
    ok: false,
    detail: expect.stringContaining('takes no writes'),
  })
  expect(await readiness(false)).toMatchObject({ ok: true })
  await setReadOnly('off')
  expect(await readiness(true)).toMatchObject({ ok: true })
})

/** In the server's answers, `by` replaces `what`, which has the same length. */
async function openReplacingProxy(url: string, what: string, by: string): Promise<string> {
  expect(by).toHaveLength(what.length)
  const target = new URL(url)
  const proxy = createServer((client) => {
    const onwards = connect(Number(target.port), target.hostname)
    client.pipe(onwards)
    onwards.on('data', (bytes) => {
      client.write(Buffer.from(bytes.toString('latin1').replaceAll(what, by), 'latin1'))
    })
    onwards.once('close', () => client.destroy())
    client.once('close', () => onwards.destroy())
    for (const socket of [client, onwards]) socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void proxy.close())
  const address = proxy.address()
  const port = String(typeof address === 'object' ? address?.port : 0)
  return Object.assign(new URL(url), { port }).href
}
