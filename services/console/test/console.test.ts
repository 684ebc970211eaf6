import { once } from 'node:events'
import { type IncomingHttpHeaders, request as requestOf } from 'node:http'
import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { writeRejections } from '@aftercall/warehouse/ledger/rejections'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { readMigrations } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { readAssets } from '../src/read-assets.ts'
import { type Console, runConsole } from '../src/run-console.ts'

const migrationsDir = new URL('../../../migrations', import.meta.url).pathname
let database: TestDatabase
let login: TestLogin
let running: Console

beforeAll(async () => {
  login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_operator'] })
  database = await createTestDatabase(inject('postgresUrl'))
  await recordSources(database.db, [{ name: 'acme', bucket: 'files', prefix: 'metadata/' }])
  await writeRejections(database.db, [
    {
      ...{ source: 'acme', bucket: 'files', objectKey: 'metadata/1.json', versionId: null, messageId: null },
      ...{ code: 'not_json', detail: 'at 27', content: Buffer.from('secret content') },
    },
  ])
  running = await runConsole({
    config: {
      database: { url: login.urlOf(database.url), poolMax: 4, statementTimeoutSeconds: 60 },
      console: {
        host: '127.0.0.1',
        port: 0,
        hosts: ['console.example.com'],
        quietMinutes: 60,
        actors: [],
        actionsMax: 10_000,
      },
      months: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
    },
    logger: createLogger({ level: 'silent' }),
    migrations: await readMigrations(migrationsDir),
    assets: readAssets(),
    version: '0.0.0-test',
  })
})
afterAll(async () => {
  await running.stop()
  await database.drop()
  await login.drop()
})

type Answer = { status: number; type: string; text: string; headers: Headers }

async function get(path: string, init?: RequestInit): Promise<Answer> {
  const answer = await fetch(`${running.url}${path}`, init)
  const { status, headers } = answer
  return { status, headers, type: headers.get('content-type') ?? '', text: await answer.text() }
}

