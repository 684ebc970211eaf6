import { EventEmitter } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { main } from '../src/main.ts'
import { type Ran, runCommand } from './run-command.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

const ask = (query: string, ...args: string[]): Promise<Ran> =>
  runCommand(['sql', query, ...args], { DATABASE_URL: database.url })

const numbers = `select '{"a": 9007199254740993, "b": 1e400, "c": 0.10}'::jsonb as j, 9007199254740993 as large,
  1.50 as exact, 0.1::float8 as float, 'NaN'::numeric as none, 'Infinity'::float8 as much, null as gone, '' as empty`

test('numbers in jsonb keep all their digits in JSON output, and values that JSON cannot express as numbers are text', async () => {
  const { code, out } = await ask(numbers, '--json')
  expect(code).toBe(0)
  const digits = `1${'0'.repeat(400)}`
  expect(out).toContain(`"j": {"a": 9007199254740993, "b": ${digits}, "c": 0.10}`)
  expect(JSON.parse(out)).toMatchObject([
    {
      large: '9007199254740993',
      exact: '1.50',
      float: 0.1,
      none: 'NaN',
      much: 'Infinity',
      gone: null,
      empty: '',
    },
  ])
})

test('columns with the same name get distinct names in every format', async () => {
  const query = 'select 1 as a, 2 as a, 3 as a_2, 4 as a'
  expect(JSON.parse((await ask(query, '--json')).out)).toEqual([{ a: 1, a_3: 2, a_2: 3, a_4: 4 }])
  expect((await ask(query, '--format', 'csv')).out.split('\n')[0]).toBe('a,a_3,a_2,a_4')
  expect((await ask(query)).out.split('\n')[0]).toMatch(/^a +a_3 +a_2 +a_4$/)
})

test('an empty result is an empty list, and a query without columns gives empty objects', async () => {
  expect((await ask('select 1 where false', '--json')).out).toBe('[]\n')
  expect(JSON.parse((await ask('select', '--json')).out)).toEqual([{}])
})

test('values are cut only on a screen, and null differs from empty text', async () => {
  const long = 'x'.repeat(200)
  const query = `select repeat('x', 200) as long, null as gone, '' as empty, E'two\\nlines' as lines`
  for (const format of ['table', 'csv', 'json']) {
    expect((await ask(query, '--format', format)).out).toContain(long)
  }
  const [, , row = ''] = (await ask(query)).out.split('\n')
  expect(row).toMatch(/^x{200} {2}NULL {9}two␊lines$/)
  const screen = await onTerminal(`${query};\n\\q\n`)
  expect(screen.out).not.toContain(long)
  expect(screen.out).toContain(`${'x'.repeat(59)}…`)
})

test.each(['', '  ', ';', '/* -- */ ;', '/* ; */'])('%j is not a query: exit code 2', async (query) => {
  const { code, out, err } = await ask(query)
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: 'error: the query is empty\n' })
})

test('every statement that would write is refused with exit code 1 and the reason', async () => {
  for (const query of [
    'delete from session',
    'begin',
    "copy (select 1) to program 'true'",
    'select lo_creat(-1)',
  ]) {
    const { code, out, err } = await ask(query)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/the query failed: aftercall sql only reads; .+ is refused/)
  }
})

test('a superuser gets a warning on stderr unless the configuration allows it; a reader gets none', async () => {
  expect((await ask('select 1')).err).toMatch(/^warning: "postgres" is a superuser/)
  const login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_cleared'] })
  onTestFinished(() => login.drop())
  const env = { DATABASE_URL: login.urlOf(database.url) }
  expect(await runCommand(['sql', 'select 1 as one', '--json'], env)).toMatchObject({ code: 0, err: '' })
})

test('a pipe may have several statements on a line and semicolons in quotes, and its exit code says that one failed', async () => {
  const good = await piped("select 1 as one; select ';' as\nsemicolon; -- and ; then\nselect 3 as three")
  expect(good.code).toBe(0)
  for (const name of ['one', 'semicolon', 'three']) expect(good.out).toContain(`${name}\n`)
  const bad = await piped('select 1 as one; delete from session; select 2 as two;\n')
  expect(bad.code).toBe(1)
  expect(bad.err).toContain('DELETE is refused')
  expect(bad.out).toContain('two\n')
})

test('the prompt answers commands of other prompts, and shows that a statement continues', async () => {
  const prompt = openTerminal()
  prompt.stdin.write('\\?\nhelp\n\\dt\n\\dv\n\\dn\nselect\n')
  await expect.poll(() => prompt.out()).toContain('        -> ')
  expect(prompt.out().match(/Every other line is read-only SQL/g)).toHaveLength(2)
  expect(prompt.out()).toMatch(/^warehouse\.session /m)
  expect(prompt.out()).toMatch(/^analytics\.session /m)
  expect(prompt.err()).toContain('\\dn is not a command; \\? lists them')
  prompt.stdin.write('1 as one;\n')
  await expect.poll(() => prompt.out()).toContain('(1 row)')
  prompt.stdin.end()
  expect(await prompt.ended).toBe(0)
})

