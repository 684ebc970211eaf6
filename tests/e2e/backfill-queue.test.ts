import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { writeS3Notification } from '@aftercall/storage/notifications/write-s3-notification'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import { sendMessages } from '@aftercall/storage/queue/send-messages'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { startFaultProxy } from '@aftercall/testkit/http-fault-proxy'
import { DeleteQueueCommand } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, vi } from 'vitest'
import { faultsOfObjects } from '../faults/http-bench.ts'
import {
  acme,
  type Bench,
  type BenchOptions,
  openBench,
  redelivering,
  visibilitySecondsDefault,
} from './bench.ts'
import { endCommands, runCommand } from './command.ts'
import { callWithId } from './documents.ts'
import { reserveProxy, throughProxy } from './tcp-proxy.ts'
import { testMs, until } from './until.ts'
import { type RunningWorker, startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 2, thorough: 'all' })

const archive = { name: 'archive', bucket: 'archived-files', prefix: '' }

type TwoQueues = Bench & {
  /** A configuration of both queues; `changes` replaces whole sections. */
  config(name: string, changes?: object): Promise<string>
  /** Puts files of calls into the archive, which sends no notifications. */
  store(ids: readonly number[]): void
  /** Announces them as `aftercall backfill --via queue` does. */
  announce(ids: readonly number[], recordsPerMessage: number): Promise<void>
  backfillMessages(): Promise<number>
  untilBothSettled(): Promise<void>
  createBackfillQueue(): Promise<void>
  deleteBackfillQueue(): Promise<void>
}

async function openSuite(options: BenchOptions = {}): Promise<TwoQueues> {
  const { visibilitySeconds = visibilitySecondsDefault, receivesMax = 50 } = options
  const bench = await openBench({ visibilitySeconds, receivesMax, sources: [acme, archive] })
  const { aws, env, queueUrl } = bench
  const backfillUrl = queueUrl.replace(/live$/, 'backfill')
  const sqs = createSqsClient({ queueUrl: backfillUrl, env })
  onTestFinished(async () => {
    await endCommands()
    sqs.destroy()
    await bench.close()
  })
  await aws.createBucket(archive.bucket)
  const createBackfillQueue = async () => {
    const deadLetterQueue = { name: 'dead', receivesMax }
    await aws.createQueue('backfill', { visibilitySeconds, deadLetterQueue })
  }
  await createBackfillQueue()
  const backfillMessages = async () => {
    const { visible, inFlight, delayed } = await queueDepth(sqs, backfillUrl)
    return visible + inFlight + delayed
  }
  const queue = (url: string) => ({ url, visibilitySeconds })
  return {
    ...bench,
    backfillMessages,
    createBackfillQueue,
    config: (name, changes = {}) =>
      bench.writeConfig(name, {
        queues: { live: queue(queueUrl), backfill: queue(backfillUrl) },
        ...changes,
      }),
    store: (ids) => {
      for (const id of ids) {
        aws.addObject(archive.bucket, keyOf(id), Buffer.from(JSON.stringify(callWithId(id))))
      }
    },
    announce: async (ids, recordsPerMessage) => {
      const bodies: string[] = []
      for (let at = 0; at < ids.length; at += recordsPerMessage) {
        const refs = ids.slice(at, at + recordsPerMessage).map((id) => refOf(id))
        bodies.push(writeS3Notification(refs, { eventName: 'ObjectCreated:Backfill' }))
      }
      const answers = await sendMessages(sqs, backfillUrl, bodies)
      expect(answers.every(({ kind }) => kind === 'sent')).toBe(true)
    },
    untilBothSettled: async () => {
      await bench.untilSettled()
      await until('the backfill queue is empty', async () => (await backfillMessages()) === 0)
    },
    deleteBackfillQueue: async () => {
      await sqs.send(new DeleteQueueCommand({ QueueUrl: backfillUrl }))
    },
  }
}

const keyOf = (id: number) => `call-${id}.json`
const refOf = (id: number) => ({ bucket: archive.bucket, key: keyOf(id) })
const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index)

/** Sessions and ledger by source. */
async function stored({ rows }: Bench) {
  const sessions = await rows<{ source: string; n: number }>(
    'select source, count(*)::int as n from warehouse.session group by 1 order by 1',
  )
  const ledger = await rows<{ source: string; outcome: string; n: number }>(
    'select source, outcome, count(*)::int as n from ingest.object group by 1, 2 order by 1, 2',
  )
  return { sessions, ledger }
}

function allStored(acmeFiles: number, archiveFiles: number) {
  const counts = [
    { source: 'acme', n: acmeFiles },
    { source: 'archive', n: archiveFiles },
  ].filter(({ n }) => n > 0)
  return { sessions: counts, ledger: counts.map((one) => ({ ...one, outcome: 'stored' })) }
}

