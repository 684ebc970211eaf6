import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands, runCommand } from './command.ts'
import { callBytes, chatBytes, sampleFiles } from './documents.ts'
import { createEmptyDatabase, type EmptyDatabase } from './empty-database.ts'
import { runHere } from './run-here.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

let bench: Bench
let empty: EmptyDatabase
let config: string

beforeAll(async () => {
  bench = await openBench()
  empty = await createEmptyDatabase(inject('postgresUrl'))
  config = await bench.writeConfig('all')
  const worker = await startWorker(config, { env: bench.env })
  await bench.put('acme/call-1418.json', callBytes)
  await bench.put('acme/chat-135.json', chatBytes)
  await bench.untilSettled()
  await worker.stop()
})

afterAll(async () => {
  await endCommands()
  await bench.close()
  await empty.drop()
})

const sql = (...args: string[]) => runHere(['sql', ...args, '--config', config])
const byChannel = `select channel, session_id, rating, verified, custom_data is null as plain, feedback
  from warehouse.session order by channel`

test('aftercall sql prints a table by default, with null as NULL and numbers to the right', async () => {
  const { code, stdout, stderr } = await sql(byChannel)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^channel +session_id +rating +verified +plain +feedback$/)
  expect(lines[2]).toMatch(/^call +1418 +5 +f +t +NULL$/)
  expect(lines[3]).toMatch(/^chat +135 +NULL +f +f +NULL$/)
  expect(lines.at(-1)).toBe('(2 rows)')
})

test('aftercall sql --format csv is RFC 4180, with null as an empty field and empty text in quotes', async () => {
  const query = `select 'a,b' as "with ""quotes""", null as none, '' as empty, E'two\\nlines' as lines, 1.50 as number`
  const { code, stdout } = await sql(query, '--format', 'csv')
  expect(code).toBe(0)
  expect(stdout).toBe('"with ""quotes""",none,empty,lines,number\n"a,b",,"","two\nlines",1.50\n')
})

test('aftercall sql --format json and --json keep types, and digits beyond what a double holds', async () => {
  const query = `select session_id, verified, rating, sip_headers, 9007199254740993 as large from warehouse.session where channel = 'call'`
  const sip_headers = JSON.parse(callBytes.toString()).sip_headers
  const expected = [{ session_id: 1418, verified: false, rating: 5, sip_headers, large: '9007199254740993' }]
  for (const option of [['--format', 'json'], ['--json']]) {
    const { code, stdout } = await sql(query, ...option)
    expect({ code, answer: JSON.parse(stdout) }).toEqual({ code: 0, answer: expected })
  }
})

test('aftercall sql takes statements from a pipe', async () => {
  const { code, stdout } = await runCommand(['sql', '--config', config], {
    stdin: 'select count(*)\nfrom session;\nselect 7 as seven;\n',
  })
  expect(code).toBe(0)
  expect(stdout).toMatch(/count\n-+\n +2\n\(1 row\)/)
  expect(stdout).toMatch(/seven\n-+\n +7\n\(1 row\)/)
})

test.each([
  { query: 'select nothing from nowhere', says: 'nowhere' },
  { query: 'delete from session', says: 'only reads; DELETE is refused' },
])('aftercall sql refuses $query with exit code 1 and the reason', async ({ query, says }) => {
  const { code, stdout, stderr } = await sql(query)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^error: the query failed: /)
  expect(stderr).toContain(says)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(await bench.rows('select count(*)::int as sessions from warehouse.session')).toEqual([
    { sessions: 2 },
  ])
})

