import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { z } from 'zod'

/** `npm run screenshot`: docs/images/console.png, the console's first page once the demo has caught up with the real time. */
const picture = new URL('../../docs/images/console.png', import.meta.url)
const timeLimitMs = 300_000
const size = { width: 1200, height: 1080 }

const demo = spawn('aftercall', ['demo'], {
  cwd: new URL('../..', import.meta.url),
  stdio: ['ignore', 'ignore', 'pipe'],
})
const ended = once(demo, 'exit')
try {
  const url = await consoleUrl()
  await untilRead(url, new Date())
  await takeScreenshot(url)
} finally {
  demo.kill('SIGTERM')
  await ended
}
process.stdout.write('Wrote docs/images/console.png.\n')

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

async function takeScreenshot(url: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  try {
    const page = await browser.newPage({ viewport: size, colorScheme: 'light' })
    await page.goto(url)
    await page.screenshot({ path: picture.pathname })
  } finally {
    await browser.close()
  }
}
