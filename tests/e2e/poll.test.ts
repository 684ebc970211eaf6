import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { type Bench, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { callWithId } from './documents.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

const it = drawnTests({ quick: 2, thorough: 'all' })

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

let bench: Bench
let store: Awaited<ReturnType<typeof countFetches>>
let config: string

beforeAll(async () => {
  bench = await openBench({ notifies: false })
  store = await countFetches(bench.aws.endpoint)
  config = await bench.writeConfig('polled', {
    queues: {},
    sources: [
      {
        ...{ name: 'acme', bucket: 'session-files', prefix: 'acme/', discover: 'poll', pollEvery: '1s' },
        ...{ endpoint: store.endpoint, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } },
      },
    ],
  })
})
afterEach(endCommands)
afterAll(async () => {
  store.close()
  await bench.close()
})

/** Another store than the environment names, which counts what is fetched of each key. */
async function countFetches(target: string) {
  const fetches = new Map<string, number>()
  const waiting: (() => void)[] = []
  let allowed = Number.POSITIVE_INFINITY
  const allow = (count: number): void => {
    allowed = count
    for (; allowed > 0; allowed -= 1) {
      const pass = waiting.shift()
      if (pass === undefined) return
      pass()
    }
  }
  const server = createServer((incoming, answer) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', target)
    if (incoming.method !== 'GET' || searchParams.has('list-type')) return pass(incoming, answer)
    const key = decodeURIComponent(pathname).replace('/session-files/', '')
    fetches.set(key, (fetches.get(key) ?? 0) + 1)
    waiting.push(() => pass(incoming, answer))
    allow(allowed)
  })
  function pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const passed = forward(new URL(incoming.url ?? '/', target), {
      ...{ method: incoming.method, headers: incoming.headers },
    })
    passed.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    incoming.pipe(passed)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    endpoint: `http://127.0.0.1:${port}`,
    /** How many more objects it gives from now on. Requests for others wait. */
    allow,
    fetchesOf: (name: string): number => fetches.get(`acme/${name}`) ?? 0,
    close: () => server.close(),
  }
}

const countPolls = async (): Promise<number> =>
  (
    await bench.rows(
      `select 1 from ingest.reconcile_run where purpose = 'poll' and error is null and ended_at is not null`,
    )
  ).length

/** One whole poll from now on, and the rest of the one that may be under way. */
async function untilPolled(): Promise<void> {
  const before = await countPolls()
  await until('the bucket was polled twice more', async () => (await countPolls()) >= before + 2)
}

const ratings = () =>
  bench.rows(`select session_id::integer as id, rating::integer from warehouse.session order by session_id`)

it('I4 a store without notifications is polled: new, rewritten and deleted objects are found, and each is fetched once', async () => {
  for (const id of [1, 2, 3]) await bench.put(`acme/call-${id}.json`, callWithId(id, { rating: 3 }))
  await bench.put('acme/broken.json', 'no JSON')
  await bench.put('acme/call-1.mp3', 'sound')
  const worker = await startWorker(config, { env: bench.env })
  await untilPolled()
  expect(await ratings()).toEqual([1, 2, 3].map((id) => ({ id, rating: 3 })))

  await bench.put('acme/call-2.json', callWithId(2, { rating: 5, updated_at: '2026-03-24T00:00:00Z' }))
  await bench.put('acme/call-4.json', callWithId(4, { rating: 3 }))
  await bench.remove('acme/call-3.json')
  await untilPolled()
  expect(await ratings()).toEqual([
    { id: 1, rating: 3 },
    { id: 2, rating: 5 },
    { id: 3, rating: 3 },
    { id: 4, rating: 3 },
  ])
  const ledger = await bench.rows(`
    select object_key as key, outcome, event_name, removed_at is not null as removed from ingest.object order by 1`)
  expect(ledger).toEqual([
    { key: 'acme/broken.json', outcome: 'rejected', event_name: 'Poll', removed: false },
    { key: 'acme/call-1.json', outcome: 'stored', event_name: 'Poll', removed: false },
    { key: 'acme/call-2.json', outcome: 'stored', event_name: 'Poll', removed: false },
    { key: 'acme/call-3.json', outcome: 'stored', event_name: 'Poll', removed: true },
    { key: 'acme/call-4.json', outcome: 'stored', event_name: 'Poll', removed: false },
  ])
  const names = ['broken.json', 'call-1.json', 'call-2.json', 'call-3.json', 'call-4.json', 'call-1.mp3']
  expect(names.map(store.fetchesOf)).toEqual([1, 1, 2, 1, 1, 0])
  await worker.stop()

  const restarted = await startWorker(config, { env: bench.env })
  await bench.put('acme/broken.json', 'still no JSON')
  await untilPolled()
  expect(names.map(store.fetchesOf)).toEqual([2, 1, 2, 1, 1, 0])
  expect(await restarted.metric('aftercall_reconcile_last_success_timestamp_seconds')).toBeGreaterThan(0)
  await restarted.stop()
})

it('I9 a first poll that is stopped, and then killed, goes on where it was: little is fetched twice', async () => {
  const first = 1_000
  const objects = 300
  for (let id = first; id < first + objects; id += 1)
    await bench.put(`acme/x/call-${id}.json`, callWithId(id))
  const countLoaded = async (): Promise<number> =>
    (await bench.rows(`select 1 from ingest.object where object_key like 'acme/x/%'`)).length

  store.allow(60)
  const stopped = await startWorker(config, { env: bench.env })
  await until('some are loaded', async () => (await countLoaded()) > 20)
  stopped.kill('SIGTERM')
  await stopped.untilLogs('a second signal stops it immediately')
  store.allow(Number.POSITIVE_INFINITY)
  expect((await stopped.ended()).code).toBe(0)
  const left = objects - (await countLoaded())
  expect(left).toBeGreaterThan(0)

  store.allow(60)
  const killed = await startWorker(config, { env: bench.env })
  await until('some more are loaded', async () => objects - (await countLoaded()) < left - 20)
  killed.kill('SIGKILL')
  await killed.ended()
  expect(await countLoaded()).toBeLessThan(objects)

  store.allow(Number.POSITIVE_INFINITY)
  const last = await startWorker(config, { env: bench.env })
  await until('all are loaded', async () => (await countLoaded()) === objects)
  await last.stop()
  const names = Array.from({ length: objects }, (_, index) => `x/call-${first + index}.json`)
  const fetches = names.reduce((sum, name) => sum + store.fetchesOf(name), 0)
  // What was under way at the two ends: 16 at a time.
  expect(fetches - objects).toBeLessThanOrEqual(32)
  const errors = await bench.rows<{ error: string }>(
    `select distinct error from ingest.reconcile_run where error is not null order by 1`,
  )
  expect(errors.map(({ error }) => error)).toEqual(['its process ended before it did', 'stopped'])
})

it('I8 an object that is too large is rejected once, not fetched at every poll', async () => {
  const large = await bench.writeConfig('large', {
    ...{ queues: {}, worker: { objectBytesMax: 1_024 } },
    sources: [
      {
        ...{ name: 'acme', bucket: 'session-files', prefix: 'acme/', discover: 'poll', pollEvery: '1s' },
        ...{ endpoint: store.endpoint, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } },
      },
    ],
  })
  await bench.put('acme/large.json', 'x'.repeat(5_000))
  const worker = await startWorker(large, { env: bench.env })
  await untilPolled()
  expect(store.fetchesOf('large.json')).toBe(1)
  await worker.stop()
})
