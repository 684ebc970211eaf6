import { countOf } from '@aftercall/testkit/test-count'
import { expect, test, vi } from 'vitest'
import { callWithId } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { faultsOfObjects, type HttpBench, openHttpBench } from './http-bench.ts'
import { settledObjects } from './sample-load.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const inFlight = countOf({ quick: 64, thorough: 256 })
const ids = Array.from({ length: inFlight }, (_, position) => position + 1)
const graceSeconds = 5

/** A worker with as many objects in flight as it may have: S3 gives each when `release` allows it. */
async function startFullWorker(bench: HttpBench) {
  const held = new Map<string, () => void>()
  const released = new Set<string>()
  for (const id of ids) await bench.put(`acme/call-${id}.json`, callWithId(id))
  bench.proxy.setRule(
    faultsOfObjects((key, forward) => {
      // The SDK asks again for what is held for long.
      if (released.has(key)) return forward()
      return new Promise<void>((resolve) => held.set(key, resolve)).then(() => forward())
    }),
  )
  const config = await bench.writeConfig('full', { worker: { inFlight, graceSeconds } })
  const worker = await startWorker(config, { env: bench.proxiedEnv })
  await until(`${inFlight} objects are in flight`, async () => {
    const objects = await worker.metric('aftercall_objects_in_flight')
    if (held.size < inFlight || objects < inFlight) throw new Error(`${held.size} held, ${objects} in flight`)
    return true
  })
  const release = (objects: number): void => {
    for (const [key, give] of [...held].slice(0, objects)) {
      released.add(key)
      give()
    }
  }
  return { worker, config, release }
}

async function expectRestIsLoaded(bench: HttpBench, config: string): Promise<void> {
  bench.proxy.setRule()
  const next = await startWorker(config, { env: bench.proxiedEnv })
  await bench.untilSettled()
  const sessions = await bench.rows('select session_id::int as id from warehouse.session order by 1')
  expect(sessions).toEqual(ids.map((id) => ({ id })))
  expect(await bench.deadLetters()).toBe(0)
  await next.stop()
}

test(`I9 SIGTERM with ${inFlight} objects in flight: each is done, or returned when the grace time is over, and the exit code is 0`, async () => {
  const bench = await openHttpBench({ receivesMax: 1_000, visibilitySeconds: 10 })
  const { worker, config, release } = await startFullWorker(bench)
  worker.kill('SIGTERM')
  release(inFlight / 2)
  // S3 never gives the other half.
  expect((await worker.ended()).code).toBe(0)
  const done = await settledObjects(bench)
  expect(done).toBeGreaterThan(0)
  const returned = worker.logs().find(({ msg }) => msg === 'no longer receiving')?.returned
  // A message that was committed in the last moment may be returned in place of an ack: it then ends as a duplicate.
  expect(returned).toBeGreaterThanOrEqual(inFlight - done)
  expect(returned).toBeLessThanOrEqual(inFlight)
  await expectRestIsLoaded(bench, config)
})

// tests/e2e/shutdown.test.ts proves the same with one object in flight.
test.skipIf(countOf({ quick: 0, thorough: 1 }) === 0)(
  `I9 two SIGTERMs with ${inFlight} objects in flight end the worker at once with 143, and nothing is lost`,
  async () => {
    const bench = await openHttpBench({ receivesMax: 1_000, visibilitySeconds: 10 })
    const { worker, config, release } = await startFullWorker(bench)
    release(inFlight / 2)
    worker.kill('SIGTERM')
    await worker.untilLogs('a second signal stops it immediately')
    worker.kill('SIGTERM')
    const { code, signal } = await worker.ended()
    expect({ code, signal }).toEqual({ code: 143, signal: null })
    await expectRestIsLoaded(bench, config)
  },
)
