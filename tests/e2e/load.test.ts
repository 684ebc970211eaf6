import { mkdir, mkdtemp, realpath, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tables } from '@aftercall/metadata/tables'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, vi } from 'vitest'
import { slowDown } from '../faults/postgres-bench.ts'
import { type Bench, openBench } from './bench.ts'
import { endCommands, runCommand, startCommand } from './command.ts'
import { callBytes, callWithId, chatBytes, sampleFiles } from './documents.ts'
import { createEmptyDatabase } from './empty-database.ts'
import { runHere } from './run-here.ts'
import { reserveProxy, throughProxy } from './tcp-proxy.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 2, thorough: 'all' })

let bench: Bench
let local: TestDatabase
let folder: string
let config: string

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(bench.dir, 'folder-')))
  local = await createTestDatabase(inject('postgresUrl'))
  config = await bench.writeConfig('local', { database: { url: local.url } })
  return local.drop
})
afterAll(async () => {
  await endCommands()
  await bench.close()
})

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}

const args = (place: string, file = config) => ['load', place, '--source', 'acme', '--json', '--config', file]
const objects = async () => await local.dump('ingest.object')
const facts = async ({ dump }: TestDatabase) =>
  Object.fromEntries(
    await Promise.all(
      tables.map(async ({ name }) => {
        const rows = await dump(`warehouse.${name}`, ['loaded_at', 'bucket', 'object_key'])
        return [name, rows.map((row) => JSON.stringify(row)).sort()] as const
      }),
    ),
  )

it('a folder becomes the same rows as a bucket with the same files', async () => {
  const sample = sampleFiles('load', 100)
  const tenant = sample.expected[0]?.source
  const samples = sample.files.filter(({ key }) => key.startsWith(`${tenant}/`))
  const files: [string, Uint8Array][] = [
    ['metadata/2026/03/23/call-1418.json', callBytes],
    ['客服/my files/chat-135.json.gz', gzipSync(chatBytes)],
    ['a+b/100%/metadata-7.txt', Buffer.from(`\ufeff${JSON.stringify(callWithId(7))}`)],
    ['export', Buffer.from(JSON.stringify([callWithId(8), callWithId(9)]))],
    ...samples.map(({ key, text }): [string, Uint8Array] => [key, Buffer.from(text)]),
  ]
  const worker = await startWorker(await bench.writeConfig('bucket'), { env: bench.env })
  // One after the other, so that the order of the objects' times is that of the files' times.
  for (const [name, bytes] of files) {
    await bench.put(`acme/${name}`, bytes)
    await write(name, bytes)
  }
  await bench.untilSettled()
  await worker.stop()
  const { code, stdout, stderr } = await runHere(args(folder))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout).counts).toMatchObject({ rejected: 0, failed: 0 })
  expect(await objects()).toHaveLength(new Set(files.map(([name]) => name)).size)
  const expected = await facts(bench.database)
  expect(expected.session).toHaveLength(5 + sample.expected.filter(({ source }) => source === tenant).length)
  expect(await facts(local)).toEqual(expected)
})

const many = countOf({ quick: 300, thorough: 2_000 })

it('I9 SIGINT in the middle of many files finishes what is under way, and the next run loads the rest', async () => {
  const session = { call_type: 'inbound', status: 'finished', created_at: '2026-03-01T10:00:00Z' }
  for (let id = 1; id <= many; id += 1) {
    await write(`${id % 7}/call-${id}.json`, JSON.stringify({ id, ...session }))
  }
  const rows = async <Row>(query: string) => (await sql.raw<Row>(query).execute(local.db)).rows
  await slowDown({ rows }, 0.05)
  const slow = await bench.writeConfig('slow', {
    database: { url: local.url },
    worker: { inFlight: 8, batchSize: 4 },
  })
  const command = startCommand(args(folder, slow))
  await until('some files are loaded', async () => (await objects()).length > 20)
  command.kill('SIGINT')
  const { code, stdout } = await command.ended()
  const first = JSON.parse(stdout)
  expect([code, first.isWhole]).toEqual([1, false])
  expect(first.counts.stored).toBeLessThan(many)
  expect(first.counts.stored).toBe((await objects()).length)
  await sql`drop trigger take_a_while on ingest.object`.execute(local.db)
  const second = await runHere(args(folder))
  expect(second.code).toBe(0)
  expect(JSON.parse(second.stdout).counts).toMatchObject({
    stored: many - first.counts.stored,
    unchanged: first.counts.stored,
  })
  expect(await objects()).toHaveLength(many)
})

