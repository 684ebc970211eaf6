import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { countOf } from '@aftercall/testkit/test-count'
import { openReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { chromium } from 'playwright-core'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { isRunning } from '../is-running.ts'
import { endCommands, type RunningCommand, runCommand, startCommand } from './command.ts'
import { runHere } from './run-here.ts'
import { testMs, until } from './until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aftercall-e2e-'))
  // Root's Postgres runs as another user, who has to get into the folder.
  await chmod(dir, 0o711)
})

afterEach(async () => {
  await endCommands()
  // A demo that was killed leaves its Postgres to a watcher, which needs a moment.
  await until('nothing of the demo runs any more', async () => (await postgresOf(dir)).length === 0)
  await rm(dir, { recursive: true, force: true })
})

afterAll(endCommands)

/** Folders of its own, so that no test finds another demo on this machine. */
const options = () => ({ env: { TMPDIR: dir, XDG_STATE_HOME: dir }, cwd: dir })

/** Postgres servers whose files are below the folder. */
async function postgresOf(place: string): Promise<number[]> {
  const entries = await readdir(place, { recursive: true }).catch(() => [])
  const files = entries.filter((entry) => entry.endsWith('postmaster.pid'))
  const pids = await Promise.all(
    files.map(async (file) =>
      Number((await readFile(join(place, file), 'utf8').catch(() => '0')).split('\n')[0]),
    ),
  )
  return pids.filter((pid) => pid > 0 && isRunning(pid))
}

const stateDir = () => join(dir, 'aftercall')

type Inside = { databaseUrl: string; pids: number[] }

/** It takes half a minute, however many sessions there are above these. */
const longPlay = ['demo', '--days', '0', '--sessions', '1200']

async function untilInTheMiddle(demo: RunningCommand): Promise<Inside> {
  await until('files land', () => /[1-9]\d* files of \d+ sessions landed/.test(demo.stderr()))
  return lookInside(demo)
}

async function lookInside(demo: RunningCommand): Promise<Inside> {
  const pids = await postgresOf(dir)
  expect(pids).toHaveLength(1)
  const config = parse(await readFile(join(stateDir(), `demo-${demo.pid}.yaml`), 'utf8'))
  return { databaseUrl: config.database.url, pids }
}

async function expectNothingLeft(pids: number[], databaseUrl: string): Promise<void> {
  expect(pids.filter(isRunning)).toEqual([])
  await expect(openReadOnlySession({ url: databaseUrl })).rejects.toThrow('ECONNREFUSED')
  expect(await filesOf(dir)).toEqual([])
}

/** But for the folder of states, which stays. */
async function filesOf(place: string): Promise<string[]> {
  return (await readdir(place, { recursive: true })).filter((name) => name !== 'aftercall')
}

const sessions = String(countOf({ quick: 240, thorough: 400 }))

it('aftercall demo --exit plays, checks every count, prints it as JSON, and leaves nothing behind', async () => {
  const demo = startCommand(['demo', '--days', '2', '--sessions', sessions, '--exit', '--json'], options())
  await until('the last source is loaded', () => demo.stderr().includes('backfill --source monsoon'))
  const { databaseUrl, pids } = await lookInside(demo)
  const [, consoleUrl = ''] = /Watch it in the console: (http:\S+)/.exec(demo.stderr()) ?? []
  await until('the console says that data flows', async () => {
    const { status } = await (await fetch(`${consoleUrl}/api/`)).json()
    return status.state === 'flowing'
  })
  const { code, stdout, stderr } = await demo.ended()
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('The worker is running.'),
  })
  const summary = JSON.parse(stdout)
  expect(summary).toMatchObject({ sessions: Number(sessions), problems: [], databaseUrl, consoleUrl })
  expect(summary.landed).toBeGreaterThan(Number(sessions))
  expect(summary.brokenOnPurpose).toBeGreaterThan(2)
  expect(summary.history).toMatchObject({ days: 2, sessions: expect.any(Number) })
  expect(summary.history.sessions).toBeGreaterThan(90)
  const { rows } = summary.rows.find(({ table }: { table: string }) => table === 'session')
  expect(rows).toBeGreaterThanOrEqual(Number(sessions) + summary.history.sessions)
  const outcomes = summary.objects.map(({ outcome }: { outcome: string }) => outcome)
  expect(outcomes).toEqual(expect.arrayContaining(['stored', 'rejected', 'ignored']))
  await expectNothingLeft(pids, databaseUrl)
})

