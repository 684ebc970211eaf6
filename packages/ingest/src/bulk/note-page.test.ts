import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { readRuns } from '@aftercall/warehouse/console/runs'
import { createBackfillRun, saveShardProgress } from '@aftercall/warehouse/ledger/backfill-runs'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { notePage } from './note-page.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

test('objects of a page count while it is loaded, and once when it is done', async () => {
  const { db } = database
  const range = { afterKey: null, upToKey: null, fileKey: null }
  const { runId } = await createBackfillRun(db, {
    ...{ source: 'acme', bucket: 'files', prefix: '', via: 'direct', request: {}, host: 'here' },
    shards: [range],
  })
  const read = async () => (await readRuns(db)).backfills.find((run) => run.runId === runId)
  const notes = notePage(db, { runId, shard: 0, listed: 1_000, ended: 100 }, { everyMs: 5 })
  await vi.waitFor(
    async () => expect(await read()).toMatchObject({ partsBegun: 1, listed: 1_000, objects: 100 }),
    30_000,
  )
  for (let object = 0; object < 50; object += 1) notes.ended(1)
  await vi.waitFor(async () => expect(await read()).toMatchObject({ listed: 1_000, objects: 150 }), 30_000)
  notes.ended(850)
  await notes.stop()
  const counts = { listed: 1_000, current: 100, stored: 900 }
  await saveShardProgress(db, { runId, shard: 0, doneKey: 'k', doneRows: 0, isDone: true, counts })
  expect(await read()).toMatchObject({ partsDone: 1, counts, listed: 1_000, objects: 1_000 })
})

test('a note that cannot be written is left out, and loading goes on', async () => {
  const { db } = database
  await sql`alter table ingest.backfill_shard rename to shard_away`.execute(db)
  const notes = notePage(db, { runId: '1', shard: 0, listed: 10, ended: 0 })
  notes.ended(10)
  await notes.stop()
  await sql`alter table ingest.shard_away rename to backfill_shard`.execute(db)
})