const check = async (worker: RunningWorker, name: string) =>
  (await worker.readiness()).checks.find((one) => one.name === name)

it('both queues end in the same tables, and only live objects have a lag', async () => {
  const suite = await openSuite()
  suite.store(numbers(60))
  await suite.announce(numbers(60), 25)
  for (const id of numbers(3)) await suite.put(`acme/call-${id}.json`, callWithId(id))
  const worker = await startWorker(await suite.config('both'), { env: suite.env })
  await suite.untilBothSettled()
  expect(await stored(suite)).toEqual(allStored(3, 60))
  const events = await suite.rows(`
    select source, event_name, count(lag_ms)::int as with_lag from ingest.object group by 1, 2 order by 1`)
  expect(events).toEqual([
    { source: 'acme', event_name: 'ObjectCreated:Put', with_lag: 3 },
    { source: 'archive', event_name: 'ObjectCreated:Backfill', with_lag: 0 },
  ])
  expect(await worker.metric('aftercall_lag_seconds_count')).toBe(3)
  expect(await worker.metric('aftercall_freshness_seconds_count')).toBe(3)
  expect(await worker.metric('aftercall_objects_total')).toBeGreaterThanOrEqual(63)
  expect(await check(worker, 'backfill queue')).toMatchObject({ ok: true, optional: true })
  await worker.stop()
})

it('live messages overtake a backlog of 500 messages', async () => {
  const suite = await openSuite()
  suite.store(numbers(500))
  await suite.announce(numbers(500), 1)
  const live = numbers(10).map((id) => `acme/call-${id}.json`)
  for (const [index, key] of live.entries()) await suite.put(key, callWithId(index + 1))
  // Which of the two queues answers first is a matter of chance: nothing of the backlog ends before all live ones are asked for.
  const proxy = await startFaultProxy(Number(new URL(suite.aws.endpoint).port))
  onTestFinished(proxy.stop)
  const asked = new Set<string>()
  const released = Promise.withResolvers<void>()
  proxy.setRule(
    faultsOfObjects(async (key, forward) => {
      asked.add(key)
      if (live.every((one) => asked.has(one))) released.resolve()
      if (!live.includes(key)) await released.promise
      return forward()
    }),
  )
  const env = { ...suite.env, AWS_ENDPOINT_URL_S3: proxy.address }
  const worker = await startWorker(await suite.config('backlog'), { env })
  await suite.untilSettled()
  const [answer] = await suite.rows<{ before: number }>(`
    select count(*)::int as before from ingest.object
    where source = 'archive' and settled_at < (select max(settled_at) from ingest.object where source = 'acme')`)
  // What was begun before the first live message came may end before the last of them.
  expect(answer?.before).toBeLessThan(200)
  expect((await stored(suite)).sessions[0]).toEqual({ source: 'acme', n: 10 })
  expect(await suite.backfillMessages()).toBeGreaterThan(0)
  await worker.stop()
})

it('a backlog is worked off beside live traffic that does not pause', async () => {
  const suite = await openSuite()
  suite.store(numbers(16))
  await suite.announce(numbers(16), 16)
  const worker = await startWorker(await suite.config('steady'), { env: suite.env })
  for (let id = 1; (await suite.backfillMessages()) > 0; id += 1) {
    await suite.put(`acme/call-${id}.json`, callWithId(id))
    await until('the worker keeps up', async () => (await suite.depth()).inFlight < 5)
  }
  await suite.untilBothSettled()
  const { ledger } = await stored(suite)
  expect(ledger.filter(({ source }) => source === 'archive')).toEqual(allStored(0, 16).ledger)
  await worker.stop()
})

it('a missing backfill queue stops no live message, is reported, and is read once it exists', async () => {
  const suite = await openSuite()
  await suite.deleteBackfillQueue()
  const worker = await startWorker(await suite.config('absent'), { env: suite.env })
  await suite.put('acme/call-1.json', callWithId(1))
  await worker.untilLogs('cannot use the backfill queue yet')
  await suite.untilSettled()
  expect(await stored(suite)).toEqual(allStored(1, 0))
  expect(await check(worker, 'queue')).toEqual({ name: 'queue', ok: true })
  const notReceiving = { name: 'backfill queue', ok: false, optional: true, detail: 'not receiving' }
  expect(await check(worker, 'backfill queue')).toEqual(notReceiving)
  expect((await worker.get('/readyz')).status).toBe(200)
  expect((await worker.get('/healthz')).status).toBe(200)

  await suite.createBackfillQueue()
  suite.store([1, 2])
  await suite.announce([1, 2], 25)
  await worker.untilReady()
  await suite.untilBothSettled()
  expect(await stored(suite)).toEqual(allStored(1, 2))

  await suite.deleteBackfillQueue()
  await worker.untilLogs('the queue did not answer; trying again')
  await suite.put('acme/call-2.json', callWithId(2))
  await suite.untilSettled()
  expect(await stored(suite)).toEqual(allStored(2, 2))
  await worker.stop()
})

