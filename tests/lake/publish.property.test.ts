import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { propertyOptions } from '@aftercall/testkit/test-seed'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { refreshAllRollups, refreshRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openFolderPlace } from '../../services/cli/src/export/folder-place.ts'
import type { LakePlace } from '../../services/cli/src/export/lake-place.ts'
import {
  type Delivery,
  deliver,
  expectedFiles,
  filesOf,
  lakeLoader,
  publish,
  viewsOf,
} from './lake-fixture.ts'

let database: TestDatabase
let folder: string
let views: LakeView[]
let runs = 0
const patienceMs = 600_000
const atOnce = { quietMs: 0, patienceMs: 0 }

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  folder = await mkdtemp(join(tmpdir(), 'aftercall-publish-'))
  const place = { bucket: 'files', prefix: '', timeZone: 'America/New_York' }
  await recordSources(database.db, [
    { ...place, name: 'acme' },
    { ...place, name: 'bolt', timeZone: 'Asia/Kolkata' },
  ])
  views = await viewsOf(database.db, ['session', 'queue_entry', 'disposition', 'survey', 'agent_daily'])
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

type Step =
  | (Delivery & { kind: 'deliver' })
  | { kind: 'delete'; month: string; source: string }
  | { kind: 'refresh' }
  /** `calls`: how many calls to the place succeed before the publisher dies; all of them if it is null. */
  | { kind: 'publish'; calls: number | null }

const source = fc.constantFrom('acme', 'acme', 'bolt')
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('deliver' as const),
        ...{ sample: fc.nat(40), revision: fc.nat(3), source },
        // Few, so that documents replace each other, on the same day, on another one, and in another month.
        ...{ id: fc.integer({ min: 1, max: 5 }), shiftDays: fc.constantFrom(0, 0, 0, 1, 5) },
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('delete' as const),
        month: fc.constantFrom('2026-03-01', '2026-04-01'),
        source,
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('refresh' as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('publish' as const),
        calls: fc.option(fc.nat(30), { freq: 2 }),
      }),
    },
  ),
  { minLength: 8, maxLength: 24 },
)

/** A place that works for this many calls and then for none, as if the process had died there. */
function diesAfter(place: LakePlace, calls: number): LakePlace {
  let left = calls
  const alive =
    <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      if (left === 0) throw new Error('the process has died')
      left -= 1
      return call(...args)
    }
  return {
    ...place,
    putFile: alive(place.putFile),
    putText: alive(place.putText),
    readText: alive(place.readText),
    remove: alive(place.remove),
  }
}

async function perform(step: Step, to: string, loader: ReturnType<typeof lakeLoader>): Promise<void> {
  const { db } = database
  switch (step.kind) {
    case 'deliver':
      await deliver(db, step, loader)
      return
    case 'delete':
      await sql`select * from ingest.delete_from_month(${step.month}::date, ${step.source}, 2)`.execute(db)
      return
    case 'refresh':
      await refreshRollups(db, { ...atOnce, hoursMax: 2 })
      return
    case 'publish':
      await publishAndCompare(to, step.calls)
  }
}

/** Each file is the one from before or the one that the rows of now make; a dead publisher changes nothing about that. */
async function publishAndCompare(to: string, calls: number | null): Promise<void> {
  const before = await filesOf(to)
  const wanted = await expectedFiles(database.db, views)
  const lake = openFolderPlace(to)
  const turn = publish(database.db, to, { views, lake: calls === null ? lake : diesAfter(lake, calls) })
  await turn.catch((error: unknown) => {
    if (!String(error).includes('the process has died')) throw error
  })
  for (const [name, hash] of await filesOf(to)) expect([before.get(name), wanted.get(name)]).toContain(hash)
}

async function clear(): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select 'warehouse.' || name as name from ingest.fact_tables()
    union all select 'rollup.' || relname from pg_class
    where relnamespace = 'rollup'::regnamespace and relkind = 'r' and relname ~ '_(hour|day)$'
  `.execute(database.db)
  const names = [
    ...rows.map(({ name }) => name),
    'ingest.session_head',
    'ingest.object',
    'ingest.changed_hour',
  ]
  await sql`truncate ${sql.join(names.map((name) => sql.table(name)))}`.execute(database.db)
  await sql`delete from lake.place`.execute(database.db)
}

/**
 * The day of the second session is published because the first has a row on it, before the hour of the second is looked at; then
 * the second is deleted.
 */
const goneBeforeLookedAt: Step[] = [
  { kind: 'deliver', sample: 38, revision: 3, source: 'bolt', id: 3, shiftDays: 1 },
  { kind: 'refresh' },
  { kind: 'deliver', sample: 39, revision: 0, source: 'bolt', id: 4, shiftDays: 0 },
  { kind: 'publish', calls: null },
  { kind: 'refresh' },
  { kind: 'delete', month: '2026-03-01', source: 'bolt' },
]

test(
  'when nothing waits, the files are exactly what the views say, for any order of documents, deletions, moves, refreshes, and publishers that die anywhere',
  async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(steps, async (some) => {
        await clear()
        const to = join(folder, String(runs++))
        const loader = lakeLoader(database.db)
        // Some of what is changed or goes away below is published by now.
        for (const id of [1, 2, 3]) {
          await deliver(
            database.db,
            { source: 'acme', id, sample: 7 * id, revision: 0, shiftDays: 0 },
            loader,
          )
        }
        await refreshAllRollups(database.db, atOnce)
        await publish(database.db, to, { views })
        for (const step of some) await perform(step, to, loader)
        await refreshAllRollups(database.db, atOnce)
        await publish(database.db, to, { views })
        const wanted = await expectedFiles(database.db, views)
        expect(await filesOf(to)).toEqual(wanted)
        compared += wanted.size
        // Nothing has changed, so nothing is read or written.
        expect(await publish(database.db, to, { views })).toMatchObject({ days: 0, files: 0 })
      }),
      // Making one smaller takes longer than reading it.
      {
        ...propertyOptions({ quick: 3, thorough: 40 }),
        endOnFailure: true,
        examples: [[goneBeforeLookedAt]],
      },
    )
    expect(compared).toBeGreaterThan(0)
  },
  patienceMs,
)
