import { CompiledQuery, sql } from 'kysely'
import type { Notice } from '../collisions/notice-losers.ts'
import type { Database } from '../connection/database.ts'
import { type OneConnection, onOneConnection } from '../connection/one-connection.ts'
import { copyRows, type RowsToCopy } from '../copy/copy-rows.ts'
import { type LedgerEntry, writeLedger } from '../ledger/ledger.ts'
import { endRejections, writeRejections } from '../ledger/rejections.ts'
import type { Months } from '../maintenance/months.ts'
import type { RawKept } from './keep-revisions.ts'
import type { SessionToStore } from './session-to-store.ts'
import type { Settled, Settlement } from './settlement.ts'
import { type Decision, storeSessions } from './store-sessions.ts'

export type CommitOptions = { db: Database; months: Months; raw: RawKept }

export type Committed = {
  ends: Settled[]
  documents: number
  rowsByTable: ReadonlyMap<string, number>
  notices: readonly Notice[]
}

/**
 * One transaction, in five round trips, and some more where sessions collide: sessions, then the ledger, then rejections; every batch takes its locks in this
 * order. Hands out what it is about to commit, for who gets no answer to the commit, and answers with what it is given for
 * it. A commit is sent behind what has no answer yet: if that fails, the server rolls back, and this rejects.
 */
export async function commitBatch(
  batch: readonly Settlement[],
  options: CommitOptions,
  committing: (written: Committed) => Committed,
): Promise<Committed> {
  const sessions = batch.flatMap(sessionsOf)
  await options.months.ensure(sessions.map((one) => one.session.createdAt))
  return inTransaction(options.db, async ({ db, end }) => {
    const { decisions, notices, rowsByTable, slices } = await storeSessions(db, sessions, options.raw)
    const left = [...decisions]
    const ends = batch.map((settlement) => endOf(settlement, left.splice(0, sessionsOf(settlement).length)))
    const entries = batch.flatMap((settlement, position) => ledgerEntry(settlement, ends[position]))
    const last = await copyAllButLast(db, slices)
    await Promise.all([copyRows(db, last), writeLedger(db, entries)])
    await writeRejections(
      db,
      batch.flatMap((settlement) => settlement.rejections),
    )
    const usable = entries.flatMap(({ about, object }) => (about === 'content' ? object : []))
    const written = committing({ ends, documents: sessions.length, rowsByTable, notices })
    await Promise.all([endRejections(db, usable), end('commit')])
    return written
  })
}

/**
 * One after the other, so that no more than two of them are in memory. There are several only for an object of
 * many rows; the last goes with what follows, in one round trip.
 */
async function copyAllButLast(
  db: Database,
  slices: Iterable<readonly RowsToCopy[]>,
): Promise<readonly RowsToCopy[]> {
  let last: readonly RowsToCopy[] | undefined
  for (const slice of slices) {
    if (last !== undefined) await copyRows(db, last)
    last = slice
  }
  return last ?? []
}

/** Ends with the transaction committed by the work, or rolled back. */
async function inTransaction<Answer>(
  pool: Database,
  work: (one: OneConnection) => Promise<Answer>,
): Promise<Answer> {
  return onOneConnection(pool, async (one) => {
    try {
      // Answered before anything is written: without it every statement would be a transaction of its own.
      await Promise.all([one.db.executeQuery(CompiledQuery.raw('begin')), planByKeys.execute(one.db)])
      return await work(one)
    } catch (error) {
      await one.end('rollback')
      throw error
    }
  })
}

const waysNotByKeys = [
  'enable_seqscan',
  'enable_bitmapscan',
  'enable_material',
  'enable_hashjoin',
  'enable_mergejoin',
]
const settings = [
  ...[...waysNotByKeys, 'jit'].map((name) => [name, 'off']),
  ['random_page_cost', '0.1'],
  // Rows are parameters: the server's log must not have them, however it is set up.
  ['log_parameter_max_length_on_error', '0'],
]

/**
 * Every statement of a batch finds a few rows by their keys. The planner does not know that of a partition that was not
 * analyzed yet: it takes a month's range for a few rows, and reads all of them, more with every batch.
 */
const planByKeys = sql`
  select ${sql.join(settings.map(([name, value]) => sql`set_config(${sql.lit(name)}, ${sql.lit(value)}, true)`))}`

function sessionsOf({ object, sessions, content, keepsOriginal }: Settlement): SessionToStore[] {
  if (object === null) return []
  const { bucket, key: objectKey } = object
  const originalContent = keepsOriginal ? content : null
  return sessions.map((session) => ({ session, bucket, objectKey, originalContent }))
}

/** An object's outcome is the worst thing that happened to it, and `stored` if any of its documents was. */
function endOf(settlement: Settlement, decisions: readonly Decision[]): Settled {
  const rejection = settlement.rejections[0]
  if (rejection !== undefined) return { outcome: 'rejected', code: rejection.code, detail: rejection.detail }
  for (const outcome of ['stored', 'superseded', 'duplicate'] as const) {
    if (decisions.includes(outcome)) return { outcome, code: null, detail: null }
  }
  return { ...settlement.otherwise, detail: null }
}

function ledgerEntry({ object, about, sessions }: Settlement, end: Settled | undefined): LedgerEntry[] {
  if (object === null || about === 'replay' || end === undefined) return []
  const only = sessions.length === 1 ? sessions[0]?.key : undefined
  const session = only === undefined ? null : { channel: only.channel, sessionId: only.sessionId }
  return [{ about, object, outcome: end.outcome, code: end.code, session, documentCount: sessions.length }]
}
