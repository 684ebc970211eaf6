import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { sampleFiles } from '../e2e/documents.ts'
import { testMs } from '../e2e/until.ts'
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts'
import {
  expectAllStored,
  expectWell,
  openPostgresBench,
  slowDown,
  untilNotReady,
  untilRetried,
} from './postgres-bench.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

let server: OwnPostgres
beforeAll(async () => {
  server = await startOwnPostgres()
})
afterAll(() => server.close())

it.each([
  { what: 'stopped', away: () => server.stop() },
  { what: 'killed', away: () => server.crash() },
  { what: 'paused for longer than any limit of a query', away: () => server.freeze() },
])('I1 I4 a database that is $what in the middle of a load loses nothing', async ({ what, away }) => {
  const bench = await openPostgresBench(server)
  const sample = sampleFiles(what, 60)
  await bench.putAll(sample.files)
  await slowDown(bench, 0.03)
  const worker = await bench.start()
  await bench.untilStored(20)
  await away()
  await untilNotReady(worker)
  await untilRetried(worker, null)
  expect((await worker.get('/healthz')).status).toBe(200)
  expect((await bench.depth()).inFlight).toBeGreaterThan(0)
  await server.restore()
  await expectAllStored(bench, sample)
  await expectWell(worker)
})