test.each([
  '/',
  '/rejections',
  '/rejections?source=acme',
  '/rejections/not_json?source=acme',
  '/sources/acme',
  '/objects',
  '/objects?source=acme&outcome=rejected&key=metadata/1&limit=2',
  '/sessions?source=acme&channel=chat',
  '/sessions?source=acme&day=2026-03-23&after=call-5',
  '/history?of=1160',
  '/history?of=call-1160.json',
  '/drift?source=acme',
  '/runbook',
  '/analytics',
  '/?span=1h&source=acme',
  '/?span=24h',
  '/?span=60d',
  '/analytics?source=acme&channel=call&from=2026-03-01&to=2026-03-31',
  '/days?days=7&source=acme',
  '/rejections/not_json?state=open&limit=10',
  '/rejections/1',
  '/sessions',
  '/history?of=acme/call/1',
  '/history?of=acme/call/9999999999999999999',
  '/history?of=s3://files/metadata/1.json',
  '/drift',
  '/runs',
  '/retention',
  '/days?days=7',
])('I10 %s is a page, the same data as JSON, and neither holds content', async (path) => {
  const page = await get(path)
  expect([page.status, page.type]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  const data = await get(`/api${path}`)
  expect([data.status, data.type]).toEqual([200, 'application/json'])
  expect(JSON.parse(data.text)).toBeTypeOf('object')
  const head = await get(path, { method: 'HEAD' })
  expect([head.status, head.text]).toEqual([200, ''])
  for (const { text } of [page, data]) expect(text).not.toContain('secret content')
})

test.each([
  ['/nothing', 404, 'not_found'],
  ['/rejections/999999', 404, 'not_found'],
  ['/rejections/%E0%A4%A', 404, 'not_found'],
  ['/rejections/not_json?state=closed', 400, 'bad_request'],
  ['/rejections/not_json?after=never', 400, 'bad_request'],
  ['/rejections/not%00json', 400, 'bad_request'],
  ['/drift?sort=path', 400, 'bad_request'],
  ['/days?days=1000', 400, 'bad_request'],
  ['/history?of=s3://files/%00', 400, 'bad_request'],
  ['/history', 400, 'bad_request'],
  ['/sources/none', 404, 'not_found'],
  ['/analytics?source=none', 400, 'bad_request'],
  ['/analytics?from=2026-03-02&to=2026-03-01', 400, 'bad_request'],
  ['/objects?outcome=stored', 400, 'bad_request'],
  ['/objects?key=metadata', 400, 'bad_request'],
  ['/objects?source=none', 400, 'bad_request'],
  ['/objects?after=x', 400, 'bad_request'],
  ['/objects?format=xml', 400, 'bad_request'],
  ['/drift?format=csv', 400, 'bad_request'],
  ['/sessions?day=2026-03-23', 400, 'bad_request'],
  ['/sessions?source=acme&day=2026-13-23', 400, 'bad_request'],
])('%s is answered with %i and a reason, as a page and as JSON', async (path, status, code) => {
  const page = await get(path)
  expect([page.status, page.type]).toEqual([status, 'text/html; charset=utf-8'])
  const data = await get(`/api${path}`)
  expect([data.status, JSON.parse(data.text)]).toEqual([
    status,
    { error: { code, message: expect.any(String) } },
  ])
})

test.each([
  ['/days?days=1000', 'days must be 366 or less.'],
  ['/days?days=x', 'days must be a whole number.'],
  ['/rejections/not_json?state=closed', 'state must be one of: open, replayed, ignored.'],
  ['/drift?sort=path', 'Unknown parameter: sort.'],
  ['/rejections/999999', 'There is no rejection with this id.'],
  ['/sources/none', 'There is no source with this name.'],
  ['/objects?outcome=stored', 'outcome must be one of: rejected, failed, missing.'],
  ['/sessions?day=2026-03-23', 'day needs a source, because days are local days of a source.'],
])('%s is refused with what to correct: %s', async (path, message) => {
  expect(JSON.parse((await get(`/api${path}`)).text)).toMatchObject({ error: { message } })
})

test('I8 a page with the longest possible texts stays within its bound', async () => {
  await sql`
    insert into ingest.rejection (fingerprint, source, bucket, object_key, code, detail)
    select sha256(convert_to('bound ' || number, 'UTF8')), 'acme', repeat('b', 255),
      repeat(U&'\\200Ba', 256), 'bound_test', repeat(U&'\\202Ea', 250)
    from generate_series(1, 501) as number`.execute(database.db)
  const path = '/rejections/bound_test?limit=500'
  for (const { status, text } of [await get(path), await get(`/api${path}`)]) {
    expect(status).toBe(200)
    expect(text.length).toBeGreaterThan(1_000_000)
    expect(text.length).toBeLessThan(16 * 1_048_576)
  }
})

test('a table can be downloaded as CSV, in which a key may hold anything', async () => {
  const key = 'metadata/a "b",\nc.json'
  await sql`
    insert into ingest.object (bucket, object_key, source, outcome, settled_at)
    values ('files', ${key}, 'acme', 'stored', '2026-03-23T10:00:00Z')`.execute(database.db)
  const { status, type, text } = await get('/api/objects?source=acme&key=metadata/a&format=csv')
  expect([status, type]).toEqual([200, 'text/csv; charset=utf-8; header=present'])
  expect(text).toBe(
    '"bucket","object_key","source","outcome","code","channel","session_id","size_bytes","event_time","settled_at","settle_count"\r\n' +
      '"files","metadata/a ""b"",\nc.json","acme","stored",,,,,,"2026-03-23T10:00:00.000Z",1\r\n',
  )
  await sql`delete from ingest.object`.execute(database.db)
})

test('only GET and HEAD are allowed', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const { status, headers } = await get('/', { method })
    expect([method, status, headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
  }
})

test('an answer is compressed if the client can read it, and not sent again while it is the same', async () => {
  const path = '/api/history?of=acme/call/1'
  const raw = (headers: Record<string, string>) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      const asked = requestOf({ host: '127.0.0.1', port: running.port, path: '/', headers })
      asked.on('response', async (answer) => {
        const parts: Buffer[] = []
        for await (const part of answer) parts.push(part)
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) })
      })
      asked.on('error', reject).end()
    })
  const [plain, small] = [await raw({}), await raw({ 'accept-encoding': 'gzip' })]
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(small.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(small.body).toString()).toContain('<!doctype html>')
  expect(small.body.length).toBeLessThan(plain.body.length / 2)
  const first = await get(path)
  const tag = first.headers.get('etag') ?? ''
  const second = await get(path, { headers: { 'if-none-match': tag } })
  expect([second.status, second.text]).toEqual([304, ''])
  expect(second.headers.get('content-security-policy')).toBe(first.headers.get('content-security-policy'))
  expect((await get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
})

test('pages that follow say what; what is none of these is not found, and HEAD opens no stream', async () => {
  for (const [path, followed] of [
    ['/', 'overview'],
    ['/sources/acme', 'overview'],
    ['/actions', 'actions'],
  ]) {
    expect((await get(path ?? '')).text).toContain(`<main id="main" tabindex="-1" data-follow="${followed}">`)
    const leaving = new AbortController()
    const { status, headers, body } = await fetch(`${running.url}/changes?of=${followed}`, leaving)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const { value } = (await body?.getReader().read()) ?? {}
    expect(new TextDecoder().decode(value)).toMatch(/^event: changed\ndata: \nretry: \d+\n\n$/)
    leaving.abort()
    const head = await get(`/changes?of=${followed}`, { method: 'HEAD' })
    expect([head.status, head.type]).toEqual([200, 'text/event-stream'])
  }
  for (const path of ['/changes', '/changes?of=runs']) expect((await get(path)).status).toBe(404)
})

