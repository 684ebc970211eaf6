import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { readAssets } from '@aftercall/console/read-assets'
import { type Console, runConsole } from '@aftercall/console/run-console'
import { loadConfig } from '@aftercall/runtime/config/config'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { readMigrations } from '@aftercall/warehouse/schema/migrate'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { runCommand } from '../../services/cli/test/run-command.ts'
import { type Bench, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { callWithId } from './documents.ts'
import { testMs, until } from './until.ts'
import { type RunningWorker, startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

const chromiumPath = '/usr/bin/chromium'
const canRun = existsSync(chromiumPath) || process.env.CI !== undefined
const needs = canRun ? '' : ` (needs ${chromiumPath}: apt-get install chromium)`

/** Broken files: one for a click, and enough that a worker can be killed among them. */
const many = 120

let bench: Bench
let configFile: string
let slowConfigFile: string
const logins: TestLogin[] = []
let console: Console
let reading: Console
let worker: RunningWorker

type Row = {
  state: string
  counts: Record<string, number>
  askedBy: string
  takes: number
  confirmed: number
  error: string | null
}
async function readAction(id: string): Promise<Row | undefined> {
  const [row] = await bench.rows<Row>(`
    select state, counts, asked_by as "askedBy", take_count as takes, confirmed_count::int as confirmed, error
    from ingest.action where action_id = ${id}`)
  return row
}
async function untilEnded(id: string): Promise<Row> {
  return until(`action ${id} has ended`, async () => {
    const row = await readAction(id)
    return row !== undefined && !['waiting', 'running'].includes(row.state) ? row : undefined
  })
}

beforeAll(async () => {
  bench = await openBench({ notifies: false })
  configFile = await bench.writeConfig('all', { reconcile: { graceMinutes: 0 } })
  slowConfigFile = await bench.writeConfig('slow', { worker: { inFlight: 1, batchSize: 1 } })
  for (let id = 1; id <= many; id += 1) await bench.put(keyOf(id), 'no JSON')
  await bench.put('acme/click.json', '{"id": 1')
  const loaded = await runCommand(['backfill', '--source', 'acme', '--config', configFile], bench.env)
  expect(loaded.code).toBe(3)
  console = await openConsole('aftercall_operator', 'aftercall_actor')
  reading = await openConsole('aftercall_operator')
  worker = await startWorker(configFile, { env: bench.env })
})
afterAll(async () => {
  await console?.stop()
  await reading?.stop()
  await endCommands()
  await bench.close()
  for (const login of logins) await login.drop()
})

function keyOf(id: number): string {
  return `acme/call-${2_000 + id}.json`
}

async function openConsole(...inRoles: string[]): Promise<Console> {
  const login = await createTestLogin(inject('postgresUrl'), { inRoles })
  logins.push(login)
  const file = await bench.writeConfig(login.name, {
    database: { url: login.urlOf(bench.database.url), allowSuperuser: false },
    console: { port: 0, actionsMax: 100 },
  })
  const found = await loadConfig({ path: file, env: {}, needs: ['database'] })
  if (found.kind !== 'valid') throw new Error('the configuration is wrong')
  return runConsole({
    config: found.config,
    logger: createLogger({ level: 'silent' }),
    migrations: await readMigrations(new URL('../../migrations', import.meta.url).pathname),
    assets: readAssets(),
    version: 'test',
  })
}

/** What a browser sends for a form of the console, unless `headers` say otherwise. */
function send(
  to: Console,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' },
): Promise<{ status: number; location: string | undefined; text: string }> {
  const body = new URLSearchParams(fields).toString()
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ host: '127.0.0.1', port: to.port, path, method: 'POST' },
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
    asked.on('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (more: string) => {
        text += more
      })
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, location: answer.headers.location, text }),
      )
    })
    asked.on('error', reject).end(body)
  })
}

const key = () => crypto.randomUUID()
const maintain = (over: Record<string, string> = {}) => ({ kind: 'maintain', key: key(), count: '', ...over })
const countActions = async () => (await bench.rows('select from ingest.action')).length

