import { once } from 'node:events'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { renewLease, takeLease } from '../src/leases/leases.ts'
import {
  closeBackfillRun,
  createBackfillRun,
  findOpenRun,
  readBackfillRun,
  saveShardProgress,
} from '../src/ledger/backfill-runs.ts'
import { withRunLock } from '../src/ledger/run-lock.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
beforeEach(async () => {
  await sql`truncate ingest.lease`.execute(database.db)
})
afterAll(() => database.drop())

const place = { source: 'acme', bucket: 'files', prefix: 'acme/', via: 'direct' as const, host: 'here' }
const shards = [
  { afterKey: null, upToKey: 'acme/m', fileKey: null },
  { afterKey: 'acme/m', upToKey: null, fileKey: null },
]

test('a run is read back with its shards in order and its request unchanged', async () => {
  const request = { since: '2026-01-01T00:00:00.000Z', until: null }
  const run = await createBackfillRun(database.db, { ...place, request, shards })
  expect(run).toMatchObject({ source: 'acme', prefix: 'acme/', via: 'direct', state: 'open', request })
  expect(run.shards).toEqual(
    shards.map((one, shard) => ({ ...one, shard, doneKey: null, doneRows: 0, state: 'open' })),
  )
  expect(await readBackfillRun(database.db, run.runId)).toEqual(run)
  expect(await readBackfillRun(database.db, '999999')).toBeUndefined()
})

test('a position moves forward, counts add up, and the run ends when every shard is done', async () => {
  const { runId } = await createBackfillRun(database.db, { ...place, source: 'sums', request: {}, shards })
  const progress = { runId, doneKey: 'acme/c', doneRows: 0, isDone: false }
  await saveShardProgress(database.db, { ...progress, shard: 0, counts: { listed: 1_000, stored: 7 } })
  await saveShardProgress(database.db, {
    ...progress,
    shard: 0,
    doneKey: null,
    counts: { listed: 1_000, rejected: 1 },
  })
  expect((await readBackfillRun(database.db, runId))?.shards[0]).toMatchObject({
    doneKey: 'acme/c',
    state: 'open',
  })

  await saveShardProgress(database.db, { ...progress, shard: 0, isDone: true, counts: {} })
  expect(await closeBackfillRun(database.db, runId)).toEqual({ listed: 2_000, stored: 7, rejected: 1 })
  expect(await findOpenRun(database.db, 'sums')).toBe(runId)

  await saveShardProgress(database.db, { ...progress, shard: 1, isDone: true, counts: { stored: 2 } })
  expect(await closeBackfillRun(database.db, runId)).toEqual({ listed: 2_000, stored: 9, rejected: 1 })
  expect(await findOpenRun(database.db, 'sums')).toBeUndefined()
})

const hour = 3_600_000
const lock = (runId: string, host: string) => {
  return { runId, host, signal: AbortSignal.timeout(60_000), onWait: () => {} }
}

test('a run is locked while a process works on it, and free again when the work ends or fails', async () => {
  const { runId } = await createBackfillRun(database.db, { ...place, request: {}, shards })
  const locked = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const first = withRunLock(database.db, lock(runId, 'first'), async () => {
    locked.resolve()
    await end.promise
    throw new Error('broken off')
  })
  await locked.promise
  const second = withRunLock(database.db, lock(runId, 'second'), async () => 'worked')
  await expect(second).rejects.toMatchObject({ code: 'run_busy', message: expect.stringContaining('first') })
  end.resolve()
  await expect(first).rejects.toThrow('broken off')
  expect(await withRunLock(database.db, lock(runId, 'third'), async () => 'worked')).toBe('worked')
})

/** As left by a process of another machine: we cannot see from here whether that still runs. */
async function takeFromElsewhere(runId: string) {
  const claim = { name: `backfill ${runId}`, holder: 'of another machine', host: 'elsewhere', lengthMs: hour }
  expect(await takeLease(database.db, claim)).toEqual({ kind: 'granted' })
  return claim
}

test('the run of a killed process on another machine can be taken over once its lease has expired', async () => {
  const { runId } = await createBackfillRun(database.db, { ...place, request: {}, shards })
  await takeFromElsewhere(runId)
  const waits: object[] = []
  const request = {
    ...lock(runId, 'here'),
    onWait(held: object): void {
      waits.push(held)
      void sql`update ingest.lease set expires_at = clock_timestamp()`.execute(database.db)
    },
  }
  expect(await withRunLock(database.db, request, async () => 'worked')).toBe('worked')
  expect(waits).toEqual([{ host: 'elsewhere', msMax: expect.any(Number) }])
})

test('the run of a live process on another machine is busy as soon as that renews its lease', async () => {
  const { runId } = await createBackfillRun(database.db, { ...place, request: {}, shards })
  const claim = await takeFromElsewhere(runId)
  const request = { ...lock(runId, 'here'), onWait: () => void renewLease(database.db, claim) }
  await expect(withRunLock(database.db, request, async () => 'worked')).rejects.toMatchObject({
    code: 'run_busy',
    message: expect.stringContaining('elsewhere'),
  })
})

test('work on a run that another process has taken over fails, even if the work itself succeeds', async () => {
  const { runId } = await createBackfillRun(database.db, { ...place, request: {}, shards })
  const request = { ...lock(runId, 'here'), terms: { lengthMs: 60_000, renewEveryMs: 10 } }
  const ended = withRunLock(database.db, request, async ({ signal }) => {
    await sql`update ingest.lease set holder = 'other', host = 'elsewhere'`.execute(database.db)
    await once(signal, 'abort')
    return 'worked'
  })
  await expect(ended).rejects.toMatchObject({
    code: 'lease_lost',
    message: expect.stringContaining('elsewhere has taken it'),
  })
  expect((await database.dump('ingest.lease')).map(({ host }) => host)).toEqual(['elsewhere'])
})
