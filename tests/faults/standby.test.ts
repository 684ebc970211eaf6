import { countOf } from '@aftercall/testkit/test-count'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { runCommand } from '../e2e/command.ts'
import { sampleFiles } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { openAdmin } from './own-postgres.ts'
import { expectAllStored, expectWell, openPostgresBench, slowDown, untilRetried } from './postgres-bench.ts'
import { type ServerPair, startServerPair } from './server-pair.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

let pair: ServerPair
beforeAll(async () => {
  pair = await startServerPair()
})
afterAll(() => pair.close())

test('I1 a failover to a streaming standby in the middle of a load loses nothing, and /readyz and doctor tell the standby', async () => {
  const bench = await openPostgresBench(pair)
  const sample = sampleFiles('failover', countOf({ quick: 60, thorough: 3_000 }))
  await bench.putAll(sample.files)
  await slowDown(bench, 0.03)
  const worker = await bench.start()
  await bench.untilStored(20)
  // With a fast shutdown, the standby has everything that was committed.
  await pair.stopPrimary()
  pair.connectToStandby()
  await until('/readyz says that the server is a standby', async () => {
    const { checks } = await worker.readiness()
    return checks.some(
      ({ name, ok, detail }) => name === 'database' && !ok && detail?.includes('is a standby'),
    )
  })
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

  const standby = openAdmin(pair.standbyUrl)
  onTestFinished(() => standby.close())
  await sql`select pg_promote()`.execute(standby.db)
  await expectAllStored(bench, sample)
  await expectWell(worker)
})
