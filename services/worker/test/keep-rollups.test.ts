import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { keepRollups } from '../src/keep-rollups.ts'
import { restAfter } from '../src/rest-after.ts'

let database: TestDatabase
const metrics = createMetrics({ version: '0.0.0' })
const day = '2026-05-02'

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 4 })
  await sql`insert into ingest.source (name, bucket, prefix) values ('acme', 'files', '')`.execute(
    database.db,
  )
})
afterAll(() => database.drop())

/** One more call of ten o'clock, as a loader stores it, half a minute ago. */
async function storeCall(id: number): Promise<void> {
  await database.db.transaction().execute(async (transaction) => {
    await sql`insert into warehouse.session (source, channel, session_id, created_at, local_created_at, bucket, object_key)
      values ('acme', 'call', ${id}, '2026-05-02T10:00:00Z', '2026-05-02T10:00:00', 'files', '')`.execute(
      transaction,
    )
    await sql`insert into ingest.changed_hour (source, home_month, home_hour, changed_at)
      values ('acme', '2026-05-01', '2026-05-02T10:00:00', clock_timestamp() - interval '30 seconds')`.execute(
      transaction,
    )
  })
}

async function counted(): Promise<number> {
  const { rows } = await sql<{ sessions: number }>`
    select coalesce(sum(sessions), 0)::integer as sessions from analytics.session_daily where local_day = ${day}
  `.execute(database.db)
  return rows[0]?.sessions ?? 0
}

async function metric(name: string): Promise<number> {
  const line = (await metrics.render()).split('\n').find((one) => one.startsWith(`aftercall_rollup_${name} `))
  return Number(line?.split(' ')[1])
}

test('of two workers one refreshes what has changed, compares a day when it is due, and shows both as metrics', async () => {
  const stopping = new AbortController()
  const config = { database: { url: database.url, poolMax: 2, statementTimeoutSeconds: 30 } }
  const logger = createLogger({ level: 'silent' })
  const took: number[] = []
  const rest = {
    restAfter: (tookMs: number): number => {
      took.push(tookMs)
      return 1
    },
  }
  const options = { ...{ config, logger, metrics, everyMs: 20, ...rest }, signal: stopping.signal }
  await storeCall(1)
  const stops = [keepRollups(options), keepRollups(options)]
  await expect.poll(counted).toBe(1)
  await storeCall(2)
  await expect.poll(counted).toBe(2)
  await expect.poll(() => metric('waiting_hours')).toBe(0)
  expect(await metric('hours_total')).toBe(2)
  expect(await metric('differences')).toBe(0)
  // Each refresh of an hour, and the one after it that finds none, is measured and rests.
  await expect.poll(() => took.length).toBeGreaterThan(3)
  expect(Math.min(...took)).toBeGreaterThan(0)

  await sql`update rollup.session_day set sessions = 9`.execute(database.db)
  await sql`update rollup.last_check set checked_at = checked_at - interval '25 hours'`.execute(database.db)
  await expect.poll(() => metric('differences')).toBe(2)

  stopping.abort()
  for (const stop of stops) await stop()
  await storeCall(3)
  expect(await counted()).toBe(9)
})

test('a refresh has at most a tenth of the time, and rests ten minutes at most', () => {
  for (const tookMs of [0, 5, 3_000, 60_000])
    expect(tookMs / (tookMs + restAfter(tookMs)) || 0).toBeLessThanOrEqual(0.1)
  // What ordinary traffic changes is counted within 3 s: after 30 s of patience and a rest, within a minute of the change.
  expect(30_000 + restAfter(3_000)).toBeLessThan(60_000)
  expect(restAfter(600_000)).toBe(600_000)
})

test('while a refresh rests, no worker refreshes, and the metrics go on', async () => {
  const stopping = new AbortController()
  const config = { database: { url: database.url, poolMax: 2, statementTimeoutSeconds: 30 } }
  const logger = createLogger({ level: 'silent' })
  const rests: number[] = []
  const hours = 3_600_000
  const restAtLength = (tookMs: number): number => {
    rests.push(tookMs)
    return hours
  }
  const options = {
    ...{ config, logger, metrics, everyMs: 20 },
    restAfter: restAtLength,
    signal: stopping.signal,
  }
  await storeCall(4)
  const stops = [keepRollups(options), keepRollups(options)]
  await expect.poll(() => rests.length).toBe(1)
  await storeCall(5)
  await expect.poll(() => metric('waiting_hours')).toBe(1)
  await expect.poll(() => metric('lag_seconds')).toBeGreaterThan(30.5)
  expect(rests).toHaveLength(1)
  stopping.abort()
  for (const stop of stops) await stop()
})
