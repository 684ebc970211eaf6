import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import {
  closeBackfillRun,
  createBackfillRun,
  findOpenRun,
  readBackfillRun,
  saveShardProgress,
  withRunLock,
} from '../src/backfill-runs.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

const place = { source: 'acme', bucket: 'files', prefix: 'acme/', via: 'direct' as const, host: 'here' }
const shards = [
  { afterKey: null, upToKey: 'acme/m', fileKey: null },
  { afterKey: 'acme/m', upToKey: null, fileKey: null },
]

test('a run is read back with its parts in order, and with the request as it was', async () => {
  const request = { since: '2026-01-01T00:00:00.000Z', until: null }
  const run = await createBackfillRun(database.db, { ...place, request, shards })
  expect(run).toMatchObject({ source: 'acme', prefix: 'acme/', via: 'direct', state: 'open', request })
  expect(run.shards).toEqual(
    shards.map((one, shard) => ({ ...one, shard, doneKey: null, doneRows: 0, state: 'open' })),
  )
  expect(await readBackfillRun(database.db, run.runId)).toEqual(run)
  expect(await readBackfillRun(database.db, '999999')).toBeUndefined()
})

test('a position moves forward, counts add up, and the run ends when each part is done', async () => {
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

test('a run is locked while somebody works on it, and free again however that ends', async () => {
  const { runId } = await createBackfillRun(database.db, { ...place, request: {}, shards })
  const locked = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const first = withRunLock(database.db, { runId, host: 'first' }, async () => {
    locked.resolve()
    await end.promise
    throw new Error('broken off')
  })
  await locked.promise
  const second = withRunLock(database.db, { runId, host: 'second' }, async () => 'worked')
  await expect(second).rejects.toMatchObject({ code: 'run_busy', message: expect.stringContaining('first') })
  end.resolve()
  await expect(first).rejects.toThrow('broken off')
  expect(await withRunLock(database.db, { runId, host: 'third' }, async () => 'worked')).toBe('worked')
})
