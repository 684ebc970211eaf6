import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { expect, inject, onTestFinished, vi } from 'vitest'
import { type Bench, openBench } from './bench.ts'
import { endCommands, runCommand } from './command.ts'
import { callBytes, callWithId } from './documents.ts'
import { createEmptyDatabase } from './empty-database.ts'
import { reserveProxy, type TcpProxy, throughProxy } from './tcp-proxy.ts'
import { testMs, until } from './until.ts'
import { type RunningWorker, startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 2, thorough: 'all' })

async function openSuite(): Promise<Bench> {
  const bench = await openBench({ receivesMax: 20 })
  onTestFinished(async () => {
    await endCommands()
    await bench.close()
  })
  return bench
}

async function openProxy(url: string): Promise<TcpProxy> {
  const proxy = await reserveProxy(url)
  onTestFinished(() => proxy.close())
  return proxy
}

/** The named check, once it is not ok. */
const failingCheck = (worker: RunningWorker, name: string) =>
  until(`/readyz names the ${name}`, async () => {
    const { checks } = await worker.readiness()
    return checks.find((check) => check.name === name && !check.ok)
  })

async function expectWaiting(worker: RunningWorker, name: string): Promise<void> {
  expect(await worker.get('/healthz')).toEqual({ status: 200, text: 'ok\n' })
  expect((await worker.get('/readyz')).status).toBe(503)
  const line = await worker.untilLogs(`cannot use the ${name} yet`)
  expect(line).toMatchObject({ level: 'warn', attempt: expect.any(Number) })
  expect(line.msg).toMatch(/: .+; next try in \d+\.\d s$/)
}

function expectCalm(worker: RunningWorker): void {
  expect(worker.stderr()).not.toMatch(/^\s+at |\\n\s+at |"stack"/m)
  expect(worker.stdout()).toBe('')
}

const storedCalls = async ({ rows }: Bench) =>
  (await rows<{ id: number }>('select session_id::int as id from warehouse.session order by 1')).map(
    ({ id }) => id,
  )

it('a worker without its database stays up, says what it tries, and begins when the database is there', async () => {
  const bench = await openSuite()
  const proxy = await openProxy(bench.database.url)
  const url = throughProxy(bench.database.url, proxy)
  await bench.put('acme/call-1418.json', callBytes)
  const worker = await startWorker(await bench.writeConfig('down', { database: { url } }), {
    env: bench.env,
  })

  expect(await failingCheck(worker, 'database')).toMatchObject({
    detail: expect.stringContaining('ECONNREFUSED'),
  })
  await expectWaiting(worker, 'database')
  expect(worker.stderr()).toContain(`127.0.0.1:${proxy.port}`)
  expect((await bench.depth()).visible).toBeGreaterThan(0)

  await proxy.open()
  await worker.untilReady()
  await bench.untilSettled()
  expect(await storedCalls(bench)).toEqual([1418])
  await worker.stop()
  expectCalm(worker)
})

it('I1 I4 a worker loses its database and finds it again without losing a file', async () => {
  const bench = await openSuite()
  const proxy = await openProxy(bench.database.url)
  await proxy.open()
  const url = throughProxy(bench.database.url, proxy)
  const worker = await startWorker(await bench.writeConfig('lost', { database: { url } }), {
    env: bench.env,
  })
  await bench.put('acme/call-1.json', callWithId(1))
  await bench.untilSettled()

  await proxy.close()
  await failingCheck(worker, 'database')
  await bench.put('acme/call-2.json', callWithId(2))
  await worker.untilLogs('the database did not take the batch; trying again')
  expect((await worker.get('/healthz')).status).toBe(200)

  await proxy.open()
  await worker.untilReady()
  await bench.untilSettled()
  expect(await storedCalls(bench)).toEqual([1, 2])
  expect(await bench.deadLetters()).toBe(0)
  await worker.stop()
  expectCalm(worker)
})

it('I9 a database that takes connections and never answers is named, and does not keep the worker from ending', async () => {
  const bench = await openSuite()
  const proxy = await openProxy(bench.database.url)
  await proxy.hang()
  const config = await bench.writeConfig('hung', {
    database: { url: throughProxy(bench.database.url, proxy) },
    worker: { graceSeconds: 5 },
  })
  const worker = await startWorker(config, { env: bench.env })
  const check = await failingCheck(worker, 'database')
  expect(check.detail).toMatch(/no answer within \d+ ms/)
  expect((await worker.get('/healthz')).status).toBe(200)
  await worker.stop()
  expectCalm(worker)
})

it('a worker without its queue stays up, says what it tries, and begins when the queue is there', async () => {
  const bench = await openSuite()
  const proxy = await openProxy(bench.aws.endpoint)
  await bench.put('acme/call-1418.json', callBytes)
  const env = { ...bench.env, AWS_ENDPOINT_URL_SQS: throughProxy(bench.aws.endpoint, proxy) }
  const worker = await startWorker(await bench.writeConfig('queue'), { env })

  await worker.untilLogs('cannot use the queue yet')
  expect(await failingCheck(worker, 'queue')).toEqual({ name: 'queue', ok: false, detail: 'not receiving' })
  await expectWaiting(worker, 'queue')

  await proxy.open()
  await worker.untilReady()
  await bench.untilSettled()
  expect(await storedCalls(bench)).toEqual([1418])

  await proxy.close()
  const lost = { name: 'queue', ok: false, detail: 'the last receive failed' }
  expect(await failingCheck(worker, 'queue')).toEqual(lost)
  await worker.stop()
  expectCalm(worker)
})

it('I12 a worker waits for pending migrations, and begins when they are applied beside it', async () => {
  const bench = await openSuite()
  const empty = await createEmptyDatabase(inject('postgresUrl'))
  onTestFinished(() => empty.drop())
  await bench.put('acme/call-1418.json', callBytes)
  const config = await bench.writeConfig('empty', { database: { url: empty.url } })
  const worker = await startWorker(config, { env: bench.env })

  const check = await failingCheck(worker, 'database')
  expect(check.detail).toMatch(/^\d+ migrations are pending; run: aftercall migrate$/)
  await expectWaiting(worker, 'database')

  const migrating = await Promise.all([1, 2].map(() => runCommand(['migrate', '--config', config])))
  expect(migrating.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    Array(2).fill({ code: 0, stderr: '' }),
  )
  await worker.untilReady()
  await bench.untilSettled()
  expect(await empty.count('warehouse.session')).toBe(1)
  await worker.stop()
  expectCalm(worker)
})

it('the HTTP port being taken ends the worker with one sentence', async () => {
  const bench = await openSuite()
  const proxy = await openProxy(bench.database.url)
  await proxy.hang()
  const config = await bench.writeConfig('taken', { http: { port: proxy.port } })
  const { code, stdout, stderr } = await runCommand(['worker', '--config', config], { env: bench.env })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toBe(
    `error: 127.0.0.1:${proxy.port} is in use by another process: stop it, or choose another port\n`,
  )
})
