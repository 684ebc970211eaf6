import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { acme, type Bench, openBench, redelivering } from './bench.ts'
import { endCommands, runCommand, startCommand } from './command.ts'
import { callWithId } from './documents.ts'
import { limitMs, testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

let bench: Bench
let config: string

beforeAll(async () => {
  bench = await openBench(redelivering)
  config = await bench.writeConfig('aftercall', { console: { port: 0 } })
})
afterEach(async () => {
  await endCommands()
})
afterAll(() => bench.close())

type Beat = { receiving: boolean; stopped_at: Date | null; queues: { waiting: number | null }[] }
const beats = () => bench.rows<Beat>('select * from ingest.worker order by started_at')
/** As if nothing had been heard of the workers for so long. */
const backDate = (seconds: number) =>
  bench.rows(`update ingest.worker set beat_at = beat_at - interval '${seconds} seconds'`)

async function askConsole(): Promise<{ state: string; page: string }> {
  const command = startCommand(['console', '--json', '--config', config], { env: bench.env })
  const { url } = await until('it says where it is', () => JSON.parse(command.stdout()) as { url: string })
  const [answer, page] = await Promise.all([fetch(`${url}/api/`), fetch(url)])
  const { status } = await answer.json()
  command.kill('SIGTERM')
  await command.ended()
  return { ...status, page: await page.text() }
}

test('the console and the doctor are red when the only worker was killed, although the ledger looks well', async () => {
  await bench.put(`${acme.prefix}call-1.json`, callWithId(1))
  const worker = await startWorker(config, { env: bench.env })
  await bench.untilSettled()
  await until('it reports that it receives', async () => (await beats())[0]?.receiving === true)
  const well = await askConsole()
  expect(well).toMatchObject({ state: 'flowing' })
  expect(well.page).toContain('<strong>Workers</strong> 1')

  worker.kill('SIGKILL')
  await worker.ended()
  for (let id = 2; id <= 61; id += 1) await bench.put(`${acme.prefix}call-${id}.json`, callWithId(id))
  await backDate(75)
  expect(await askConsole()).toMatchObject({
    state: 'stopped',
    page: expect.stringMatching(/No worker has reported for \d+ minutes?/),
  })
  const { code, stdout } = await runCommand(['doctor', '--config', config], { env: bench.env })
  expect(stdout).toMatch(/^PROBLEM {2}workers .*No worker has reported for \d+ minutes?/m)
  expect(code).toBe(1)

  const next = await startWorker(config, { env: bench.env })
  await bench.untilSettled()
  await until('the next one reports', async () => (await beats()).some((one) => one.receiving))
  expect(await askConsole()).toMatchObject({ state: 'flowing' })
  await next.stop()
  expect((await beats()).at(-1)?.stopped_at).not.toBeNull()
})

const chromiumPath = '/usr/bin/chromium'
const canRun = existsSync(chromiumPath) || process.env.CI !== undefined

test.skipIf(!canRun)(
  `an open overview is never green before a worker is known, and turns red by itself when the only one is killed with 60 messages waiting (needs ${chromiumPath})`,
  async () => {
    await bench.rows('delete from ingest.worker')
    const command = startCommand(['console', '--json', '--config', config], { env: bench.env })
    const { url } = await until('it says where it is', () => JSON.parse(command.stdout()) as { url: string })
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    })
    try {
      const page = await browser.newPage()
      await page.goto(url)
      await page.locator('html[data-following]').waitFor()
      expect(await page.locator('main .status').getAttribute('class')).toBe('status plain')
      const worker = await startWorker(config, { env: bench.env })
      await page.locator('main .status.good').waitFor({ timeout: limitMs })
      worker.kill('SIGKILL')
      await worker.ended()
      for (let id = 101; id <= 160; id += 1) await bench.put(`${acme.prefix}call-${id}.json`, callWithId(id))
      // A minute without a heartbeat is enough (packages/operator tests the second).
      await backDate(75)
      await page.locator('main .status.bad').waitFor({ timeout: limitMs })
      expect(await page.locator('main .status').innerText()).toMatch(
        /No worker has reported for \d+ minutes?/,
      )
      expect(await page.title()).toMatch(/^Stopped/)
    } finally {
      await browser.close()
      command.kill('SIGTERM')
      await command.ended()
      await bench.rows('delete from ingest.worker')
    }
  },
)

test('a worker goes on loading when its heartbeat cannot be written, and says so once', async () => {
  await bench.rows('alter table ingest.worker rename to worker_away')
  const worker = await startWorker(config, { env: bench.env })
  await bench.put(`${acme.prefix}call-70.json`, callWithId(70))
  await bench.untilSettled()
  expect(
    await bench.rows(
      "select from ingest.object where object_key like '%call-70.json' and outcome = 'stored'",
    ),
  ).toHaveLength(1)
  await worker.untilLogs('the heartbeat could not be written')
  await bench.rows('alter table ingest.worker_away rename to worker')
  await worker.stop()
})