it('I8 what is piped in is loaded, once for the same content, and never held beyond the limit', async () => {
  for (const kind of ['stored', 'duplicate']) {
    const { code, stdout } = await runCommand(args('-'), { stdin: JSON.stringify(callWithId(1)) })
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { place: 'standard input', counts: { [kind]: 1 } }])
  }
  const large = await runCommand(args('-'), { stdin: ' '.repeat(9_000_000) })
  expect([large.code, JSON.parse(large.stdout).troubles]).toMatchObject([3, [{ code: 'object_too_large' }]])
  const rows = (await objects()).map(({ object_key, outcome }) => [object_key, outcome])
  expect(rows.sort((one, other) => (String(one[1]) < String(other[1]) ? -1 : 1))).toEqual([
    [expect.stringMatching(/^stdin\/[0-9a-f]{64}$/), 'rejected'],
    [expect.stringMatching(/^stdin\/[0-9a-f]{64}$/), 'stored'],
  ])
})

it('I1 --watch takes what comes, waits for a database that is out of reach, and ends with 0 at SIGTERM', async () => {
  const proxy = await reserveProxy(local.url)
  await proxy.open()
  const file = await bench.writeConfig('proxied', { database: { url: throughProxy(local.url, proxy) } })
  const watch = ['--watch', '--settle-seconds', '0', '--every-seconds', '1']
  const command = startCommand([...args(folder, file), ...watch])
  await until('it watches', () => command.stderr().includes(`Watching ${folder}`))
  const part = await write('call-1.json.part', JSON.stringify(callWithId(1)))
  await rename(part, join(folder, 'call-1.json'))
  await until('the first file is stored', async () => (await objects()).length === 1)
  await proxy.close()
  await write('call-2.json', JSON.stringify(callWithId(2)))
  await write('call-3.json', JSON.stringify(callWithId(3)))
  await until('it has met the outage', () => command.stderr().includes('the database is out of reach'))
  await proxy.open()
  await until('all files are stored', async () => (await objects()).length === 3)
  command.kill('SIGTERM')
  const { code, stdout } = await command.ended()
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { isWhole: true, counts: { stored: 3, failed: 0 } }])
})

it('I9 a watch whose database is out of reach ends at SIGINT as well', async () => {
  const proxy = await reserveProxy(local.url)
  await proxy.open()
  const file = await bench.writeConfig('away', {
    database: { url: throughProxy(local.url, proxy) },
    worker: { graceSeconds: 1 },
  })
  const command = startCommand([...args(folder, file), '--watch', '--settle-seconds', '0'])
  await until('it watches', () => command.stderr().includes(`Watching ${folder}`))
  await proxy.hang()
  await write('call-1.json', JSON.stringify(callWithId(1)))
  command.kill('SIGINT')
  expect(await command.ended()).toMatchObject({ code: 0, signal: null })
})

it('a database that is dead, or without its tables, is reported at the start', async () => {
  const { port } = await reserveProxy(local.url)
  const path = await write('call-1.json', JSON.stringify(callWithId(1)))
  const dead = await bench.writeConfig('dead', { database: { url: `postgres://127.0.0.1:${port}/none` } })
  const refused = await runHere(args(path, dead))
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('cannot use the database at')])
  const empty = await createEmptyDatabase(inject('postgresUrl'))
  const bare = await bench.writeConfig('bare', { database: { url: empty.url } })
  const pending = await runHere(args(path, bare))
  await empty.drop()
  expect([pending.code, pending.stderr]).toEqual([
    1,
    expect.stringMatching(/pending; run: aftercall migrate\n$/),
  ])
})