describe('a form', () => {
  test.each([
    ['of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['of a sibling', { 'sec-fetch-site': 'same-site' }, 403],
    ['of no site', { 'sec-fetch-site': 'none' }, 403],
    ['of another site that names us as its origin', { 'sec-fetch-site': 'cross-site', origin: 'SELF' }, 403],
    ['without a word of where it comes from', {}, 403],
    ['with a foreign origin', { origin: 'http://evil.example' }, 403],
    ['with our origin behind another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['with no origin', { origin: 'null' }, 403],
    ['of an old browser, from here', { origin: 'SELF' }, 303],
    ['that is JSON', { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }, 415],
    ['that is plain text', { 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' }, 415],
    [
      'through a proxy that signs no one in',
      { 'sec-fetch-site': 'same-origin', 'x-forwarded-for': '10.0.0.1' },
      403,
    ],
    ['for another host', { 'sec-fetch-site': 'same-origin', host: 'evil.example' }, 421],
  ])('%s gets the right answer', async (_, headers, status) => {
    const before = await countActions()
    const self = `http://127.0.0.1:${console.port}`
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value === 'SELF' ? self : value]),
    )
    expect((await send(console, '/actions', maintain(), sent)).status).toBe(status)
    expect((await countActions()) - before).toBe(status === 303 ? 1 : 0)
  })

  test('that is too large is refused', async () => {
    expect((await send(console, '/actions', maintain({ code: 'x'.repeat(70_000) }))).status).toBe(413)
  })

  test('that is sent twice, also at once, asks once', async () => {
    const form = maintain()
    const answers = await Promise.all([1, 2, 3].map(() => send(console, '/actions', form)))
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1)
  })

  test.each([
    ['without a key', { kind: 'maintain', count: '' }],
    ['of an unknown kind', { kind: 'toString', key: key(), count: '' }],
    ['with a field of another kind', { kind: 'maintain', key: key(), count: '', code: 'x' }],
    ['with evil numbers', { kind: 'replay', id: `1); drop table ingest.action; --`, key: key(), count: '1' }],
    ['with a huge number', { kind: 'replay', id: '99999999999999999999', key: key(), count: '1' }],
    ['about a foreign source', { kind: 'reconcile', source: 'globex', key: key(), count: '' }],
    [
      'about a prefix outside the source',
      { kind: 'backfill', source: 'acme', prefix: 'other/', key: key(), count: '' },
    ],
  ])('%s is refused with 400', async (_, form) => {
    const before = await countActions()
    expect((await send(console, '/actions', form as Record<string, string>)).status).toBe(400)
    expect(await countActions()).toBe(before)
  })

  test('for more than was confirmed shows the new number; for many the number has to be typed', async () => {
    const before = await countActions()
    const form = { kind: 'ignore', code: 'not_json', key: key() }
    const more = await send(console, '/actions', { ...form, count: '1' })
    expect([more.status, more.location]).toEqual([200, undefined])
    expect(more.text).toContain(`There are ${many + 1} now, and you have confirmed 1.`)
    for (const typed of ['', '12']) {
      const answer = await send(console, '/actions', { ...form, count: String(many + 1), typed })
      expect([answer.status, answer.location]).toEqual([200, undefined])
    }
    expect(await countActions()).toBe(before)
  })
})

it('the command asks with --via worker, as a login that may not write; without it, the message names it', async () => {
  const login = await createTestLogin(inject('postgresUrl'), {
    inRoles: ['aftercall_operator', 'aftercall_actor'],
  })
  logins.push(login)
  const asking = await bench.writeConfig('asking', {
    database: { url: login.urlOf(bench.database.url), allowSuperuser: false },
  })
  const [rejection] = await bench.rows<{ id: string }>(
    `select rejection_id::text as id from ingest.rejection where object_key = '${keyOf(1)}'`,
  )
  const id = rejection?.id ?? ''
  const run = (...args: string[]) => runCommand([...args, '--config', asking], bench.env)
  const refused = await run('rejections', 'ignore', id)
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toContain('--via worker')
  for (const [args, counts] of [
    [['reconcile', '--source', 'acme'], { listed: expect.any(Number) }],
    [['backfill', '--source', 'acme', '--dry-run'], { listed: expect.any(Number) }],
    [['replay', '--id', id], { rejected: 1 }],
  ] as const) {
    const asked = await run(...args, '--via', 'worker', '--json')
    expect({ args, ...asked }).toMatchObject({ code: 0 })
    const { action } = JSON.parse(asked.out) as { action: string }
    expect(await untilEnded(action)).toMatchObject({ state: 'done', counts, error: null })
  }
})