test('I10 a database that does not answer is named without its password, with exit code 1', async () => {
  for (const args of [['sql', 'select 1'], ['migrate'], ['explain', 'acme/call/1']]) {
    const env = { DATABASE_URL: 'postgres://reader:SECRET-PASSWORD@127.0.0.1:1/contacts' }
    const { code, stdout, stderr } = await runHere(args, { env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^error: cannot use the database at 127.0.0.1:1\/contacts: connection refused at 127/,
    )
    expect(stderr).toContain('Check database.url (or DATABASE_URL), the network and the server.')
    expect(stderr).not.toMatch(/SECRET|^\s+at /m)
  }
})

test('I12 aftercall migrate applies what is pending once, and --status shows it before and after', async () => {
  const options = { env: { DATABASE_URL: empty.url } }
  const before = await runHere(['migrate', '--status'], options)
  expect(before).toMatchObject({ code: 1, stderr: '' })
  expect(before.stdout).toMatch(/^pending +0001_\w+\.sql\npending +0002_\w+\.sql/)
  const first = await runCommand(['migrate', '--json'], options)
  expect(first).toMatchObject({ code: 0, stderr: '' })
  const { applied, states } = JSON.parse(first.stdout) as { applied: string[]; states: { state: string }[] }
  expect(applied.length).toBeGreaterThanOrEqual(2)
  expect(states.map(({ state }) => state)).toEqual(applied.map(() => 'applied'))
  const second = await runHere(['migrate'], options)
  expect(second).toMatchObject({
    code: 0,
    stdout: `nothing to do: all ${applied.length} migrations are applied\n`,
  })
  const after = await runHere(['migrate', '--status'], options)
  expect(after).toMatchObject({ code: 0, stderr: '' })
  expect(after.stdout).toMatch(/^applied +0001_\w+\.sql +\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/m)
  expect(await empty.count('warehouse.session')).toBe(0)
})

async function treeOf(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hashes = files.sort().map(async (file) => {
    return [
      file.slice(dir.length),
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ] as const
  })
  return Object.fromEntries(await Promise.all(hashes))
}

test('aftercall sample writes the same files for the same seed, and others for another', async () => {
  const write = (name: string, seed: string) =>
    runHere(['sample', '--sessions', '20', '--seed', seed, '--out', join(bench.dir, name), '--json'])
  const reports = await Promise.all([write('one', 'x'), write('two', 'x'), write('three', 'y')])
  const [one, two, three] = await Promise.all(
    ['one', 'two', 'three'].map((name) => treeOf(join(bench.dir, name))),
  )
  expect(Object.keys(one ?? {})).toHaveLength(JSON.parse(reports[0]?.stdout ?? '').files)
  expect(two).toEqual(one)
  expect(three).not.toEqual(one)
  expect(reports[0]).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(reports[0]?.stdout ?? '')).toMatchObject({ sessions: 20, place: join(bench.dir, 'one') })
})

test('aftercall sample --to uploads every revision, and a worker loads what was uploaded', async () => {
  const worker = await startWorker(config, { env: bench.env })
  const args = ['sample', '--sessions', '20', '--seed', 'x', '--to', `s3://${bucket}/acme/uploaded`, '--json']
  const { code, stdout, stderr } = await runCommand(args, { env: bench.env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ sessions: 20, place: `s3://${bucket}/acme/uploaded/` })
  await bench.untilSettled()
  const ledger = await bench.rows<{ key: string; outcome: string }>(
    `select substr(object_key, 14) as key, outcome from ingest.object where object_key like 'acme/uploaded/%'`,
  )
  const keys = sampleFiles('x', 20).files.map(({ key }) => `/${key}`)
  expect(JSON.parse(stdout).files).toBe(keys.length)
  expect(ledger.map(({ key }) => key).sort()).toEqual([...new Set(keys)].sort())
  const others = ledger.filter(({ outcome }) => !['stored', 'superseded', 'duplicate'].includes(outcome))
  expect(others).toEqual([])
  await worker.stop()
})

test('the sources start without a build, by the first line of their command', async () => {
  const file = new URL('../../services/cli/bin/aftercall.js', import.meta.url).pathname
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
  const { stdout } = await promisify(execFile)(file, ['--version'], { env })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+ \(development\)\n$/)
})