test('\\d lists what the login may read and nothing else, and \\d NAME the columns with their meanings', async () => {
  const login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_analyst'] })
  onTestFinished(() => login.drop())
  const askAsAnalyst = (query: string, ...args: string[]): Promise<Ran> =>
    runCommand(['sql', query, ...args], { DATABASE_URL: login.urlOf(database.url) })
  const all = await askAsAnalyst('\\d')
  expect(all.out).toMatch(/^analytics\.session +One row per session, by its newest revision$/m)
  expect(all.out).toMatch(/^analytics\.interval_feed\(\) +The feed for workforce management/m)
  expect(all.out).not.toMatch(/^(warehouse|ingest|people)\./m)
  for (const name of ['queue_entry', 'analytics.queue_entry', 'QUEUE_ENTRY;']) {
    const { code, out } = await askAsAnalyst(`\\d ${name}`)
    expect(code).toBe(0)
    expect(out).toMatch(
      /^wait_seconds +integer +Time in the queue, until an agent was assigned or the stay ended otherwise\. Unit: seconds\.$/m,
    )
  }
  expect((await askAsAnalyst('\\d interval_feed')).out).toMatch(
    /^interval_feed\(from_day date, to_day date, minutes integer DEFAULT 15\) +TABLE\(source text/m,
  )
  for (const name of ['sesion', 'warehouse.session', "x'or'true"]) {
    const { code, err } = await askAsAnalyst(`\\d ${name}`)
    expect(code, err).toBe(1)
  }
  const fed = await askAsAnalyst("select interval_fed('2026-03-01')")
  expect(fed.err).toContain('(Did you mean interval_feed?)\n\\d NAME shows the parameters')
  expect((await askAsAnalyst('\\d warehouse.session')).err).toContain('\\d lists those that you may')
  expect((await askAsAnalyst('\\d sesion')).err).toContain('(Did you mean session?)')
})

test.each([
  ['select * from sesion', '(Did you mean session?)', '\\d lists the tables and views'],
  ['select * from analytics.sesion', '(Did you mean analytics.session?)', '\\d lists the tables and views'],
  ['select wait_second from queue_entry', 'hint: Perhaps you meant', '\\d NAME lists the columns'],
])(
  'after %j, which names what there is not, the message says what was meant, and how to find it',
  async (query, meant, says) => {
    const { code, out, err } = await ask(query)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(meant)
    expect(err).toContain(says)
  },
)

test('the message of an error in a query shows its place', async () => {
  const { err } = await ask('select 1,\n  ssum(2) as two')
  expect(err).toContain('\n    ssum(2) as two\n    ^\n')
})

test('on a screen, rows wider than it are shown one below the other, and at most 500 rows', async () => {
  const wide = `select ${Array.from({ length: 30 }, (_, index) => `${index} as column_${index}`).join(', ')}`
  expect((await onTerminal(`${wide};\n\\q\n`)).out).toMatch(/^row 1 *\n-+ +-+\ncolumn_0 +0\ncolumn_1 +1$/m)
  expect((await ask(wide)).out.split('\n')[0]).toMatch(/^column_0 +column_1 /)
  const many = await onTerminal('select generate_series(1, 501) as number;\n\\q\n')
  expect(many.out).toContain(
    '(the first 500 rows; there are more: add a limit, or print all with --format csv)',
  )
  expect(many.out).not.toMatch(/^ *501$/m)
  expect((await ask('select generate_series(1, 501) as number')).out).toMatch(/^ *501$/m)
})

test('Ctrl-C in the prompt cancels the query, not the prompt', async () => {
  const prompt = openTerminal()
  prompt.stdin.write('select pg_sleep(60);\n')
  await expect.poll(running).toBe(1)
  prompt.stdin.write('\x03')
  await expect.poll(() => prompt.err()).toContain('the query was cancelled')
  prompt.stdin.write('select 7 as seven;\n')
  await expect.poll(() => prompt.out()).toContain('seven')
  prompt.stdin.write('\\q\n')
  expect(await prompt.ended).toBe(0)
})

test('SIGINT during a single query also cancels it on the server, with exit code 1', async () => {
  const signals = new EventEmitter()
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const env = { DATABASE_URL: database.url }
  const ended = main(['sql', 'select pg_sleep(60)'], {
    env,
    stdin,
    stdout,
    stderr,
    signals,
    exitNow: () => {},
  })
  await expect.poll(running).toBe(1)
  signals.emit('SIGINT')
  expect(await ended).toBe(1)
  expect(String(stderr.read())).toContain('the query was cancelled')
  expect(await running()).toBe(0)
})

test('\\x prints rows one below the other, or never, and \\timing how long a query took', async () => {
  const { out, err } = await onTerminal(
    "\\x\nselect 1 as one, null as none, '' as empty;\n\\x off\n\\timing\nselect 2 as two;\n\\q\n",
  )
  expect(out).toMatch(/^row 1 *\n-+ +-+\none +1\nnone +\S*NULL\S*\nempty\n\n\(1 row\)$/m)
  expect(out).toMatch(/^two\n---\n {2}2\n\(1 row\)$/m)
  expect(err).toMatch(/^Time: \d/m)
})

test('names in wide scripts stand below each other', async () => {
  const { out } = await ask(
    "select * from (values ('佐藤 花子', 1), ('Ana', 2), ('김민준', 3)) as people (name, number)",
  )
  expect(out.split('\n').slice(0, 5)).toEqual([
    'name       number',
    '---------  ------',
    '佐藤 花子       1',
    'Ana             2',
    '김민준          3',
  ])
})

test('an answer of any size is read in pages, and a reader that is slow holds back the query', async () => {
  const many = 'select g, repeat(md5(g::text), 30) as text from generate_series(1, 60000) as g'
  const { code, out } = await ask(many, '--format', 'csv')
  expect(code).toBe(0)
  expect(out.trimEnd().split('\n')).toHaveLength(60_001)
  expect(out).toMatch(/^60000,/m)

  const stdout = new PassThrough({ highWaterMark: 1_000 })
  const [stdin, stderr, signals] = [new PassThrough(), new PassThrough(), new EventEmitter()]
  const env = { DATABASE_URL: database.url }
  const ended = main(['sql', many, '--format', 'csv'], { env, stdin, stdout, stderr, signals, exitNow() {} })
  await expect.poll(() => stdout.writableNeedDrain).toBe(true)
  await expect.poll(waiting).toBe(1)
  const held = stdout.readableLength + stdout.writableLength
  expect(held).toBeGreaterThan(0)
  expect(held).toBeLessThan(2_500_000)
  stdout.resume()
  expect(await ended).toBe(0)
  const json = JSON.parse((await ask('select * from generate_series(1, 250) as number', '--json')).out)
  expect(json).toHaveLength(250)
})

test('the prompt keeps its history between sessions, privately, and not if that is switched off', async () => {
  const home = await mkdtemp(join(tmpdir(), 'aftercall-history-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const file = join(home, 'aftercall', 'sql_history')
  const session = async (text: string, more: Record<string, string> = {}) => {
    const terminal = openTerminal({ XDG_STATE_HOME: home, ...more })
    terminal.stdin.end(text)
    expect(await terminal.ended).toBe(0)
    return terminal
  }
  await session("select 'a phone number' as off;\n\\q\n", { AFTERCALL_SQL_HISTORY: 'off' })
  await expect(stat(file)).rejects.toThrow('ENOENT')
  await session('select 1\n  as one;\n\\x\nselect 2 as two;\n\\q\n')
  const lines = async () => (await readFile(file, 'utf8')).trimEnd().split('\n')
  expect(await lines()).toEqual(['\\q', 'select 2 as two;', '\\x', 'select 1   as one;'])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  // Ctrl-C leaves a line that was typed, or recalled.
  const left = openTerminal({ XDG_STATE_HOME: home })
  left.stdin.write('select wrong\x1b[A\x03')
  await expect.poll(() => left.out().match(/aftercall> /g)?.length).toBeGreaterThan(1)
  left.stdin.end('select 3 as three;\n')
  expect(await left.ended).toBe(0)
  expect(left.out()).toMatch(/^three$/m)
  expect(left.err()).not.toContain('error')
  // Arrow up three times: the newer lines are of the sessions before.
  const again = await session('\x1b[A\x1b[A\x1b[A\n\\q\n')
  expect(again.out()).toMatch(/^two$/m)
  await session(`${Array.from({ length: 1_005 }, (_, index) => `\\z${index}`).join('\n')}\n\\q\n`)
  expect(await lines()).toHaveLength(1_000)
})

async function waiting(): Promise<number> {
  const { rows } = await sql`
    select from pg_stat_activity
    where datname = current_database() and application_name = 'aftercall-sql' and state = 'idle in transaction'
  `.execute(database.db)
  return rows.length
}

async function running(): Promise<number> {
  const { rows } = await sql`
    select from pg_stat_activity where datname = current_database() and state = 'active' and query like 'fetch %'
  `.execute(database.db)
  return rows.length
}

async function piped(text: string): Promise<Ran> {
  const stdin = new PassThrough()
  stdin.end(text)
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const env = { DATABASE_URL: database.url }
  const context = { env, stdin, stdout, stderr, signals: new EventEmitter(), exitNow: () => {} }
  const code = await main(['sql'], context)
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

function openTerminal(more: Record<string, string> = { AFTERCALL_SQL_HISTORY: 'off' }) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 200 })
  const stderr = new PassThrough()
  const printed = { out: '', err: '' }
  stdout.on('data', (bytes) => {
    printed.out += String(bytes)
  })
  stderr.on('data', (bytes) => {
    printed.err += String(bytes)
  })
  const env = { DATABASE_URL: database.url, ...more }
  const context = { env, stdin, stdout, stderr, signals: new EventEmitter(), exitNow: () => {} }
  return { stdin, out: () => printed.out, err: () => printed.err, ended: main(['sql'], context) }
}

async function onTerminal(text: string): Promise<Ran> {
  const terminal = openTerminal()
  terminal.stdin.end(text)
  const code = await terminal.ended
  return { code, out: terminal.out(), err: terminal.err() }
}
