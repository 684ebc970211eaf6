import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { hostname } from 'node:os'
import { countOf } from '@aftercall/testkit/test-count'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Reads } from '../../services/console/src/open-reads.ts'
import { listRoutes } from '../../services/console/src/routes.ts'
import { allLanguages } from '../../services/console/src/texts/languages.ts'
import { type ConsoleWithData, hasChromium, openConsoleWithData } from './console-with-data.ts'
import { drawPaths } from './draw-paths.ts'
import { findLatin } from './find-latin.ts'
import { findOverflow } from './look-at-page.ts'
import { pseudoLanguage } from './pseudo-language.ts'
import { testMs } from './until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const pseudoTag = 'en-XA'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Names of queues and menus of the documents, of persons, logins and hosts, of fields, and of parameters of an address. */
const data = new RegExp(
  `\\b(acme|local:\\w+|ana|postgres|${hostname()}|Delivery status|Group|colour|nothing like this|days|sort)\\b`,
  'g',
)

describe.skipIf(!hasChromium)('the console in every language (needs chromium)', () => {
  let open: ConsoleWithData
  beforeAll(async () => {
    open = await openConsoleWithData({ ...allLanguages, [pseudoTag]: pseudoLanguage() })
  })
  afterAll(() => open?.close())

  /** A page whose browser prefers the language. */
  async function openPage(locale: string, width = 1440): Promise<Page> {
    const context = await open.browser.newContext({
      ...{ baseURL: open.url, locale, viewport: { width, height: 900 } },
    })
    return context.newPage()
  }

  test('the addresses below reach every route of the console', () => {
    // The reads are only taken here, not called.
    const routes = listRoutes(new Proxy({}, { get: () => async () => undefined }) as Reads)
    const shown = open.paths.map((path) => path.split('?')[0] ?? '')
    const missing = routes.filter(({ path }) => !shown.some((one) => path.test(one)))
    expect(missing.map(({ path }) => path.source)).toEqual([])
  })

  test('no page in Chinese shows a Latin word that is no name, code, key, id or unit', async () => {
    const page = await openPage('zh-CN')
    const found: string[] = []
    for (const path of drawPaths(open.paths)) {
      await page.goto(path)
      expect(await page.locator('html').getAttribute('lang'), path).toBe('zh-CN')
      found.push(...(await findLatin(page, data)).map((words) => `${path}: ${words}`))
    }
    expect(found).toEqual([])
    await page.context().close()
  })

  test('a language that is 40 % longer fits 390 pixels on every page', async () => {
    const page = await openPage(pseudoTag, 390)
    const troubles: string[] = []
    for (const path of drawPaths(open.paths)) {
      await page.goto(path)
      expect(await page.locator('h1, .skip').allInnerTexts(), path).toContainEqual(
        expect.stringMatching(/ëxtrå/),
      )
      troubles.push(...(await findOverflow(page)).map((trouble) => `${path} ${trouble}`))
    }
    expect(troubles).toEqual([])
    await page.context().close()
  })

  /** Quick: each page in one of them, in turn. */
  const looks = ['en', 'zh-CN'].flatMap((locale) =>
    [390, 1440].flatMap((width) =>
      (['light', 'dark'] as const).map((colorScheme) => ({ locale, width, colorScheme })),
    ),
  )
  const looksOfPage = countOf({ quick: 1, thorough: looks.length })

  test('axe finds nothing on any page in both languages, light and dark, at 390 and 1440 pixels', async () => {
    const pages = new Map<string, Page>()
    const found: string[] = []
    for (const [at, path] of drawPaths(open.paths).entries())
      for (let turn = 0; turn < looksOfPage; turn += 1) {
        const look = looks[(at * 3 + turn) % looks.length]
        if (look === undefined) continue
        const { locale, width, colorScheme } = look
        const page = pages.get(locale) ?? (await openPage(locale))
        pages.set(locale, page)
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        await page.goto(path)
        found.push(...(await runAxe(page)).map((one) => `${path} ${locale} ${width} ${colorScheme}: ${one}`))
      }
    expect(found).toEqual([])
    for (const page of pages.values()) await page.context().close()
  })

  test('a link changes the language without a script, keeps the page, and the choice stays', async () => {
    const context = await open.browser.newContext({
      ...{ baseURL: open.url, locale: 'de-DE', javaScriptEnabled: false },
    })
    const page = await context.newPage()
    await page.goto('/days?days=30')
    expect(await page.locator('h1').innerText()).toBe('Days')
    await page.getByRole('link', { name: '简体中文' }).click()
    expect(new URL(page.url()).searchParams.get('days')).toBe('30')
    expect(await page.locator('h1').innerText()).toBe('每日完整性')
    await page.getByRole('link', { name: '会话', exact: true }).click()
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
    await page.getByRole('link', { name: 'English', exact: true }).click()
    expect(await page.locator('h1').innerText()).toBe('Sessions')
    await context.close()
  })

  test('an action is confirmed and carried out in Chinese', async () => {
    const page = await openPage('zh-CN')
    await page.goto('/rejections/not_json')
    await page.getByRole('button', { name: '全部忽略…' }).click()
    expect(await page.locator('h1').innerText()).toBe('忽略 1 条拒收？')
    expect(await findLatin(page, data)).toEqual([])
    expect(await runAxe(page)).toEqual([])
    const other = page.getByRole('link', { name: 'English', exact: true })
    expect(await other.getAttribute('href')).toBe('/actions?lang=en')
    await page.getByRole('button', { name: '忽略 1 条拒收' }).click()
    await page.waitForURL('**/actions/*')
    expect(await findLatin(page, data)).toEqual([])
    await page.context().close()
  })
})

async function runAxe(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  // The type of axe's answer is not needed for two of its fields.
  const violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] =
    await page.evaluate(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) =>
      ({ id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`,
    )
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`),
  )
}
