import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { z } from 'zod'

/** `npm run screenshot`: docs/images/console.png, the console's first page once the demo's sessions are stored. */
const picture = new URL('../../docs/images/console.png', import.meta.url)
const sessions = 300
const timeLimitMs = 120_000
const size = { width: 1200, height: 1080 }

const demo = spawn('aftercall', ['demo', '--sessions', String(sessions)], {
  cwd: new URL('../..', import.meta.url),
  stdio: ['ignore', 'ignore', 'pipe'],
})
const ended = once(demo, 'exit')
try {
  const url = await consoleUrl()
  await untilStored(url)
  await takeScreenshot(url)
} finally {
  demo.kill('SIGTERM')
  await ended
}
process.stdout.write('Wrote docs/images/console.png.\n')

async function consoleUrl(): Promise<string> {
  const lines: string[] = []
  for await (const line of createInterface({ input: demo.stderr })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url !== undefined) {
      demo.stderr.resume()
      return url
    }
    lines.push(line)
  }
  throw new Error(`the demo did not start a console: ${lines.join('\n')}`)
}

/** The console answers with what it read last, which may be some seconds old. */
async function untilStored(url: string): Promise<void> {
  const answer = z.object({
    overview: z.object({ sources: z.array(z.object({ sessions: z.object({ count: z.number() }) })) }),
  })
  const giveUp = AbortSignal.timeout(timeLimitMs)
  for (;;) {
    const response = await fetch(`${url}/api/`, { signal: giveUp })
    const { data } = answer.safeParse(await response.json())
    if (data?.overview.sources.reduce((sum, one) => sum + one.sessions.count, 0) === sessions) return
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