/** The pages of a console, as far as their links lead. */
async function readPages(url: string): Promise<string[]> {
  const pages = new Map<string, string>()
  const left = ['/']
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (pages.has(path)) continue
    const answer = await fetch(`${url}${path}`)
    const page = await answer.text()
    pages.set(path, page)
    const links = [...page.matchAll(/<a [^>]*href="(\/[^"#]*)"/g)].map(([, link = '']) => textOf(link))
    // Of histories some are enough; the way back to English leads to the same page.
    const isNew = (link: string): boolean =>
      !link.includes('lang=en') && (!link.startsWith('/history') || pages.size < 10)
    left.push(...links.filter(isNew))
  }
  return [...pages.values()]
}

function textOf(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
}

/** Those of a page that run in the demo as they stand, so without a name, key or number of another set-up. */
function readCommands(page: string): string[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')
  const found = text.matchAll(/^ {4}(?:npx )?(aftercall (?:[^"#\n]|"[^"]*")+)/gm)
  return [...found].map(([, command = '']) => command.trim()).filter((command) => !elsewhere.test(command))
}

const elsewhere =
  /acme|[A-Z]{3,}$|\.\/|s3:\/\/|--dead-letters|^aftercall (?:worker|console|demo|rejections show|replay --from raw)\b/

const sourceNames = new RegExp(builtInTenants.map(({ name }) => name).join('|'), 'g')

/** As a shell splits it. */
function argumentsOf(command: string): string[] {
  const words = command.match(/"[^"]*"|'[^']*'|[^\s]+/g) ?? []
  return words.slice(1).map((word) => word.replace(/^(["'])(.*)\1$/s, '$2'))
}

const chromiumPath = '/usr/bin/chromium'

/** The overview, opened when its address is printed, shows more stored sessions at least five times, by itself. */
async function untilItMoves(url: string): Promise<void> {
  if (!existsSync(chromiumPath) && process.env.CI === undefined) return
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(url)
    await page.evaluate('marker = "the same document"')
    const seen: number[] = []
    await until('the number of stored sessions has risen five times', async () => {
      const texts = await page
        .locator('.source .figures > div', { hasText: 'Sessions stored' })
        .allInnerTexts()
      const sum = texts.reduce((total, text) => total + Number(text.replaceAll(/\D/g, '')), 0)
      if (sum > (seen.at(-1) ?? Number.NEGATIVE_INFINITY)) seen.push(sum)
      return seen.length > 5
    })
    expect(await page.evaluate('marker')).toBe('the same document')
  } finally {
    await browser.close()
  }
}

test(
  'the first look at a demo: pages move, all is well, and every command that is shown runs as it stands',
  async () => {
    const demo = startCommand(['demo', '--days', '3', '--sessions', '100'], options())
    const [, url = ''] = await until(
      'the address is printed',
      () => /Watch it in the console: (http:\S+)/.exec(demo.stderr()) ?? undefined,
    )
    await untilItMoves(url)
    await until(
      'all is settled',
      () =>
        demo.stdout().includes('everything is as expected') &&
        demo.stdout().includes('To start your own aftercall.yaml'),
    )
    const { problems } = await until('the overview knows it, and says that all is well', async () => {
      const answer = await (await fetch(`${url}/api/`)).json()
      const isWhole = answer.overview.tookTooLong.length === 0 && answer.overview.rejections.length > 0
      if (!isWhole || answer.status.state !== 'flowing') throw new Error(JSON.stringify(answer.status))
      return answer
    })
    expect(problems.map((one: { severity: string }) => one.severity)).toEqual(problems.map(() => 'notice'))

    const future = await runCommand(
      ['sql', 'select count(*) from session where updated_at > now() or ended_at > now()', '--format', 'csv'],
      options(),
    )
    expect(future.stdout).toBe('count\n0\n')
    const { backfills } = await (await fetch(`${url}/api/runs`)).json()
    expect(backfills).toHaveLength(5)
    for (const run of backfills) expect(run).toMatchObject({ state: 'done' })
    const { databaseUrl } = await lookInside(demo)
    const database = await openReadOnlySession({ url: databaseUrl })
    const counts = new Set<string | null | undefined>()
    await until('sessions keep ending', async () => {
      const [answer] = await database.query('select count(*) from warehouse.session')
      counts.add(answer?.rows[0]?.[0])
      return counts.size >= 3
    })
    await database.close()

    const doctor = await runCommand(['doctor'], options())
    expect(doctor).toMatchObject({ code: 0 })
    const shown = await readPages(url)
    const kept = JSON.parse(await (await fetch(`${url}/api/retention`)).text())
    expect(kept.rows.find(({ kind }: { kind: string }) => kind === 'session').rows).toBeGreaterThan(0)
    const inChinese = shown.filter((page) => page.includes('<html lang="zh-CN">'))
    expect(inChinese.length).toBeGreaterThan(10)
    const pages = shown.flatMap((page) =>
      [...page.matchAll(/aria-label="(?:Copy: |复制：)([^"]*)"/g)].map(([, command = '']) => textOf(command)),
    )
    const output = `${demo.stdout()}\n${doctor.stdout}`
    const printed = [...output.matchAll(/^ *(?:-> )?(aftercall .*)$/gm)].map(([, command = '']) => command)
    const inDocs = [...readCommands('README.md'), ...readCommands('docs/runbook.md')]
    expect(inDocs.length).toBeGreaterThan(20)
    const others = [
      ...['migrate', 'migrate --status', 'maintain', 'document harborline/call/1000'],
      'erase --session harborline/call/1000 --dry-run',
      `subject-access --session harborline/call/1000 --out ${stateDir()}/person.ndjson`,
      'replay --failed',
      'backfill --source brightwell',
      'reconcile --source brightwell',
    ]
    const commands = new Set([
      ...pages,
      ...printed,
      ...inDocs,
      ...[...others, `sample --sessions 2 --to s3://aftercall-demo/late/`].map((one) => `aftercall ${one}`),
    ])
    for (const part of ['doctor', 'sql', 'explain', 'replay --id', 'replay --rejected', 'rejections'])
      expect(
        [...commands].some((one) => one.startsWith(`aftercall ${part}`)),
        part,
      ).toBe(true)
    const failed: string[] = []
    // Of those that differ by a number or a source only, one is enough.
    const shapeOf = (one: string) => one.replaceAll(sourceNames, 'SOURCE').replaceAll(/\d+/g, 'N')
    const waiting = [...new Map([...commands].map((one) => [shapeOf(one), one])).values()]
    const ranBuilt = new Set<string>()
    const shownOften = ['sql', 'explain', 'replay', 'backfill', 'reconcile', 'rejections']
    const work = async (): Promise<void> => {
      for (let command = waiting.pop(); command !== undefined; command = waiting.pop()) {
        const args = argumentsOf(command)
        const [name = ''] = args
        // Each by the built command, those shown with many arguments once.
        const run = ranBuilt.has(name) && shownOften.includes(name) ? runHere : runCommand
        ranBuilt.add(name)
        const { code, stderr } = await run(args, options())
        if (code !== 0 && code !== 3) failed.push(`${command}: ${code} ${stderr}`)
      }
    }
    await Promise.all([work(), work(), work()])
    expect(failed).toEqual([])
    demo.kill('SIGINT')
    expect(await demo.ended()).toMatchObject({ code: 0 })
  },
  testMs * 2,
)

it('I9 aftercall demo stops everything it started on SIGINT in the middle', async () => {
  const demo = startCommand(longPlay, options())
  const { databaseUrl, pids } = await untilInTheMiddle(demo)
  const found = await runCommand(
    ['sql', 'select count(*) > 0 as there from ingest.object', '--json'],
    options(),
  )
  expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining('"there"') })
  expect(found.stderr).toBe(
    `No configuration found: using the demo of process ${demo.pid} (${stateDir()}/demo-${demo.pid}.yaml).\n`,
  )
  demo.kill('SIGINT')
  const { code, stdout, stderr } = await demo.ended()
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toContain('Stopping the demo')
  expect(stderr).not.toMatch(/defect|^\s+at |"level":"(error|fatal)"/m)
  await expectNothingLeft(pids, databaseUrl)
})

const moments = [
  { when: 'Postgres is being made', isThen: async () => (await readdir(dir)).length > 0 },
  {
    when: 'the tables are being made',
    isThen: (demo: RunningCommand) => demo.stderr().includes('Started Postgres'),
  },
  {
    when: 'the history is being loaded',
    isThen: (demo: RunningCommand) => demo.stderr().includes('Run 1: '),
  },
]

it.each(moments)(
  'aftercall demo stops on SIGINT while $when, without a word of a defect',
  async ({ when, isThen }) => {
    const demo = startCommand(['demo', '--sessions', '40', '--exit'], options())
    await until(when, () => isThen(demo))
    demo.kill('SIGINT')
    const { code, stdout, stderr } = await demo.ended()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('Stopping the demo')
    expect(stderr).not.toMatch(/defect|^\s+at |"level":"(error|fatal)"/m)
    expect(await postgresOf(dir)).toEqual([])
    expect(await filesOf(dir)).toEqual([])
  },
)

it('a demo whose Postgres ends says so and what to do, ends with exit code 1, and leaves nothing behind', async () => {
  const demo = startCommand(['demo', '--days', '0', '--sessions', '2000'], options())
  const { pids } = await untilInTheMiddle(demo)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  const { code, stderr } = await demo.ended()
  expect(code).toBe(1)
  expect(stderr).toContain(
    `error: the demo's Postgres (process ${pids[0]}) has ended, so the demo stops. Its data was temporary and is removed.`,
  )
  expect(stderr).not.toMatch(/defect|^\s+at /m)
  expect(await filesOf(dir)).toEqual([])
})

it('I9 a demo that is killed takes its Postgres with it', async () => {
  const demo = startCommand(longPlay, options())
  const { pids } = await untilInTheMiddle(demo)
  demo.kill('SIGKILL')
  expect(await demo.ended()).toMatchObject({ signal: 'SIGKILL' })
  await until('its Postgres is gone', () => !pids.some(isRunning))
  // `aftercall sql` is not misled by what it left, its state and two configurations, and removes it.
  expect(await readdir(stateDir())).toHaveLength(3)
  const { code, stderr } = await runCommand(['sql', 'select 1'], options())
  expect(code).toBe(2)
  expect(stderr).toContain('DATABASE_URL')
  expect(await readdir(stateDir())).toEqual([])
})
