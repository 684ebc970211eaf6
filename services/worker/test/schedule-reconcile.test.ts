import { startObjectStoreAndQueue } from '@aftercall/embedded/object-store-and-queue'
import { openIngest } from '@aftercall/ingest/open-ingest'
import { openSourceClients } from '@aftercall/ingest/sources/source-clients'
import type { Config } from '@aftercall/runtime/config/config'
import { createPermits } from '@aftercall/runtime/limits/permits'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { takeLease } from '@aftercall/warehouse/leases/leases'
import { startReconcileRun } from '@aftercall/warehouse/ledger/reconcile-runs'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, onTestFinished, test, vi } from 'vitest'
import { scheduleReconcile } from '../src/schedule-reconcile.ts'

const bucket = 'session-files'
const place = { name: 'acme', bucket, prefix: 'acme/', pollEvery: '5m' } as const
const stops: (() => Promise<void>)[] = []
let database: TestDatabase
let aws: Awaited<ReturnType<typeof startObjectStoreAndQueue>>
let env: Record<string, string>

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 6 })
  aws = await startObjectStoreAndQueue()
  await aws.createBucket(bucket)
  env = { AWS_ENDPOINT_URL: aws.endpoint, AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' }
})
beforeEach(async () => {
  await sql`truncate ingest.reconcile_run, ingest.object, ingest.lease`.execute(database.db)
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  await aws.stop()
  await database.drop()
})

async function put(key: string, content: string): Promise<void> {
  const s3 = createS3Client({ env })
  await putObject(s3, { bucket, key, bytes: Buffer.from(content) })
  s3.destroy()
}

type Schedule = { looks(): number; metric(name: string): Promise<string[]>; stop(): Promise<void> }

/** The scheduler of one worker, which looks every 20 ms whether something is due. */
function startSchedule(source: Config['sources'][number], every?: string): Schedule {
  const sources = [source]
  const config: Config = {
    database: { url: database.url, poolMax: 2, statementTimeoutSeconds: 30 },
    queues: {},
    sources,
    worker: {
      inFlight: 8,
      batchSize: 8,
      lingerMs: 5,
      objectBytesMax: 1e6,
      inFlightBytesMax: 2e7,
      graceSeconds: 5,
      receivers: 1,
    },
    identity: {},
    analytics: { customDataKeys: [] },
    months: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
    raw: 'latest',
    extra: 'all',
    reconcile: { graceMinutes: 0, ...(every === undefined ? {} : { every }) },
    encryption: { keys: [] },
    retention: {
      rejectionContentDays: 90,
      rejectionDays: 365,
      driftDays: 365,
      actionDays: 365,
      runDays: 365,
      workerDays: 7,
    },
    http: { host: '127.0.0.1', port: 0 },
    console: { host: '127.0.0.1', port: 0, hosts: [], quietMinutes: 60, actors: [], actionsMax: 10_000 },
    s3: { client: 'signed' as const },
    sqs: { client: 'signed' as const },
  }
  const stopping = new AbortController()
  const logger = createLogger({ level: 'silent' })
  const metrics = createMetrics({ version: 'test' })
  const clients = openSourceClients({ sources, s3: config.s3, env, connectionsMax: 8 })
  const path = { config, clients, db: database.db, logger, metrics, signal: stopping.signal }
  const live = openIngest(path)
  let looks = 0
  const ended = scheduleReconcile({
    ...path,
    ...{ live, permits: createPermits(4), bytes: live.bytes, mustStop: () => {} },
    checkMs: () => {
      looks += 1
      return 20
    },
  })
  async function stop(): Promise<void> {
    stopping.abort(new Error('the test is over'))
    await ended()
    clients.destroy()
  }
  stops.push(stop)
  return {
    looks: () => looks,
    metric: async (name) => (await metrics.render()).split('\n').filter((line) => line.startsWith(name)),
    stop,
  }
}

const runs = () => database.dump('ingest.reconcile_run', ['started_at', 'ended_at'])
const waiting = { timeout: 60_000, interval: 10 }

