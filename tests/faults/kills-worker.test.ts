import { setTimeout as wait } from 'node:timers/promises'
import { integer, type Random } from '@aftercall/samples/random'
import { countOf } from '@aftercall/testkit/test-count'
import { randomOfTest } from '@aftercall/testkit/test-seed'
import { expect, test, vi } from 'vitest'
import { redelivering } from '../e2e/bench.ts'
import { sampleFiles } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { type RunningWorker, startWorker } from '../e2e/worker.ts'
import { type HttpBench, openHttpBench } from './http-bench.ts'
import { expectAllStored, putSamples, settledObjects, sources } from './sample-load.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

/** At least one at each instant. */
const kills = countOf({ quick: 4, thorough: 25 })
/** Each kill takes the start of a worker, which is slow on a busy machine. */
const killsMs = 600_000
/** So small that the work takes many transactions. */
const worker = { inFlight: 8, batchSize: 3, lingerMs: 5 }

const instants = ['any', 'commit', 'ack-not-sent', 'ack-not-answered'] as const
type Instant = (typeof instants)[number]
/** Its AWS key, by which its requests are recognized. */
type Named = RunningWorker & { name: string }

/** Resolves where the worker is to be hit: anywhere, right after a commit, or between that and the ack. */
async function untilReached(
  instant: Instant,
  bench: HttpBench,
  random: Random,
  { name }: Named,
): Promise<void> {
  switch (instant) {
    case 'any':
      return wait(integer(random, 0, 500))
    case 'commit':
      return untilMoreIsSettled(bench, integer(random, 1, 5))
    case 'ack-not-sent':
    case 'ack-not-answered':
      return untilAckIsHeld(bench, name, instant)
  }
}

async function untilMoreIsSettled(bench: HttpBench, objects: number): Promise<void> {
  const before = await settledObjects(bench)
  await until('more objects have settled', async () => (await settledObjects(bench)) >= before + objects)
}

/** From now on no ack of this worker is answered; when it is not to be sent either, SQS does not get it. */
async function untilAckIsHeld(bench: HttpBench, name: string, instant: Instant): Promise<void> {
  let isHeld = false
  bench.proxy.setRule(async (request, forward) => {
    const isHis = request.headers.authorization?.includes(`Credential=${name}/`) === true
    if (request.action !== 'DeleteMessageBatch' || !isHis) return forward()
    if (instant === 'ack-not-answered') await forward()
    isHeld = true
    return new Promise(() => {})
  })
  await until('an ack is under way', () => isHeld)
}

test(
  'I1 I2 I3 I9 a worker killed at random instants, also between commit and ack, loses nothing and leaves nothing twice',
  async () => {
    const random = randomOfTest()
    const bench = await openHttpBench({ sources, ...redelivering })
    const config = await bench.writeConfig('killed', { worker })
    const start = async (name: string): Promise<Named> => {
      const env = { ...bench.proxiedEnv, AWS_ACCESS_KEY_ID: name }
      const started = await startWorker(config, { env })
      await started.untilReady()
      return { ...started, name }
    }
    const load = sampleFiles('kills', kills * 10)
    const landing = load.files.values()
    // The next one starts while this one works, as where an orchestrator keeps them running.
    let next = start('worker0')
    for (let kill = 0; kill < kills; kill += 1) {
      const killed = await next
      next = start(`worker${kill + 1}`)
      for (const { key, text } of landing.take(Math.floor(load.files.length / kills)))
        await bench.put(key, text)
      await untilReached(instants[kill % instants.length] ?? 'any', bench, random, killed)
      killed.kill('SIGKILL')
      expect(await killed.ended()).toMatchObject({ code: null, signal: 'SIGKILL' })
    }
    for (const { key, text } of landing) await bench.put(key, text)
    const last = await next
    await bench.untilSettled()
    await expectAllStored(bench, { ...load, keys: new Set(load.files.map(({ key }) => key)) })
    await last.stop()
  },
  killsMs,
)

test('I2 I3 two workers on one queue end in the same state as one', async () => {
  const bench = await openHttpBench({ sources })
  const config = await bench.writeConfig('small', { worker: { ...worker, inFlight: 12, batchSize: 4 } })
  const workers = await Promise.all([1, 2].map(() => startWorker(config, { env: bench.env })))
  for (const one of workers) await one.untilReady()
  // Revisions of a session follow each other closely, so that both workers have some of them at the same time.
  const load = await putSamples(bench, 'two workers', 80)
  await bench.untilSettled()
  for (const one of workers) expect(await one.metric('aftercall_messages_acked_total')).toBeGreaterThan(0)
  expect(load.files.length).toBeGreaterThan(load.keys.size)
  await expectAllStored(bench, load)
  for (const one of workers) await one.stop()
})