test('an operator has no button anywhere, and a form gets 403', async () => {
  const group = '/rejections/not_json'
  for (const path of [
    '/',
    '/rejections',
    group,
    '/rejections/1',
    '/runs',
    '/runs/new',
    '/days',
    '/actions',
  ]) {
    const text = await (await fetch(`${reading.url}${path}`)).text()
    expect([path, /<form[^>]*method="post"|type="checkbox"/.test(text)]).toEqual([path, false])
    expect(text).toContain('Read-only: the database login of this console is not in aftercall_actor.')
  }
  expect(await (await fetch(`${console.url}${group}`)).text()).toMatch(/<form[^>]*method="post"/)
  expect((await send(reading, '/actions', maintain())).status).toBe(403)
  expect((await send(reading, '/confirm', { kind: 'maintain' })).status).toBe(403)
})

describe.skipIf(!canRun)(`in a browser${needs}`, () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    })
  })
  afterAll(() => browser.close())

  const idOf = (at: Page) => new URL(at.url()).pathname.split('/').at(-1) ?? ''

  test.each([true, false])(
    'a mended file is replayed by a click; with script: %s',
    async (javaScriptEnabled) => {
      const name = javaScriptEnabled ? 'acme/click.json' : keyOf(1)
      const session = javaScriptEnabled ? 3_001 : 3_002
      const [rejected] = await bench.rows<{ id: string }>(
        `select rejection_id as id from ingest.rejection where object_key = '${name}'`,
      )
      await bench.put(name, callWithId(session))
      page = await (await browser.newContext({ baseURL: console.url, javaScriptEnabled })).newPage()
      await page.goto(`/rejections/${rejected?.id}`)
      await page.getByRole('button', { name: 'Replay…', exact: true }).click()
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Replay 1 rejection?')
      await page.getByRole('button', { name: 'Replay 1 rejection' }).click()
      await page.waitForURL(/\/actions\/\d+$/)
      const id = idOf(page)
      expect(await untilEnded(id)).toMatchObject({
        state: 'done',
        counts: { stored: 1 },
        confirmed: 1,
        takes: 1,
      })
      expect(await bench.rows(`select from warehouse.session where session_id = ${session}`)).toHaveLength(1)
      // A page shows what was read for all viewers, which may be some seconds old.
      const shown = await until('the page shows its end', async () => {
        await page.reload()
        const text = await page.locator('main').innerText()
        return text.includes('Done: 1 stored.') && text
      })
      expect(shown).toMatch(/Asked by\s+local:\w+/)
      expect(await (await fetch(`${console.url}/rejections/${rejected?.id}`)).text()).toContain('replayed')
      await page.context().close()
    },
  )

  test('some are picked and ignored, and one of them is reopened', async () => {
    page = await (await browser.newContext({ baseURL: console.url })).newPage()
    await page.goto('/rejections/not_json')
    const boxes = page.getByRole('checkbox')
    for (const at of [0, 1]) await boxes.nth(at).check()
    await page.getByRole('button', { name: 'Ignore those picked…' }).click()
    await page.getByRole('button', { name: 'Ignore 2 rejections' }).click()
    await page.waitForURL(/\/actions\/\d+$/)
    expect(await untilEnded(idOf(page))).toMatchObject({ state: 'done', counts: { ignored: 2 } })
    await page.goto('/rejections/not_json?state=ignored')
    await page.getByRole('link', { name: /^s3:/ }).first().click()
    await page.getByRole('button', { name: 'Reopen…' }).click()
    await page.getByRole('button', { name: 'Reopen 1 rejection' }).click()
    await page.waitForURL(/\/actions\/\d+$/)
    expect(await untilEnded(idOf(page))).toMatchObject({ state: 'done', counts: { reopened: 1 } })
    await page.context().close()
  })

  test('a backfill begins with its bill; after a second confirmation the files are loaded', async () => {
    await bench.put('acme/new-1.json', callWithId(4_001))
    await bench.put('acme/new-2.json', callWithId(4_002))
    page = await (await browser.newContext({ baseURL: console.url })).newPage()
    await page.goto('/runs')
    await page.getByRole('link', { name: 'New backfill…' }).click()
    await page.getByLabel(/^Only keys/).fill('acme/new-')
    await page.getByRole('button', { name: 'Estimate' }).click()
    await page.getByRole('button', { name: /^Estimate a backfill of acme/ }).click()
    await page.waitForURL(/\/actions\/\d+$/)
    expect(await untilEnded(idOf(page))).toMatchObject({ state: 'done', counts: { listed: 2, toLoad: 2 } })
    await page.reload()
    await page.getByRole('button', { name: /^Load 2 files, \$0\.00…/ }).click()
    await page.getByRole('button', { name: 'Load 2 files of acme' }).click()
    await page.waitForURL(/\/actions\/\d+$/)
    expect(await untilEnded(idOf(page))).toMatchObject({ state: 'done', counts: { listed: 2, stored: 2 } })
    expect(await bench.rows(`select from warehouse.session where session_id in (4001, 4002)`)).toHaveLength(2)
    await page.context().close()
  })
})

