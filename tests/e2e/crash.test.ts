import { BUILT_IN_TENANTS } from '@aftercall/testkit/built-in-tenants'
import { fork, integer, randomFrom } from '@aftercall/testkit/random'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { sampleFiles, storedSessions } from './documents.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const sources = BUILT_IN_TENANTS.map(({ name, timeZone }) => ({ name, bucket, prefix: `${name}/`, timeZone }))
/** So small that the work takes many transactions. */
const worker = { inFlight: 12, batchSize: 4, lingerMs: 5 }

async function openSuite(): Promise<Bench> {
  const bench = await openBench({ sources, receivesMax: 50 })
  onTestFinished(async () => {
    await endCommands()
    await bench.close()
  })
  return bench
}

async function settledObjects({ rows }: Bench): Promise<number> {
  const [row] = await rows<{ objects: number }>('select count(*)::int as objects from ingest.object')
  return row?.objects ?? 0
}

async function expectAllStored(
  bench: Bench,
  { files, expected }: ReturnType<typeof sampleFiles>,
): Promise<void> {
  expect(await storedSessions(bench)).toEqual(expected)
  const keys = new Set(files.map(({ key }) => key))
  const ledger = await bench.rows<{ object_key: string; outcome: string }>(
    'select object_key, outcome from ingest.object',
  )
  expect(new Set(ledger.map(({ object_key }) => object_key))).toEqual(keys)
  const others = ledger.filter(({ outcome }) => !['stored', 'superseded', 'duplicate'].includes(outcome))
  expect(others).toEqual([])
  const heads = await bench.rows<{ heads: number }>('select count(*)::int as heads from ingest.session_head')
  expect(heads).toEqual([{ heads: expected.length }])
  expect(await bench.deadLetters()).toBe(0)
}

test.each(['one', 'two', 'three'])(
  'I9 I2 I3 a worker killed at any instant loses nothing and leaves nothing twice (seed %s)',
  async (seed) => {
    const bench = await openSuite()
    const sample = sampleFiles(seed, 40)
    for (const { key, text } of sample.files) await bench.put(key, text)
    const config = await bench.writeConfig('small', { worker })
    const random = fork(randomFrom(seed), 'kills')
    const most = Math.floor(new Set(sample.files.map(({ key }) => key)).size * 0.8)
    for (const atObjects of [integer(random, 1, most / 2), integer(random, most / 2, most)]) {
      const killed = await startWorker(config, { env: bench.env })
      await until(`${atObjects} objects have settled`, async () => (await settledObjects(bench)) >= atObjects)
      killed.kill('SIGKILL')
      expect(await killed.ended()).toMatchObject({ code: null, signal: 'SIGKILL' })
    }
    const last = await startWorker(config, { env: bench.env })
    await bench.untilSettled()
    await expectAllStored(bench, sample)
    await last.stop()
  },
)

test('I2 I3 two workers on one queue end in the same state as one', async () => {
  const bench = await openSuite()
  const sample = sampleFiles('two workers', 80)
  const config = await bench.writeConfig('small', { worker })
  const workers = await Promise.all([1, 2].map(() => startWorker(config, { env: bench.env })))
  for (const one of workers) await one.untilReady()
  // Revisions of a session follow each other closely, so that both workers have some of them at the same time.
  await Promise.all(sample.files.map(({ key, text }) => bench.put(`${key}`, text)))
  await bench.untilSettled()
  for (const one of workers) expect(await one.metric('aftercall_messages_acked_total')).toBeGreaterThan(0)
  const overwritten = sample.files.length - new Set(sample.files.map(({ key }) => key)).size
  expect(overwritten).toBeGreaterThan(0)
  await expectAllStored(bench, sample)
  for (const one of workers) await one.stop()
})
