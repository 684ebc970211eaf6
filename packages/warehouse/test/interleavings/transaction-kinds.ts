import { createSecretKey } from 'node:crypto'
import { sql } from 'kysely'
import { endAction, startAction } from '../../src/actions/carry-actions.ts'
import type { Database } from '../../src/connection/database.ts'
import { erasePerson } from '../../src/erasure/erase-person.ts'
import { markRejections } from '../../src/ledger/mark-rejections.ts'
import { refreshRollups } from '../../src/rollups/refresh-rollups.ts'
import { createOpener } from '../../src/sealing/create-opener.ts'
import type { Draft } from '../document.ts'
import { apply, loaderOf, noMonths, settlementOfSource } from '../maintenance-fixture.ts'
import { draftOf } from '../retention-fixture.ts'
import type { Work } from './interleave.ts'
import { nextMonth, oldMonth, rejectionCode, source } from './world.ts'

/** A kind of transaction, or of a few in a row. Two of one kind differ by their number: 0, 1 or 2. */
export type TransactionKind = {
  name: string
  /** Statements are held from the first one that matches. What comes before is of other transactions. */
  from: RegExp
  run(db: Database, number: number): Promise<unknown>
  /** Hundreds of statements, of which most only search: some seconds a run. */
  isLong?: true
}

/**
 * All that changes what other transactions read. Each is what the product runs, whole, but for the leases, which only keep
 * two of some kinds apart.
 */
export const transactionKinds: readonly TransactionKind[] = [
  { name: 'loader', from: /insert into ingest\.session_head/, run: loadRevisions },
  {
    name: 'refresher',
    from: /^begin isolation level repeatable read/,
    run: (db) => refreshRollups(db, { quietMs: 0, patienceMs: 0 }),
  },
  { name: 'deleter', from: /rollup\.freeze_month/, run: (db) => retain(db, 'delete') },
  { name: 'dropper', from: /ingest\.drop_month/, run: (db) => retain(db, 'drop') },
  { name: 'replayer', from: /insert into ingest\.session_head/, run: replayDocument },
  { name: 'action runner', from: /update ingest\.action/, run: carryOutAction },
  { name: 'eraser', from: /lock table ingest\.erased/, run: erase, isLong: true },
]

export function workOf({ name, from, run }: TransactionKind, number: number): Work {
  return { name, from, run: (db) => run(db, number) }
}

/** Sessions 1 and 2 are revised by each of three loaders; who is newest differs, and so does the month of session 2. */
async function loadRevisions(db: Database, number: number): Promise<void> {
  const moved = { createdAt: `${nextMonth}-03T10:00:00Z`, endsAt: `${nextMonth}-03T10:00:00Z` }
  const drafts: readonly (readonly Draft[])[] = [
    [
      { ...draftOf(oldMonth, 1), ...revisedAt('2025-01-20'), rating: 4 },
      { ...draftOf(oldMonth, 2), ...moved, ...revisedAt('2025-02-10'), rating: 1 },
    ],
    [
      { ...draftOf(oldMonth, 2), ...revisedAt('2025-01-25'), rating: 5 },
      { ...draftOf(oldMonth, 1), ...revisedAt('2025-01-25'), participants: [1] },
      draftOf(oldMonth, 4),
    ],
    [{ ...draftOf(oldMonth, 2), ...moved, ...revisedAt('2025-02-11'), rating: 2 }],
  ]
  const loader = erasingLoader(db)
  const settlements = (drafts[number] ?? []).map((draft) => settlementOfSource(source, draft))
  await Promise.all(settlements.map((one) => loader.commit(one)))
}

function revisedAt(day: string): Draft {
  return { updatedAt: `${day}T00:00:00Z`, lastModified: `${day}T00:00:00Z` }
}

/** The stored document of session 3, mapped by newer rules, as `replay --from raw` does. */
async function replayDocument(db: Database): Promise<void> {
  const draft = { ...draftOf(oldMonth, 3), updatedAt: '2025-01-10T00:00:00Z', rating: 3 }
  const settlement = settlementOfSource(source, draft)
  if (settlement.kind !== 'documents') throw new TypeError('a replay is of documents')
  await erasingLoader(db).commit({ ...settlement, inLedger: false })
}

const identityKey = createSecretKey('an identity key of these tests, of 32 bytes', 'utf8')
const erasingLoader = (db: Database) => loaderOf(db, noMonths, { retried: 0, split: 0 }, 20, identityKey)

/** The consumer of session 1. */
async function erase(db: Database): Promise<void> {
  await erasePerson(db, {
    selector: { source, kind: 'session', value: `call/${draftOf(oldMonth, 1).id}` },
    ...{ identityKey, askedBy: 'test', reason: null, withNames: false, consumersMax: 1_000 },
    ...{ opener: createOpener(db, undefined), skipsUnreadable: false, signal: new AbortController().signal },
  })
}

async function retain(db: Database, how: 'delete' | 'drop'): Promise<void> {
  const step = { month: oldMonth, how, sources: [source], tables: [], bytes: 0 }
  const steps = await apply(
    db,
    { make: [], drain: [], stay: [], retain: [step], misshapen: [], empty: [] },
    100,
  )
  const failed = steps.find(({ kind }) => kind === 'failed')
  if (failed !== undefined) throw new Error(JSON.stringify(failed))
}

/** The worker that has the lease of an action to ignore rejections. */
async function carryOutAction(db: Database): Promise<void> {
  const open = await sql<{ id: string }>`select action_id::text as id from ingest.action`.execute(db)
  const id = open.rows[0]?.id ?? '0'
  if (!(await startAction(db, id, 'host'))) return
  const ids = await markRejections(db, { code: rejectionCode, source }, { from: 'open', to: 'ignored' })
  await endAction(db, id, { state: 'done', counts: { ignored: ids.length }, error: null })
}