it('I1 a worker is killed in the middle of an action: another ends it, and the counts are right', async () => {
  await worker.stop()
  for (let id = 1; id <= many; id += 1) await bench.put(keyOf(id), callWithId(2_000 + id))
  const open = `select from ingest.rejection where state = 'open' and code = 'not_json'`
  const number = (await bench.rows(open)).length
  const form = {
    kind: 'replay',
    code: 'not_json',
    key: key(),
    count: String(number),
    typed: String(number),
  }
  const { location = '' } = await send(console, '/actions', form)
  const id = location.split('/').at(-1) ?? ''
  const doomed = await startWorker(slowConfigFile, { env: bench.env })
  await until('some are replayed', async () => {
    const left = (await bench.rows(open)).length
    return left < number && left > 0
  })
  doomed.kill('SIGKILL')
  await doomed.ended()
  expect(await readAction(id)).toMatchObject({ state: 'running', takes: 1 })
  worker = await startWorker(configFile, { env: bench.env })
  expect(await untilEnded(id)).toMatchObject({
    ...{ state: 'done', takes: 2, confirmed: number, counts: { stored: number }, error: null },
  })
  expect(await bench.rows(open)).toHaveLength(0)
})

it('a running backfill is paused, which ends its action, and a resume loads the rest', async () => {
  for (let id = 1; id <= many; id += 1) await bench.put(`acme/late/${id}.json`, callWithId(6_000 + id))
  const form = {
    kind: 'backfill',
    source: 'acme',
    prefix: 'acme/late/',
    // Slow enough that the run is not done before a worker looks for the pause, within five seconds.
    maxRate: '10',
    key: key(),
    count: '',
  }
  const { location = '' } = await send(console, '/actions', form)
  const id = location.split('/').at(-1) ?? ''
  const runId = await until('the run loads', async () => {
    const [row] = await bench.rows<{ run: string; loaded: number }>(`
      select run_id::text as run, (select count(*)::int from ingest.object where object_key like 'acme/late/%') as loaded
      from ingest.action where action_id = ${id}`)
    return row !== undefined && row.loaded > 0 ? row.run : undefined
  })
  const paused = await send(console, '/actions', { kind: 'pause', run: runId, key: key(), count: '' })
  expect(await untilEnded(paused.location?.split('/').at(-1) ?? '')).toMatchObject({ state: 'done' })
  expect(await untilEnded(id)).toMatchObject({
    state: 'cancelled',
    error: expect.stringMatching(/was paused by local:/),
  })
  const resumed = await send(console, '/actions', { kind: 'resume', run: runId, key: key(), count: '' })
  expect(await untilEnded(resumed.location?.split('/').at(-1) ?? '')).toMatchObject({ state: 'done' })
  expect(
    await bench.rows(`select from warehouse.session where session_id between 6001 and ${6_000 + many}`),
  ).toHaveLength(many)
})

it('a running action is cancelled', async () => {
  for (let id = 1; id <= many; id += 1) await bench.put(`acme/slow/${id}.json`, callWithId(8_000 + id))
  const form = { kind: 'backfill', source: 'acme', prefix: 'acme/slow/', maxRate: '2', key: key(), count: '' }
  const { location = '' } = await send(console, '/actions', form)
  const id = location.split('/').at(-1) ?? ''
  await until('it runs', async () => (await readAction(id))?.state === 'running')
  expect((await send(console, `/actions/${id}/cancel`, {})).location).toBe(location)
  expect(await untilEnded(id)).toMatchObject({ state: 'cancelled' })
})
