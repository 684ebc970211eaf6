import { planSamples, sampleSession } from '@aftercall/samples/sample-session'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { checkRollups } from '../src/rollups/check-rollups.ts'
import {
  inSnapshot,
  readRollupLag,
  refreshAllRollups,
  refreshRollups,
} from '../src/rollups/refresh-rollups.ts'
import { expectCompletenessOfFacts } from './completeness-of-facts.ts'
import { settlementOfDocument } from './document.ts'
import { openLoader } from './open-loader.ts'
import { expectRollupsOfViews } from './rollups-of-views.ts'

let database: TestDatabase
const patienceMs = 600_000

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 8 })
  await sql`insert into ingest.source (name, bucket, prefix) values ('acme', 'files', 'acme/'), ('bolt', 'files', 'bolt/')`.execute(
    database.db,
  )
})
afterAll(() => database.drop())

const plan = planSamples({ seed: 'rollups', startAt: '2026-03-28', days: 4 })

type Delivery = {
  kind: 'deliver'
  sample: number
  revision: number
  source: string
  id: number
  shiftDays: number
}
type Step =
  | Delivery
  | { kind: 'delete'; month: string; source: string }
  | { kind: 'refresh'; ends: 'commit' | 'kill' }

const source = fc.constantFrom('acme', 'acme', 'bolt')
const delivery: fc.Arbitrary<Delivery> = fc.record({
  kind: fc.constant('deliver' as const),
  sample: fc.nat(40),
  revision: fc.nat(3),
  source,
  // Few, so that documents replace each other, in the same month, in the next, and in another hour.
  id: fc.integer({ min: 1, max: 6 }),
  shiftDays: fc.constantFrom(0, 0, 0, 1, 5),
})
const deletion = fc.record({
  kind: fc.constant('delete' as const),
  month: fc.constantFrom('2026-03-01', '2026-04-01'),
  source,
})
const refreshing = fc.record({
  kind: fc.constant('refresh' as const),
  ends: fc.constantFrom('commit' as const, 'commit' as const, 'kill' as const),
})
const manySteps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: delivery },
    { weight: 1, arbitrary: deletion },
    { weight: 2, arbitrary: refreshing },
  ),
  { maxLength: 14 },
)

const loader = () => openLoader(database.db, { batchSize: 4 })
const atOnce = { quietMs: 0, patienceMs: 0 }
class Killed extends Error {}

async function perform(step: Step, ownLoader: ReturnType<typeof loader>): Promise<void> {
  switch (step.kind) {
    case 'deliver':
      await ownLoader.commit(
        settlementOfDocument(documentOf(step), { key: keyOf(step), source: step.source }),
      )
      return
    case 'delete':
      await sql`select * from ingest.delete_from_month(${step.month}::date, ${step.source}, 3)`.execute(
        database.db,
      )
      return
    case 'refresh':
      if (step.ends === 'commit') await refreshRollups(database.db, { ...atOnce, hoursMax: 3 })
      else await refreshAndDie()
  }
}

/** What a killed process leaves behind: nothing. */
async function refreshAndDie(): Promise<void> {
  await inSnapshot(database.db, async (transaction) => {
    await sql`select rollup.refresh(3, '0 s', '0 s')`.execute(transaction)
    throw new Killed()
  }).catch((error: unknown) => {
    if (!(error instanceof Killed) && !String(error).includes('could not serialize access')) throw error
  })
}

const keyOf = ({ sample, revision, id, shiftDays }: Delivery) =>
  `${id}-${sample}-${revision}-${shiftDays}.json`

function documentOf({ sample, revision, id, shiftDays }: Delivery): object {
  const { revisions } = sampleSession(plan, sample)
  const document = structuredClone(revisions[revision % revisions.length]?.document ?? {})
  const createdAt = String(document.created_at)
  const moved = new Date(`${createdAt.slice(0, 10)}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + shiftDays)
  return { ...document, id, created_at: `${moved.toISOString().slice(0, 10)}${createdAt.slice(10)}` }
}

async function clear(): Promise<void> {
  const facts = await sql<{
    name: string
  }>`select 'warehouse.' || name as name from ingest.fact_tables()`.execute(database.db)
  const tables = [
    ...facts.rows.map(({ name }) => name),
    'ingest.session_head',
    'ingest.object',
    'ingest.changed_hour',
  ]
  const kinds = ['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition', 'arrival']
  const rollups = kinds.flatMap((kind) => [`rollup.${kind}_hour`, `rollup.${kind}_day`])
  await sql`truncate ${sql.join([...tables, ...rollups].map((name) => sql.table(name)))}`.execute(database.db)
}

test(
  'when no changed hour waits, every row of the rollups is what the views say, for any order of documents, deletions, moves, refreshes and kills',
  async () => {
    let compared = 0
    let days = 0
    await fc.assert(
      fc.asyncProperty(fc.tuple(manySteps, manySteps, manySteps), async (stepsOfEach) => {
        await clear()
        await Promise.all(
          stepsOfEach.map(async (steps) => {
            const ownLoader = loader()
            for (const step of steps) await perform(step, ownLoader)
          }),
        )
        await refreshAllRollups(database.db, atOnce)
        expect(await readRollupLag(database.db)).toEqual({ waitingHours: 0, oldestSeconds: 0 })
        compared += await expectRollupsOfViews(database.db)
        days += await expectCompletenessOfFacts(database.db, '2026-03-27', '2026-04-07')
        for await (const { differences } of checkRollups(database.db, {
          fromDay: '2026-03-27',
          toDay: '2026-04-07',
        })) {
          expect(differences).toEqual([])
        }
      }),
      // An interleaving does not come again, so nothing can be made smaller.
      { ...propertyOptions({ quick: 4, thorough: 150 }), endOnFailure: true },
    )
    expect(Math.min(compared, days)).toBeGreaterThan(0)
  },
  patienceMs,
)
