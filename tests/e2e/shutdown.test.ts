import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { expect, onTestFinished, vi } from 'vitest'
import { type Bench, bucket, openBench, redelivering } from './bench.ts'
import { endCommands } from './command.ts'
import { callWithId, sampleFiles, storedSessions } from './documents.ts'
import { reserveProxy, type TcpProxy, throughProxy } from './tcp-proxy.ts'
import { testMs, until } from './until.ts'
import { type RunningWorker, startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 2, thorough: 'all' })

const sources = builtInTenants.map(({ name, timeZone }) => ({ name, bucket, prefix: `${name}/`, timeZone }))

async function openSuite(options: Parameters<typeof openBench>[0] = {}): Promise<Bench> {
  // A poll that is cut at the stop may have messages already: they come back after the visibility timeout.
  const bench = await openBench({ visibilitySeconds: 10, receivesMax: 1_000, ...options })
  onTestFinished(async () => {
    await endCommands()
    await bench.close()
  })
  return bench
}

/** The environment of a worker whose S3 takes requests and never answers them, so that all it has stays in flight. */
async function withHungS3({ aws, env }: Bench): Promise<{ proxy: TcpProxy; env: Record<string, string> }> {
  const proxy = await reserveProxy(aws.endpoint)
  onTestFinished(() => proxy.close())
  await proxy.hang()
  return { proxy, env: { ...env, AWS_ENDPOINT_URL_S3: throughProxy(aws.endpoint, proxy) } }
}

const untilInFlight = (worker: RunningWorker, objects: number) =>
  until(`${objects} objects are in flight`, async () => {
    return (await worker.metric('aftercall_objects_in_flight')) >= objects
  })

it('I9 SIGTERM with files in flight: the worker finishes them, ends with 0, and another one does the rest', async () => {
  const bench = await openSuite({ sources })
  const { files, expected } = sampleFiles('sigterm', 60)
  for (const { key, text } of files) await bench.put(key, text)
  // A batch that waits for company keeps its files in flight when the signal comes.
  const worker = { lingerMs: 700, inFlight: 40, batchSize: 40 }
  const first = await startWorker(await bench.writeConfig('first', { worker }), { env: bench.env })
  await untilInFlight(first, 20)
  first.kill('SIGTERM')
  const { code, stdout, stderr } = await first.ended()
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toContain('"msg":"stopped"')
  // Of a session's three files under one key, the ledger has one row.
  const settled = await bench.rows('select count(*)::int as objects from ingest.object')
  expect(settled[0]?.objects).toBeGreaterThanOrEqual(Math.ceil(20 / 3))

  const second = await startWorker(await bench.writeConfig('second'), { env: bench.env })
  await bench.untilSettled()
  expect(await storedSessions(bench)).toEqual(expected)
  expect(await bench.deadLetters()).toBe(0)
  await second.stop()
})

it('I9 SIGTERM when nothing in flight can be finished: it is returned within the grace time, and the exit code is 0', async () => {
  const bench = await openSuite()
  const { proxy, env } = await withHungS3(bench)
  for (let id = 1; id <= 12; id++) await bench.put(`acme/call-${id}.json`, callWithId(id))
  const config = await bench.writeConfig('hung', { worker: { graceSeconds: 5 } })
  const first = await startWorker(config, { env })
  await untilInFlight(first, 12)
  first.kill('SIGTERM')
  expect((await first.ended()).code).toBe(0)
  const returned = first.logs().find(({ msg }) => msg === 'no longer receiving')?.returned
  expect(returned).toBe(12)
  expect(await bench.rows('select 1 from ingest.object')).toEqual([])

  await proxy.open()
  const second = await startWorker(config, { env })
  await bench.untilSettled()
  expect(await bench.rows('select count(*)::int as sessions from warehouse.session')).toEqual([
    { sessions: 12 },
  ])
  expect(await bench.deadLetters()).toBe(0)
  await second.stop()
})

it.each([
  { first: 'SIGTERM', second: 'SIGTERM', code: 143 },
  { first: 'SIGTERM', second: 'SIGINT', code: 130 },
] as const)(
  'I9 $first and then $second ends the worker at once with $code, and loses nothing',
  async (signals) => {
    const bench = await openSuite(redelivering)
    const { proxy, env } = await withHungS3(bench)
    await bench.put('acme/call-1.json', callWithId(1))
    const config = await bench.writeConfig('hung', { worker: { graceSeconds: 600 } })
    const worker = await startWorker(config, { env })
    await untilInFlight(worker, 1)
    worker.kill(signals.first)
    await worker.untilLogs('a second signal stops it immediately')
    worker.kill(signals.second)
    const { code, signal } = await worker.ended()
    expect({ code, signal }).toEqual({ code: signals.code, signal: null })

    await proxy.open()
    const next = await startWorker(config, { env })
    await bench.untilSettled()
    expect(await bench.rows('select session_id::int as id from warehouse.session')).toEqual([{ id: 1 }])
    await next.stop()
  },
)

it('I9 SIGINT stops a worker that has nothing to do, with 0', async () => {
  const bench = await openSuite()
  const worker = await startWorker(await bench.writeConfig('idle'), { env: bench.env })
  await worker.untilReady()
  worker.kill('SIGINT')
  expect((await worker.ended()).code).toBe(0)
})

it('I9 SIGTERM stops a worker that still waits for its database, with 0', async () => {
  const bench = await openSuite()
  const proxy = await reserveProxy(bench.database.url)
  const url = throughProxy(bench.database.url, proxy)
  const worker = await startWorker(await bench.writeConfig('down', { database: { url } }), {
    env: bench.env,
  })
  await worker.untilLogs('cannot use the database yet')
  await worker.stop()
})