it('I9 SIGTERM with both queues in flight: all is returned, the exit code is 0, and another worker does it', async () => {
  const suite = await openSuite({ visibilitySeconds: 10, receivesMax: 1_000 })
  const proxy = await reserveProxy(suite.aws.endpoint)
  onTestFinished(() => proxy.close())
  await proxy.hang()
  const env = { ...suite.env, AWS_ENDPOINT_URL_S3: throughProxy(suite.aws.endpoint, proxy) }
  suite.store(numbers(30))
  await suite.announce(numbers(30), 3)
  for (const id of numbers(3)) await suite.put(`acme/call-${id}.json`, callWithId(id))
  const config = await suite.config('hung', { worker: { graceSeconds: 5 } })
  const first = await startWorker(config, { env })
  await until('objects of both are in flight', async () => {
    return (await first.metric('aftercall_objects_in_flight')) >= 3 + 4
  })
  first.kill('SIGTERM')
  expect((await first.ended()).code).toBe(0)
  const returned = Number(first.logs().find(({ msg }) => msg === 'no longer receiving')?.returned)
  // The backfill holds what it can begin soon, and never the whole queue.
  expect(returned).toBeGreaterThanOrEqual(3 + 2)
  expect(await suite.rows('select 1 from ingest.object')).toEqual([])

  await proxy.open()
  const second = await startWorker(config, { env })
  await suite.untilBothSettled()
  expect(await stored(suite)).toEqual(allStored(3, 30))
  expect(await suite.deadLetters()).toBe(0)
  await second.stop()
})

it('I9 a worker that is killed in the middle of a backfill loses nothing: its messages are delivered again', async () => {
  const suite = await openSuite(redelivering)
  suite.store(numbers(50))
  await suite.announce(numbers(50), 25)
  const config = await suite.config('killed')
  const first = await startWorker(config, { env: suite.env })
  await until('the backfill is under way', async () => (await first.metric('aftercall_objects_total')) > 0)
  first.kill('SIGKILL')
  await first.ended()
  const second = await startWorker(config, { env: suite.env })
  await suite.untilBothSettled()
  expect(await stored(suite)).toEqual(allStored(0, 50))
  await second.stop()
})

it('I1 I4 a message of the backfill that fails is returned, noted, and stored when it is delivered again', async () => {
  const suite = await openSuite()
  suite.store([1])
  await suite.announce([1], 25)
  const config = await suite.config('failing')
  const broken = { ...suite.env, AWS_ENDPOINT_URL_S3: await startBrokenS3() }
  const first = await startWorker(config, { env: broken })
  await first.untilLogs('message returned for a later try')
  expect(await suite.backfillMessages()).toBe(1)
  expect((await stored(suite)).ledger).toEqual([{ source: 'archive', outcome: 'failed', n: 1 }])
  await first.stop()

  const second = await startWorker(config, { env: suite.env })
  await suite.untilBothSettled()
  expect(await stored(suite)).toEqual(allStored(0, 1))
  const [row] = await suite.rows<{ receive_count: number }>('select receive_count from ingest.object')
  expect(row?.receive_count).toBeGreaterThan(1)
  await second.stop()
})

/** A store that answers every request with an error of its own. */
async function startBrokenS3(): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(500).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('doctor checks the backfill queue too, and names its key when it cannot', async () => {
  const suite = await openSuite()
  const config = await suite.config('doctor')
  const doctor = async () => {
    const { stdout } = await runCommand(['doctor', '--json', '--config', config], { env: suite.env })
    const findings = JSON.parse(stdout) as { check: string; level: string; fix?: string }[]
    return findings.filter((one) => one.check.startsWith('backfill'))
  }
  expect((await doctor()).map(({ check, level }) => [check, level])).toEqual([
    ['backfill queue', 'ok'],
    ['backfill dead-letter queue', 'ok'],
    ['backfill queue message size', 'ok'],
    ['backfill queue retention', 'ok'],
    ['backfill queue receives', 'ok'],
    ['backfill dead-letter retention', 'ok'],
    ['backfill dead letters', 'ok'],
  ])
  await suite.deleteBackfillQueue()
  expect(await doctor()).toMatchObject([
    { check: 'backfill queue', level: 'problem', fix: expect.stringContaining('queues.backfill.url') },
  ])
})
