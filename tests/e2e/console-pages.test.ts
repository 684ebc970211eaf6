import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { get } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { readAssets } from '@aftercall/console/read-assets'
import { runConsole } from '@aftercall/console/run-console'
import { loadConfig } from '@aftercall/runtime/config/config'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { readMigrations } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { call1418, callBytes, chatBytes } from './documents.ts'
import { drawPaths } from './draw-paths.ts'
import { findOverflow, lookAtPage } from './look-at-page.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 2, thorough: 'all' })

const chromiumPath = '/usr/bin/chromium'
const canRun = existsSync(chromiumPath) || process.env.CI !== undefined
const needs = canRun ? '' : ` (needs ${chromiumPath}: apt-get install chromium)`

/** A name that a tenant could give a file or a field. */
const evil = '<script>alert(1)</script><img src=x onerror=alert(2)>'
const key = `acme/2026/03/24/call-1418.json`
const brokenKey = `acme/${evil}.json`

describe.skipIf(!canRun)(`the console's pages in a browser${needs}`, () => {
  let bench: Bench
  let browser: Browser
  let url: string
  const closing: (() => Promise<unknown>)[] = []
  let paths: string[]

  beforeAll(async () => {
    bench = await openBench()
    closing.push(() => bench.close())
    const configFile = await bench.writeConfig('all', { console: { port: 0 } })
    const worker = await startWorker(configFile, { env: bench.env })
    closing.push(() => worker.stop().finally(endCommands))
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    })
    closing.push(() => browser.close())
    await bench.put(key, callBytes)
    await bench.put('acme/2026/03/24/chat-135.json', { ...JSON.parse(chatBytes.toString()), [evil]: 'x' })
    await bench.put(brokenKey, `{"id": 1, "note": "${evil}`)
    await bench.untilSettled()
    await bench.put(key, { ...call1418, updated_at: '2026-03-24T13:40:00.000-07:00' })
    await bench.untilSettled()
    await until('the worker reports its queue', async () => {
      const [reported] = await bench.rows<{ there: boolean }>(
        `select exists (select from ingest.worker where queues -> 0 ->> 'waiting' is not null) as there`,
      )
      return reported?.there === true
    })
    const [rejected] = await bench.rows<{ id: string }>('select rejection_id as id from ingest.rejection')
    await sql`update ingest.rejection set detail = detail || ${evil}`.execute(bench.database.db)
    // The longest texts: a source beside a key without a break, and the longest name of a vocabulary.
    await sql`
      insert into ingest.rejection (fingerprint, source, bucket, object_key, code, detail)
      values ('\\x01', 'coralcoast', 'files', ${`metadata/${'0123456789'.repeat(30)}.json`}, 'not_json', ${'y'.repeat(400)})
    `.execute(bench.database.db)
    await sql`
      insert into ingest.schema_drift (source, channel, json_path, json_type, document_count, example_bucket, example_key)
      values ('coralcoast', 'call', '*', 'word unknown to virtual_agent_finish_reason', 1, 'files', 'a.json')
    `.execute(bench.database.db)
    // The longest key that S3 allows.
    await sql`
      insert into ingest.object (bucket, object_key, source, outcome, settled_at)
      values (${bucket}, ${`acme/${'k'.repeat(1_014)}.json`}, 'acme', 'stored', now() - interval '3 days')
    `.execute(bench.database.db)
    const history = (of: string) => `/history?of=${encodeURIComponent(of)}`
    paths = [
      ...['/', '/sessions', '/rejections', '/rejections/not_json', `/rejections/${rejected?.id}`],
      ...[history(`s3://${bucket}/${brokenKey}`), history('acme/call/1418'), history(`acme/call/9${evil}`)],
      ...['/runs', '/retention', '/days', '/drift', '/rejections/none_such', '/rejections?source=coralcoast'],
      ...['/objects?source=acme', '/sessions?source=acme&channel=call', '/sources/acme', '/runbook'],
      ...[history('call-14'), history('1418'), '/days?days=365', '/analytics'],
      ...[history(`s3://${bucket}/acme/${'k'.repeat(1_014)}.json`), history('acme/kkk')],
    ]
    const served = await openConsole(configFile)
    closing.push(served.stop)
    url = served.url
  })

  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ baseURL: url, ...options })
    return context.newPage()
  }

  test('every page fits 320, 390, and 1440 pixels, is readable in light and dark mode, and runs only its own script', async () => {
    const page = await openPage()
    const troubles: string[] = []
    // Violations of the CSP are reported here, too.
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('dialog', (dialog) => troubles.push(`a dialog: ${dialog.message()}`))
    for (const path of drawPaths(paths)) {
      await page.goto(path)
      for (const [colorScheme, width, look] of [
        ['light', 1440, lookAtPage] as const,
        ['dark', 390, lookAtPage] as const,
        // Its colors and texts are those of 390 pixels.
        ['dark', 320, findOverflow] as const,
      ]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 800 })
        troubles.push(...(await look(page)).map((trouble) => `${path} ${colorScheme} ${width}: ${trouble}`))
      }
    }
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('at 1440 pixels the header is one line, up to the switch of the time zone', async () => {
    const page = await openPage({ viewport: { width: 1440, height: 800 }, timezoneId: 'Asia/Shanghai' })
    await page.goto('/')
    for (const name of ['Times in UTC', 'Times in my zone']) {
      const button = page.getByRole('button', { name })
      const [brand, zone] = await Promise.all([page.locator('.brand').boundingBox(), button.boundingBox()])
      expect(Math.abs(middleOf(zone) - middleOf(brand)), name).toBeLessThan(12)
      expect(zone?.height, name).toBeLessThan(36)
      await button.click()
    }
    await page.context().close()
  })

  it('the name of a source is not broken beside a long key', async () => {
    const page = await openPage({ viewport: { width: 1440, height: 800 } })
    for (const path of ['/rejections', '/rejections/not_json', '/drift']) {
      await page.goto(path)
      const lines = await page.getByText(/coralcoast/).evaluateAll((cells) =>
        cells.flatMap((cell) => {
          const text = [...cell.childNodes].find((node) => node.nodeValue?.includes('coralcoast'))
          if (text === undefined) return []
          const range = document.createRange()
          const start = text.nodeValue?.indexOf('coralcoast') ?? 0
          range.setStart(text, start)
          range.setEnd(text, start + 'coralcoast'.length)
          return [range.getClientRects().length]
        }),
      )
      expect([path, lines]).toEqual([path, [1]])
    }
    await page.context().close()
  })

  it('the content of names and reasons is shown as text and never becomes part of the page', async () => {
    const page = await openPage()
    const shown = paths.filter((path) => /not_json|\/\d|history.*script/.test(path))
    expect(shown).toHaveLength(4)
    for (const path of shown) {
      await page.goto(path)
      expect(await page.locator('main').textContent(), path).toContain(evil)
      expect(await page.locator('main script, main img').count(), path).toBe(0)
    }
    await page.context().close()
  })

  it('a character that would be invisible in a key is written out and can be seen', async () => {
    await sql`
      insert into ingest.rejection (fingerprint, source, bucket, object_key, code, detail)
      values ('\\x02', 'acme', 'files', ${'acme/a\u202egnp\u200b.json'}, 'hidden_test', 'x')
    `.execute(bench.database.db)
    const page = await openPage()
    await page.goto('/rejections/hidden_test')
    const hidden = page.locator('main .hidden-character')
    expect(await hidden.allInnerTexts()).toEqual(['\\u{202E}', '\\u{200B}'])
    for (const one of await hidden.all()) expect((await one.boundingBox())?.width).toBeGreaterThan(20)
    await sql`delete from ingest.rejection where code = 'hidden_test'`.execute(bench.database.db)
    await page.context().close()
  })

  it('new objects and problems appear without a reload, and the scroll position is kept', async () => {
    const change = (query: string) => sql.raw(query).execute(bench.database.db)
    await change(`select ingest.create_month((date_trunc('month', now()) + n * interval '1 month')::date)
      from generate_series(0, 1) n`)
    await change(`update ingest.rejection set state = 'ignored'`)
    const page = await openPage({ viewport: { width: 800, height: 500 } })
    await page.clock.install()
    await page.goto('/')
    const objects = page.locator('.source .figures.big > div', { hasText: 'Processed in 24 h' }).locator('dd')
    const before = Number.parseInt(await objects.innerText(), 10)
    expect(await page.locator('main .status').innerText()).toContain('All well')
    expect(await page.locator('.strip').innerText()).toMatch(/^Workers 1\s+Queue \d+ waiting/)
    const problem = page.locator('.problem', { hasText: 'rejected in the last 24 hours' })
    // The console may answer with a reading of some seconds before.
    await until('the problem is gone', async () => (await problem.count()) === 0)
    const summary = page.locator('#hours-table summary')
    await summary.click()
    await page.evaluate('marker = "the same document"')
    const placeBefore = await summary.boundingBox()

    await change(`update ingest.rejection set state = 'open', last_seen_at = now()`)
    await bench.put('acme/2026/03/25/call-1419.json', { ...call1418, id: 1419 })
    await bench.untilSettled()
    await until('both are shown', async () => {
      await page.clock.fastForward(5_000)
      const isCounted = Number.parseInt(await objects.innerText(), 10) === before + 1
      return isCounted && (await problem.count()) > 0
    })
    expect(await page.title()).toMatch(/^All well \(\d/)
    expect((await summary.boundingBox())?.y).toBeCloseTo(placeBefore?.y ?? 0, -1)
    const after = await page.evaluate(
      '[marker, document.activeElement.localName, document.querySelector("#hours-table").open]',
    )
    expect(after).toEqual(['the same document', 'summary', true])
    await page.context().close()
  })

  it('pages that follow the server are refreshed by its events alone, and at an interval where a proxy refuses those', async () => {
    const ask = (by: string) =>
      sql`select ingest.ask_maintain(${by}, gen_random_uuid())`.execute(bench.database.db)
    const page = await openPage()
    // No timer may refresh this page.
    await page.addInitScript('setInterval = () => 0')
    await page.goto('/actions')
    await page.locator('html[data-following]').waitFor()
    await ask('ana@example.com')
    await page.getByText('ana@example.com').waitFor()
    await page.goto('/')
    await page.locator('html[data-following]').waitFor()
    const asOf = page.locator('.as-of time')
    const before = await asOf.getAttribute('datetime')
    await until('the next reading is shown', async () => (await asOf.getAttribute('datetime')) !== before)
    await page.context().close()

    const other = await openPage()
    await other.clock.install()
    await other.route('**/changes?*', (route) => route.fulfill({ status: 503 }))
    await other.goto('/actions')
    await ask('bob@example.com')
    await until('it is shown', async () => {
      await other.clock.fastForward(5_000)
      return (await other.getByText('bob@example.com').count()) > 0
    })
    expect(await other.locator('html[data-following]').count()).toBe(0)
    await other.context().close()
  })

  it('what is typed or chosen in a form stays while the page is refreshed', async () => {
    const page = await openPage()
    await page.goto('/')
    await page.locator('html[data-following]').waitFor()
    await page.getByLabel('Object or session').fill('call-14')
    await page.getByLabel('Span').selectOption('24h')
    await page.getByRole('link', { name: 'Runs' }).focus()
    const asOf = page.locator('.as-of time')
    for (const round of [1, 2]) {
      const before = await asOf.getAttribute('datetime')
      await until(`reading ${round} is shown`, async () => (await asOf.getAttribute('datetime')) !== before)
    }
    expect(await page.getByLabel('Object or session').inputValue()).toBe('call-14')
    expect(await page.getByLabel('Span').inputValue()).toBe('24h')
    await page.context().close()
  })

  test('the first load of every page is at most 60 KB as it is sent', async () => {
    const sizeOf = async (path: string): Promise<{ bytes: number; text: string }> => {
      const [answer] = await once(
        get(`${url}${path}`, { headers: { 'accept-encoding': 'gzip' } }),
        'response',
      )
      const parts: Buffer[] = []
      for await (const part of answer) parts.push(part)
      const body = Buffer.concat(parts)
      const isSmall = answer.headers['content-encoding'] === undefined
      return { bytes: body.length, text: (isSmall ? body : gunzipSync(body)).toString() }
    }
    const sizes: [string, number][] = []
    for (const path of paths) {
      const { bytes, text } = await sizeOf(path)
      const assets = new Set(
        [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, found]) => found),
      )
      expect(assets.size, path).toBe(3)
      let sum = bytes
      for (const asset of assets) sum += (await sizeOf(asset ?? '')).bytes
      sizes.push([path, sum])
    }
    expect(sizes.filter(([, bytes]) => bytes > 60 * 1_024)).toEqual([])
  })

  it('a page that cannot be refreshed says since when, until it is refreshed again', async () => {
    const page = await openPage()
    await page.clock.install()
    await page.goto('/runs')
    const away = page.getByRole('status')
    expect(await away.innerText()).toBe('')
    await page.context().setOffline(true)
    await until('it says that it is not refreshed', async () => {
      await page.clock.fastForward(5_000)
      return /^Not refreshed since .*\d/.test(await away.innerText())
    })
    await page.context().setOffline(false)
    await until('it no longer says so', async () => {
      await page.clock.fastForward(5_000)
      return (await away.innerText()) === ''
    })
    await page.context().close()
  })

  it('times are in the time zone of the viewer, with UTC in the title; a command is copied exactly', async () => {
    const page = await openPage({
      timezoneId: 'America/New_York',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.goto('/history?of=acme/call/1418')
    const time = page.locator('.figures time').first()
    const [shown, title, at] = [
      await time.innerText(),
      await time.getAttribute('title'),
      await time.getAttribute('datetime'),
    ]
    expect(title).toBe(`${at?.slice(0, 19).replace('T', ' ')}Z`)
    expect(Date.parse(`${shown.replace(' ', 'T')}-04:00`)).toBe(
      Math.floor(Date.parse(at ?? '') / 1_000) * 1_000,
    )

    expect(await page.locator('.as-of').innerText()).toMatch(
      /^as of \d\d:\d\d:\d\d, times in America\/New_York \(UTC-[45]\)$/,
    )
    await page.getByRole('button', { name: 'Times in UTC' }).click()
    expect(`${await time.innerText()}Z`).toBe(title)
    expect(await page.locator('.as-of').innerText()).toMatch(/, times in UTC$/)
    await page.reload()
    expect(`${await time.innerText()}Z`).toBe(title)
    await page.getByRole('button', { name: 'Times in my zone' }).click()
    expect(await time.innerText()).toBe(shown)

    await page.goto('/rejections/not_json')
    await page.getByRole('button', { name: 'Copy: aftercall replay --rejected --code not_json' }).click()
    const copied = await page.evaluate('navigator.clipboard.readText()')
    expect(copied).toBe('aftercall replay --rejected --code not_json')
    await page.context().close()
  })

  it('the history of a session can be found without JavaScript, with only the keyboard', async () => {
    const page = await openPage({ javaScriptEnabled: false })
    await page.goto('/sessions')
    await page.keyboard.press('Tab')
    const skip = page.getByRole('link', { name: 'Skip to content' })
    await until(
      'the link past the navigation is shown',
      async () => ((await skip.boundingBox())?.y ?? -1) > 0,
    )
    await page.getByLabel('Object or session').focus()
    await page.keyboard.type('acme/call/1418')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/history?of=acme%2Fcall%2F1418')
    const steps = await page.locator('.timeline strong').allInnerTexts()
    expect(steps.at(-1)).toBe('Stored')
    expect(await page.locator('main').innerText()).toMatch(/Revisions accepted\s+2/)
    await page.context().close()
  })

  it('arrow keys lead through the columns of the chart, each with its numbers, and a slash to the search', async () => {
    const page = await openPage()
    await page.goto('/')
    const newest = page.locator('.reading').last()
    await newest.focus()
    expect(await newest.locator('.reading-text').innerText()).toMatch(/\d \w+/)
    await page.keyboard.press('ArrowLeft')
    const before = page.locator('.reading').nth(46)
    expect(await before.evaluate((button) => button === document.activeElement)).toBe(true)
    expect(await before.locator('.reading-text').isVisible()).toBe(true)
    await page.keyboard.press('/')
    expect(await page.evaluate('document.activeElement.id')).toBe('find')
    await page.context().close()
  })
})

function middleOf(box: { y: number; height: number } | null): number {
  return (box?.y ?? 0) + (box?.height ?? 0) / 2
}

async function openConsole(configFile: string): Promise<{ url: string; stop(): Promise<void> }> {
  const reading = await loadConfig({ path: configFile, env: {}, needs: ['database'] })
  if (reading.kind !== 'valid') throw new Error('the configuration is wrong')
  return runConsole({
    config: reading.config,
    logger: createLogger({ level: 'silent' }),
    migrations: await readMigrations(new URL('../../migrations', import.meta.url).pathname),
    assets: readAssets(),
    version: 'test',
  })
}