test('browsers cache the style sheet and the script until they change', async () => {
  const { text } = await get('/')
  const paths = [...text.matchAll(/\/assets\/[0-9a-f]{16}-(?:console|keyboard)\.(?:css|js)/g)].map(
    ([path]) => path,
  )
  expect(new Set(paths).size).toBe(3)
  for (const path of paths) {
    const { status, headers } = await get(path)
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
  }
  expect((await get('/assets/0000000000000000-console.css')).status).toBe(404)
})

test('a request for an unknown host name gets no data, only what to configure', async () => {
  const ask = (host: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const { port } = running
      const asked = requestOf({ host: '127.0.0.1', port, path: '/api/rejections', headers: { host } })
      asked.on('response', (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (more: string) => {
          text += more
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      })
      asked.on('error', reject).end()
    })
  for (const host of [
    '127.0.0.1',
    '10.0.0.7:8080',
    '[::1]:8080',
    '::1',
    'localhost:8080',
    'CONSOLE.example.com.:443',
  ])
    expect([host, (await ask(host)).status]).toEqual([host, 200])
  for (const host of [
    'evil.example',
    'evil.example#.localhost',
    'console.example.com.evil.example',
    '127.0.0.1.evil.example:8080',
    '[::1',
  ]) {
    const { status, text } = await ask(host)
    expect([host, status]).toEqual([host, 421])
    expect(text).toMatch(/console\.hosts/)
    expect(text).not.toContain('not_json')
  }
})

/** The answer to bytes that no ordinary client sends. */
async function sendRaw(head: string): Promise<string> {
  const socket = connect(running.port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  socket.write(`${head}\r\nConnection: close\r\n\r\n`)
  await once(socket, 'close')
  return text
}

test.each([
  { what: 'two names', head: 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example', status: 400 },
  {
    what: 'two names, the known one last',
    head: 'GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost',
    status: 400,
  },
  { what: 'no name in HTTP/1.1', head: 'GET / HTTP/1.1\r\nAccept: */*', status: 400 },
  {
    what: 'no name in HTTP/1.0, as health checks ask',
    head: 'GET /healthz HTTP/1.0\r\nAccept: */*',
    status: 200,
  },
  { what: 'a name in HTTP/1.0', head: 'GET / HTTP/1.0\r\nHost: evil.example', status: 421 },
  {
    what: 'another name in the target',
    head: 'GET http://evil.example/ HTTP/1.1\r\nHost: localhost',
    status: 421,
  },
  {
    what: 'a known name in the target only',
    head: 'GET http://localhost/ HTTP/1.1\r\nHost: evil.example',
    status: 421,
  },
  {
    what: 'known names in both',
    head: 'GET http://localhost/healthz HTTP/1.1\r\nHost: localhost',
    status: 200,
  },
  {
    what: 'a known name that was forwarded',
    head: 'GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\nForwarded: host=localhost',
    status: 421,
  },
  {
    what: 'another name that was forwarded',
    head: 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil.example',
    status: 200,
  },
])('a request with $what gets $status', async ({ head, status }) => {
  expect(await sendRaw(head)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
})

test('pages answer 503 while the database is away, and recover with it', async () => {
  expect(JSON.parse((await get('/readyz')).text)).toEqual({
    ready: true,
    checks: [{ name: 'database', ok: true }],
  })
  const name = new URL(database.url).pathname.slice(1)
  const server = openDatabase({
    ...{ url: inject('postgresUrl'), poolMax: 1, statementTimeoutSeconds: 10 },
    applicationName: 'aftercall-test',
    onIdleError: () => {},
  })
  await sql`alter database ${sql.id(name)} allow_connections false`.execute(server.db)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name} and application_name = 'aftercall-console'`.execute(
    server.db,
  )
  // The previous answer is still valid for a moment.
  await vi.waitFor(async () => expect((await get('/')).status).toBe(503), { timeout: 60_000 })
  expect((await get('/')).text).toContain('The database does not answer')
  expect((await get('/readyz')).status).toBe(503)
  expect((await get('/healthz')).status).toBe(200)
  await sql`alter database ${sql.id(name)} allow_connections true`.execute(server.db)
  await vi.waitFor(async () => expect((await get('/')).status).toBe(200), { timeout: 60_000 })
  await server.close()
})
