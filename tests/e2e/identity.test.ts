import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands, runCommand } from './command.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const names = [
  ...['F1a-tenant-a-call-401', 'F1b-tenant-b-call-401'],
  ...['F3a-future-updated-at-call-302', 'F3b-real-reexport-call-302'],
]
const [ofTenantA = '', ofTenantB = '', future = ''] = names
const urlOf = (name: string) => `s3://${bucket}/acme/${name}.json`
let bench: Bench
let config: string
let log: string

beforeAll(async () => {
  bench = await openBench()
  config = await bench.writeConfig('all')
  const worker = await startWorker(config, { env: bench.env })
  for (const name of names) {
    const place = new URL(`../../packages/testkit/fixtures/faults/${name}.json`, import.meta.url)
    await bench.put(`acme/${name}.json`, await readFile(place))
    await bench.untilSettled()
  }
  await worker.stop()
  log = JSON.stringify(worker.logs())
})

afterAll(async () => {
  await endCommands()
  await bench.close()
})

async function run(...command: string[]) {
  return runCommand([...command, '--config', config], { env: bench.env })
}

test('the newer of two sessions with one id is stored, and explain names the other and what to do', async () => {
  expect(await bench.rows('select uuid from warehouse.session where session_id = 401')).toEqual([
    { uuid: 'bbbb' },
  ])
  const { code, stdout } = await run('explain', 'acme/call/401')
  expect(code).toBe(0)
  expect(stdout).toContain(
    `another session has the same id: created 2025-01-10 18:00:00Z, uuid aaaa, from ${urlOf(ofTenantA)}; seen 1 time, last `,
  )
  expect(stdout).toContain('Configure one source per platform instance')
  expect((await run('explain', urlOf(ofTenantB))).stdout).toContain('another session has the same id')
  expect(log).toContain('two sessions share an id; the newer one is stored, the other is kept')
})

test('a document of the year 2099 is stored, reported, and replaced by the next export', async () => {
  expect(await bench.rows('select rating::text from warehouse.session where session_id = 302')).toEqual([
    { rating: '5' },
  ])
  expect(log).toContain('a time in the document cannot be true; another one orders its revisions')
  expect(log).toContain('updated_at_ahead')
  expect((await run('explain', urlOf(future))).stdout).toContain('stored')
})

test('while the document of the year 2099 is the newest, explain says which time counts', async () => {
  const worker = await startWorker(config, { env: bench.env })
  const place = new URL(`../../packages/testkit/fixtures/faults/${future}.json`, import.meta.url)
  const document = JSON.parse(await readFile(place, 'utf8'))
  await bench.put('acme/call-303.json', { ...document, id: 303 })
  await bench.untilSettled()
  await worker.stop()
  expect((await run('explain', 'acme/call/303')).stdout).toContain(
    'the document says it was updated 2099-03-23 17:12:00Z, which cannot be right; revisions are ordered by 2026-03-23 17:10:00Z instead',
  )
})

test('doctor reports both, shared ids as a problem', async () => {
  const { code, stdout } = await run('doctor')
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /PROBLEM +session ids +acme: 1 id of the last seven days is shared by different sessions.*\n.*\n +-> aftercall explain acme\/call\/401$/m,
  )
  expect(stdout).toContain('acme updated_at later than its object')
})
