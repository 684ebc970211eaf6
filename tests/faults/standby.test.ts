import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { countOf } from '@aftercall/testkit/test-count'
import { sql } from 'kysely'
import { expect, onTestFinished, vi } from 'vitest'
import { runCommand } from '../e2e/command.ts'
import { sampleFiles } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import type { RunningWorker } from '../e2e/worker.ts'
import { openAdmin } from './own-postgres.ts'
import { expectAllStored, expectWell, openPostgresBench, slowDown, untilRetried } from './postgres-bench.ts'
import { type ServerPair, startServerPair } from './server-pair.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

const files = countOf({ quick: 60, thorough: 3_000 })
const small = { inFlight: 60, batchSize: countOf({ quick: 4, thorough: 20 }) }

async function startPair(): Promise<ServerPair> {
  const pair = await startServerPair()
  onTestFinished(() => pair.close())
  return pair
}

/** `/readyz` says so, in these words. */
const untilUnready = (worker: RunningWorker, words: string) =>
  until(`/readyz says: ${words}`, async () => {
    const { ready, checks } = await worker.readiness()
    return !ready && checks.some(({ name, detail }) => name === 'database' && detail?.includes(words))
  })

async function promote({ standbyUrl }: ServerPair): Promise<void> {
  const standby = openAdmin(standbyUrl)
  await sql`select pg_promote()`.execute(standby.db)
  await standby.close()
}

it('I1 a failover to a streaming standby in the middle of a load loses nothing, and /readyz and doctor tell the standby', async () => {
  const pair = await startPair()
  const bench = await openPostgresBench(pair)
  const sample = sampleFiles('failover', files)
  await bench.putAll(sample.files)
  await slowDown(bench, 0.03)
  const worker = await bench.start({ worker: small })
  await bench.untilStored(20)
  // With a fast shutdown, the standby has everything that was committed.
  await pair.stopPrimary()
  pair.connectToStandby()
  await untilUnready(worker, 'the server is a standby')
  await untilRetried(worker, '25006', 3)
  expect((await worker.get('/healthz')).status).toBe(200)
  const config = await bench.writeConfig('doctor', {
    database: { url: bench.database.url, allowSuperuser: true },
  })
  const doctor = await runCommand(['doctor', '--config', config], { env: bench.env })
  expect(doctor.stdout).toMatch(/PROBLEM +writes +the server is a standby and takes no writes/)
  expect(doctor.code).toBe(1)
  const migrated = await runCommand(['migrate', '--config', config], { env: bench.env })
  expect(migrated.stderr).toContain('the server is a standby')
  expect(migrated.code).not.toBe(0)
  await promote(pair)
  await expectAllStored(bench, sample)
  await expectWell(worker)
})

it('I1 a URL with two servers leads to the one that takes writes, and after a failover to the other', async () => {
  const pair = await startPair()
  const bench = await openPostgresBench(pair)
  const sample = sampleFiles('two servers', files)
  await bench.putAll(sample.files)
  await slowDown(bench, 0.03)
  const worker = await bench.start({
    database: { url: pair.throughBoth(bench.database.url) },
    worker: small,
  })
  await bench.untilStored(20)
  await pair.stopPrimary()
  await untilUnready(worker, 'is a standby and takes no writes')
  await promote(pair)
  pair.connectToStandby()
  await expectAllStored(bench, sample)
  await expectWell(worker)
})
