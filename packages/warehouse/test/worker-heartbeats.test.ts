import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { openDatabase } from '../src/connection/database.ts'
import { readWorkerState } from '../src/console/read-worker-state.ts'
import {
  type QueueHeartbeat,
  readWorkers,
  recordHeartbeat,
  recordStop,
  type WorkerHeartbeat,
} from '../src/ledger/worker-heartbeats.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
beforeEach(async () => {
  await sql`truncate ingest.worker`.execute(database.db)
})
afterAll(() => database.drop())

const live: QueueHeartbeat = {
  ...{ name: 'live', url: 'https://sqs/1/live', waiting: 5, inFlight: 2, delayed: 0 },
  ...{ deadLetters: 0, oldestSeconds: 12 },
}
const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const beat = (number: number, changes: Partial<WorkerHeartbeat> = {}): WorkerHeartbeat => ({
  ...{ workerId: id(number), host: `host ${number}`, version: '1', receiving: true, inFlight: 2 },
  ...{ queues: [live], lastError: null, ...changes },
})

/** As if the worker had last reported this long ago. */
async function backDate(number: number, seconds: number): Promise<void> {
  await sql`
    update ingest.worker set beat_at = now() - make_interval(secs => ${seconds}),
      started_at = started_at - make_interval(secs => ${seconds + 100})
    where worker_id = ${id(number)}::uuid
  `.execute(database.db)
}

test('a worker has one row, however often it reports, and counts as alive for a minute by the database’s clock', async () => {
  await recordHeartbeat(database.db, beat(1))
  await recordHeartbeat(
    database.db,
    beat(1, { inFlight: 7, lastError: { code: 'fetch_failed', at: new Date() } }),
  )
  expect(await readWorkers(database.db)).toMatchObject([{ host: 'host 1', inFlight: 7, queues: [live] }])
  expect(await readWorkerState(database.db)).toMatchObject({
    ...{ alive: 1, receiving: 1, lost: [], queues: [live], lastError: { code: 'fetch_failed' } },
    last: { wasStopped: false },
  })
  await backDate(1, 61)
  expect(await readWorkerState(database.db)).toMatchObject({
    ...{ alive: 0, receiving: 0, lost: [{ host: 'host 1' }], queues: [{ waiting: 5 }] },
    last: { wasStopped: false },
  })
})

test('a stop differs from silence, and a worker that reports again is no longer stopped', async () => {
  await recordHeartbeat(database.db, beat(1))
  await recordStop(database.db, id(1))
  expect(await readWorkerState(database.db)).toMatchObject({ alive: 0, lost: [], last: { wasStopped: true } })
  await recordHeartbeat(database.db, beat(1))
  expect(await readWorkerState(database.db)).toMatchObject({ alive: 1, last: { wasStopped: false } })
})

test('the newest reading of a queue counts, and a worker that could not read it does not erase it', async () => {
  await recordHeartbeat(database.db, beat(1))
  await recordHeartbeat(database.db, beat(2, { queues: [{ ...live, waiting: 9 }] }))
  await recordHeartbeat(database.db, beat(3, { queues: [{ ...live, waiting: null }] }))
  expect((await readWorkerState(database.db))?.queues).toMatchObject([{ waiting: 9 }])
})

test('a worker that does not receive yet has a minute to start', async () => {
  await recordHeartbeat(database.db, beat(1, { receiving: false }))
  expect(await readWorkerState(database.db)).toMatchObject({ alive: 1, receiving: 1 })
  await backDate(1, 5)
  expect(await readWorkerState(database.db)).toMatchObject({ alive: 1, receiving: 0 })
})

test('the silence of a Lambda function raises no alarm, and it reports nothing about its queue', async () => {
  const handedOver: QueueHeartbeat = {
    ...{ name: 'live', url: 'arn:aws:sqs:us-east-1:1:live', waiting: null, inFlight: null, delayed: null },
    ...{ deadLetters: null, oldestSeconds: null, invokes: true },
  }
  await recordHeartbeat(database.db, beat(1, { host: 'AWS Lambda, store', queues: [handedOver] }))
  await backDate(1, 7_200)
  const state = await readWorkerState(database.db)
  expect(state).toMatchObject({ alive: 0, lost: [], last: null, queues: [] })
  expect(state?.lambda?.silentSeconds).toBeGreaterThanOrEqual(7_200)
  await recordHeartbeat(database.db, beat(2))
  expect(await readWorkerState(database.db)).toMatchObject({ alive: 1, last: { wasStopped: false } })
})

test('new workers reuse rows that are a day old, so the table does not grow', async () => {
  for (const number of [1, 2, 3]) await recordHeartbeat(database.db, beat(number))
  for (const number of [1, 2]) await backDate(number, 86_500)
  expect(await readWorkers(database.db)).toMatchObject([{ host: 'host 3' }])
  await Promise.all([4, 5, 6].map((number) => recordHeartbeat(database.db, beat(number))))
  const hosts = (await readWorkers(database.db))?.map((one) => one.host).sort()
  expect(hosts).toEqual(['host 3', 'host 4', 'host 5', 'host 6'])
  const rows = await sql<{ count: string }>`select count(*) from ingest.worker`.execute(database.db)
  expect(Number(rows.rows[0]?.count)).toBeLessThanOrEqual(6)
})

test('the loader may write heartbeats, and the operator may only read them', async () => {
  for (const [role, may] of [
    ['aftercall_loader', true],
    ['aftercall_operator', false],
  ] as const) {
    const login = await createTestLogin(inject('postgresUrl'), { inRoles: [role] })
    const own = openDatabase({
      ...{ url: login.urlOf(database.url), poolMax: 1, statementTimeoutSeconds: 5 },
      ...{ applicationName: 'aftercall-test', onIdleError: () => {} },
    })
    try {
      const written = recordHeartbeat(own.db, beat(1)).then(() => recordStop(own.db, id(1)))
      if (may) await written
      else await expect(written).rejects.toThrow('permission denied')
      expect(await readWorkerState(own.db)).toMatchObject({ last: { wasStopped: true } })
    } finally {
      await own.close()
      await login.drop()
    }
  }
})
