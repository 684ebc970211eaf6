import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { xmlErrorAnswer } from '@aftercall/testkit/http-fault-proxy'
import { expect, vi } from 'vitest'
import { testMs } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { faultsOfObjects, openHttpBench } from './http-bench.ts'
import { expectAllStored, putSamples, receivesMaxOf, sources } from './sample-load.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

it('a store that answers SlowDown for a while slows the worker down, and no message is returned for it', async () => {
  const bench = await openHttpBench({ sources, receivesMax: 2 })
  const load = await putSamples(bench, 'burst', 100)
  // Each object as often, however few of them the worker asks for at a time.
  const refused = new Set<string>()
  bench.proxy.setRule(
    faultsOfObjects((key, forward) => {
      if (refused.has(key)) return forward()
      refused.add(key)
      return Promise.resolve(xmlErrorAnswer(503, 'SlowDown'))
    }),
  )
  const worker = await startWorker(await bench.writeConfig('burst'), {
    env: bench.proxiedEnv,
  })
  await bench.untilSettled()
  expect(await worker.metric('aftercall_messages_returned_total')).toBe(0)
  expect(await receivesMaxOf(bench)).toBe(1)
  expect(refused).toEqual(load.keys)
  await expectAllStored(bench, load)
  await worker.stop()
})

it('a store that bears few requests at a time is asked for few at a time', async () => {
  const bench = await openHttpBench({ sources, receivesMax: 2 })
  const load = await putSamples(bench, 'narrow', 100)
  const bearable = 8
  let [underWay, refused] = [0, 0]
  bench.proxy.setRule(
    faultsOfObjects(async (_key, forward) => {
      if (underWay >= bearable) {
        refused += 1
        return xmlErrorAnswer(503, 'SlowDown')
      }
      underWay += 1
      const answer = await forward()
      await new Promise((resolve) => setTimeout(resolve, 20))
      underWay -= 1
      return answer
    }),
  )
  // So few that it needs to halve them only twice: an object is tried six times, however long an answer takes.
  const config = await bench.writeConfig('narrow', { worker: { inFlight: 4 * bearable } })
  const worker = await startWorker(config, { env: bench.proxiedEnv })
  await bench.untilSettled()
  expect(await receivesMaxOf(bench)).toBe(1)
  expect(refused).toBeGreaterThan(0)
  expect(refused).toBeLessThan(load.files.length * 3)
  await expectAllStored(bench, load)
  await worker.stop()
})