test('of several workers one compares a source, and none compares it again before it is due, even after a restart', async () => {
  const before = Date.now()
  await put('acme/note.txt', 'not a session')
  const source = { ...place, discover: 'notifications' } as const
  const workers = [startSchedule(source, '24h'), startSchedule(source, '24h'), startSchedule(source, '24h')]
  await vi.waitUntil(() => workers.every(({ looks }) => looks() > 5), waiting)
  expect(await runs()).toMatchObject([
    { purpose: 'schedule', error: null, counts: { listed: 1, missing: 1 } },
  ])
  const told = await Promise.all(workers.map(({ metric }) => metric('aftercall_reconcile_last_success')))
  expect(told.every(([line]) => Number(line?.split(' ').at(-1)) >= Math.floor(before / 1000))).toBe(true)

  const restarted = startSchedule(source, '24h')
  await vi.waitUntil(() => restarted.looks() > 3, waiting)
  expect(await runs()).toHaveLength(1)
})

test('the comparison of a worker that was killed on another machine is done again, once its lease has expired', async () => {
  const source = { ...place, discover: 'notifications' } as const
  const killed = { name: 'reconcile acme', holder: 'of another machine', host: 'killed', lengthMs: 3_600_000 }
  await takeLease(database.db, killed)
  await startReconcileRun(database.db, { source: 'acme', purpose: 'schedule', host: 'killed' })
  const worker = startSchedule(source, '24h')
  await vi.waitUntil(() => worker.looks() > 3, waiting)
  expect(await runs()).toHaveLength(1)

  await sql`update ingest.lease set expires_at = clock_timestamp()`.execute(database.db)
  await vi.waitUntil(
    async () => (await worker.metric('aftercall_reconcile_last_success')).length === 1,
    waiting,
  )
  const ends = (await runs()).map(({ host, error }) => (host === 'killed' ? error : `ours: ${error}`))
  expect(ends.sort()).toEqual(['its process ended before it did', 'ours: null'])
})

test('A13 no other login can hold up a comparison: it may take every advisory lock, but no lease', async () => {
  const login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_analyst'] })
  const analyst = openDatabase({
    ...{ url: login.urlOf(database.url), poolMax: 1, applicationName: 'test', statementTimeoutSeconds: 30 },
    onIdleError: () => {},
  })
  onTestFinished(async () => {
    await analyst.close()
    await login.drop()
  })
  const holder = await analyst.db.startTransaction().execute()
  await sql`select pg_advisory_xact_lock(hashtextextended(name, 0))
            from unnest(array['aftercall.reconcile acme', 'reconcile acme']) name`.execute(holder)
  const worker = startSchedule({ ...place, discover: 'notifications' }, '24h')
  await vi.waitUntil(
    async () => (await worker.metric('aftercall_reconcile_last_success')).length === 1,
    waiting,
  )
  await holder.rollback().execute()
  await expect(
    takeLease(analyst.db, {
      name: 'reconcile acme',
      holder: 'analyst',
      host: 'analyst',
      lengthMs: 3_600_000,
    }),
  ).rejects.toMatchObject({ code: '42501' })
})

test('a comparison that fails is kept with its reason, and is not tried again right away', async () => {
  const worker = startSchedule({ ...place, bucket: 'no-such-bucket', discover: 'poll' })
  await vi.waitUntil(() => worker.looks() > 5, waiting)
  expect(await runs()).toMatchObject([{ purpose: 'poll', error: expect.stringContaining('no_such_bucket') }])
})

test('a source without notifications is polled, and one with notifications is compared only where that is configured', async () => {
  const polled = startSchedule({ ...place, discover: 'poll', pollEvery: '1s' })
  await vi.waitUntil(async () => (await runs()).filter(({ error }) => error === null).length > 2, waiting)
  await polled.stop()
  await sql`truncate ingest.reconcile_run`.execute(database.db)
  const idle = startSchedule({ ...place, discover: 'notifications' })
  await idle.stop()
  expect(await runs()).toEqual([])
})
