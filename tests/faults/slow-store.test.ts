import { expect, test, vi } from 'vitest'
import { acme, bucket } from '../e2e/bench.ts'
import { callWithId } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { faultsOfObjects, openHttpBench, withShortReturns } from './http-bench.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const inFlight = 20
const share = 16

test('I5 a store that sends a byte a second holds its share of the places and no more, and comes back when it has recovered', async () => {
  const slow = { name: 'slow', bucket, prefix: 'slow/' }
  const bench = await openHttpBench({ sources: [acme, slow], receivesMax: 50 })
  let [isSlow, underWay, most] = [true, 0, 0]
  const rule = faultsOfObjects((key, forward) => {
    if (!isSlow || !key.startsWith('slow/')) return undefined
    underWay += 1
    most = Math.max(most, underWay)
    return forward().then((answer) => ({ ...answer, byteEveryMs: 1_000 }))
  })
  const ended = (): void => {
    underWay -= 1
  }
  bench.proxy.setRule(
    withShortReturns((request, forward) => {
      if (isSlow && request.path.includes('/slow/')) request.closed.addEventListener('abort', ended)
      return rule(request, forward)
    }),
  )
  const ids = Array.from({ length: 30 }, (_, position) => position + 1)
  for (const id of ids) await bench.put(`slow/call-${id}.json`, callWithId(id))
  const worker = await startWorker(await bench.writeConfig('slow', { worker: { inFlight } }), {
    env: bench.proxiedEnv,
  })
  await until('the slow source has all that it gets', () => underWay === share)
  for (const id of ids) await bench.put(`acme/call-${id}.json`, callWithId(id))
  const stored = (source: string) =>
    bench.rows(`select session_id from warehouse.session where source = '${source}'`)
  await until('the other source is stored', async () => (await stored('acme')).length === ids.length)
  // None of them ended for it.
  expect(worker.logs().filter(({ outcome }) => outcome === 'failed')).toEqual([])
  expect(most).toBe(share)

  await until('a slow fetch is given up', () => worker.logs().some(({ code }) => code === 'too_slow'))
  isSlow = false
  await bench.untilSettled()
  expect(await stored('slow')).toHaveLength(ids.length)
  expect(await bench.deadLetters()).toBe(0)
  await worker.stop()
})
