import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { z } from 'zod'

/**
 * `npm run screenshot`: docs/images/, light and dark, from the demo once it has caught up with the real time: the overview, and the
 * course of the session with the most transfers.
 */
const folder = new URL('../../docs/images/', import.meta.url)
const timeLimitMs = 300_000
const schemes = ['light', 'dark'] as const

const sessionList = z.object({
  sessions: z.array(z.object({ source: z.string(), channel: z.string(), sessionId: z.string() })),
})
const history = z.object({ parts: z.object({ parts: z.array(z.object({ kind: z.string() })) }) })

const demo = spawn('aftercall', ['demo'], {
  cwd: new URL('../..', import.meta.url),
  stdio: ['ignore', 'ignore', 'pipe'],
})
const ended = once(demo, 'exit')
try {
  const url = await consoleUrl()
  await untilRead(url, new Date())
  await takeScreenshots(url)
} finally {
  demo.kill('SIGTERM')
  await ended
}
process.stdout.write('Wrote docs/images/*.png.\n')

/** The address of the console, when everything is loaded. */
async function consoleUrl(): Promise<string> {
  const lines: string[] = []
  let url: string | undefined
  for await (const line of createInterface({ input: demo.stderr })) {
    url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url !== undefined && line.includes('keeps running')) {
      demo.stderr.resume()
      return url
    }
    lines.push(line)
  }
  throw new Error(`the demo did not load everything: ${lines.join('\n')}`)
}

/** The console answers with what it read last, which may be some seconds old. */
async function untilRead(url: string, since: Date): Promise<void> {
  const answer = z.object({ overview: z.object({ readAt: z.coerce.date() }) })
  const giveUp = AbortSignal.timeout(timeLimitMs)
  for (;;) {
    const response = await fetch(`${url}/api/`, { signal: giveUp })
    const { data } = answer.safeParse(await response.json())
    if (data !== undefined && data.overview.readAt > since) return
    await wait(500, undefined, { signal: giveUp })
  }
}

async function takeScreenshots(url: string): Promise<void> {
  const session = await findSession(url)
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  try {
    for (const colorScheme of schemes) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, colorScheme })
      await page.goto(url)
      // On a busy machine a reading may lack something; the page shows the next one by itself.
      await page.locator('main .status.good').waitFor({ timeout: timeLimitMs })
      await page.locator('main .strip').waitFor({ timeout: timeLimitMs })
      await take(page, `console-${colorScheme}.png`)
      await page.goto(`${url}/history?of=${encodeURIComponent(session)}`)
      const picture = page.locator('.session-picture')
      await picture.screenshot({ path: new URL(`session-${colorScheme}.png`, folder).pathname })
      await page.close()
    }
  } finally {
    await browser.close()
  }
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: new URL(name, folder).pathname })
}

/** `SOURCE/call/ID` of the one with the most transfers among the newest calls. */
async function findSession(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/sessions?source=harborline&channel=call&limit=200`)
  let found = { of: '', transfers: -1 }
  for (const { source, channel, sessionId } of sessionList.parse(await answer.json()).sessions) {
    const of = `${source}/${channel}/${sessionId}`
    const read = await fetch(`${url}/api/history?of=${encodeURIComponent(of)}`)
    const { parts } = history.parse(await read.json()).parts
    const transfers = parts.filter(({ kind }) => kind === 'transfer').length
    if (transfers > found.transfers) found = { of, transfers }
  }
  return found.of
}
