import { setTimeout as wait } from 'node:timers/promises'
import { costlyContent, lyingGzip } from '@aftercall/testkit/costly-content'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { countOf } from '@aftercall/testkit/test-count'
import { expect, vi } from 'vitest'
import { callWithId } from '../e2e/documents.ts'
import { testMs } from '../e2e/until.ts'
import { type RunningWorker, startWorker, sumOf } from '../e2e/worker.ts'
import { openHttpBench } from './http-bench.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

const neighbours = Array.from({ length: 60 }, (_, position) => position + 1)

/** No message may come again: a second receive would dead-letter it. */
const options = { receivesMax: 1, visibilitySeconds: 120 }

/** Asking without a pause would be much of what the worker has to do. */
const pollMs = 25

/** What the worker reports while it works, asked again and again. */
function watch(worker: RunningWorker) {
  const seen = { lagSeconds: 0, residentBytes: 0, unhealthy: 0 }
  const startedMs = performance.now()
  let isWatching = true
  const watching = (async () => {
    while (isWatching) {
      if ((await worker.get('/healthz')).status !== 200) seen.unhealthy += 1
      // Each answer is about the time since the one before.
      const { text } = await worker.get('/metrics')
      seen.lagSeconds = Math.max(seen.lagSeconds, sumOf('nodejs_eventloop_lag_max_seconds', text))
      seen.residentBytes = Math.max(seen.residentBytes, sumOf('process_resident_memory_bytes', text))
      await wait(pollMs)
    }
  })()
  // The test itself notices a worker that ends.
  watching.catch(() => {})
  return async () => {
    isWatching = false
    await watching
    const seconds = (performance.now() - startedMs) / 1_000
    // Of the whole time, which is as much longer on a busy machine.
    return { ...seen, lagShare: seen.lagSeconds / seconds }
  }
}

/** As large as an object may be, or as many as its bounds allow. The first are the quick run's. */
const kinds: [name: string, size: number, end: string][] = [
  ['keys that become the same', 20_000, 'stored'],
  ['arrays in arrays', 4_000_000, 'document_too_costly'],
  ['times without an offset', 49_000, 'stored'],
  ['many documents', 5_000 * 90, 'stored'],
  ['many keys', 490_000, 'stored'],
  ['a path of menus', 2_000_000, 'stored'],
  ['numbers of many digits', 490_000, 'stored'],
  ['a long text of spaces', 1_000_000, 'stored'],
]
const costly = kinds.slice(0, countOf({ quick: 4, thorough: 8 }))

it('I5 among files that cost as much as they can every good one is stored without a second receive, and the worker answers', async () => {
  const bench = await openHttpBench(options)
  for (const [position, [name, size]] of costly.entries()) {
    await bench.put(`acme/costly/${position}.json`, costlyContent(name, size, 1_000_000 * (position + 1)))
  }
  for (const id of neighbours) await bench.put(`acme/good/call-${id}.json`, callWithId(id))
  const config = await bench.writeConfig('costly')
  const worker = await startWorker(config, { env: bench.env })
  const end = watch(worker)
  await bench.untilSettled()
  const { lagShare, unhealthy } = await end()
  const good = await bench.rows(
    'select session_id::int as id from warehouse.session where session_id < 1000 order by 1',
  )
  expect(good).toEqual(neighbours.map((id) => ({ id })))
  const ended = await bench.rows(
    `select object_key as key, outcome, code from ingest.object where object_key like 'acme/costly/%' order by 1`,
  )
  expect(ended.map(({ outcome, code }) => code ?? outcome)).toEqual(costly.map(([, , end]) => end))
  // The good ones did not wait for the costly ones, which take a quarter of a minute together.
  const [endedBefore] = await bench.rows<{ n: number }>(`
    select count(*)::int as n from ingest.object where object_key like 'acme/costly/%' and settled_at <=
      (select max(settled_at) from ingest.object where object_key like 'acme/good/%')`)
  expect(endedBefore?.n).toBeLessThan(costly.length / 2)
  expect(unhealthy).toBe(0)
  // Much more when one of them is mapped, or copied, in one go on the event loop.
  expect(lagShare).toBeLessThan(0.1)
  expect(await worker.metric('aftercall_large_objects_total')).toBeGreaterThanOrEqual(costly.length - 1)
  expect(await worker.metric('aftercall_messages_returned_total')).toBe(0)
  expect(await bench.deadLetters()).toBe(0)
  await worker.stop()
})

it('I8 files whose gzip says that they are empty take no more memory than any others, beside neighbours that are stored', async () => {
  const bench = await openHttpBench(options)
  const lying = lyingGzip(8_000_000)
  const liars = Array.from(
    { length: countOf({ quick: 20, thorough: 80 }) },
    (_, position) => `acme/lying/${position}.json`,
  )
  for (const key of liars) await bench.put(key, lying)
  for (const id of neighbours) await bench.put(`acme/good/call-${id}.json`, callWithId(id))
  const config = await bench.writeConfig('lying')
  const worker = await startWorker(config, { env: bench.env })
  const end = watch(worker)
  await bench.untilSettled()
  const { residentBytes } = await end()
  expect(await bench.rows('select count(*)::int as n from warehouse.session')).toEqual([
    { n: neighbours.length },
  ])
  expect(await bench.rows(`select code, count(*)::int as n from ingest.rejection group by 1`)).toEqual([
    { code: 'empty_object', n: liars.length },
  ])
  expect(residentBytes).toBeLessThan(600_000_000)
  expect(await bench.deadLetters()).toBe(0)
  await worker.stop()
})

it('I8 honest documents of many megabytes take no more memory than twice what may be in flight, beside what a thread takes', async () => {
  const bench = await openHttpBench(options)
  const files = Array.from({ length: countOf({ quick: 6, thorough: 20 }) }, (_, position) => position)
  for (const position of files) {
    const rows = costlyContent('many documents', 40_000, 1_000 * position)
    await bench.put(`acme/honest/${position}.json`, rows)
  }
  const inFlightBytesMax = 33_554_432
  const worker = await startWorker(await bench.writeConfig('honest', { worker: { inFlightBytesMax } }), {
    env: bench.env,
  })
  const before = await worker.metric('process_resident_memory_bytes')
  const end = watch(worker)
  await bench.untilSettled()
  const { residentBytes, lagShare } = await end()
  expect(await bench.rows('select count(*)::int as n from warehouse.session')).toEqual([
    { n: 1_000 * files.length },
  ])
  expect(residentBytes - before).toBeLessThan(2 * inFlightBytesMax + 400_000_000)
  expect(lagShare).toBeLessThan(0.25)
  expect(await bench.deadLetters()).toBe(0)
  await worker.stop()
})
