import { CompiledQuery, sql } from 'kysely'
import type { Notice } from '../collisions/notice-losers.ts'
import type { Database } from '../connection/database.ts'
import { isOutage } from '../connection/error-class.ts'
import { type OneConnection, onOneConnection } from '../connection/one-connection.ts'
import { copyRows, type RowsToCopy } from '../copy/copy-rows.ts'
import type { Dimensions } from '../dimensions/dimensions.ts'
import { writeLedger } from '../ledger/ledger.ts'
import type { CommittedOutcome } from '../ledger/outcome.ts'
import { endRejections, writeRejections } from '../ledger/rejections.ts'
import { type Months, monthFrom } from '../maintenance/months.ts'
import type { Sealing } from '../sealing/create-sealing.ts'
import { keyPlacesOf } from '../sealing/key-places.ts'
import { noteChangedHours } from './changed-hours.ts'
import { ledgerEntries, withOutcomes } from './ended-settlements.ts'
import type { RawKept } from './raw-kept.ts'
import { sessionsToStore } from './session-to-store.ts'
import { rejectionsOf, type Settlement } from './settlement.ts'
import { storeSessions } from './store-sessions.ts'

export type CommitOptions = {
  db: Database
  months: Months
  dimensions: Dimensions
  raw: RawKept
  /** Encrypts documents and the bytes of rejections; undefined if encryption is off. */
  sealing?: Sealing | undefined
}

/** What one transaction wrote. */
export type Written = {
  /** By position of the settlements. */
  outcomes: readonly CommittedOutcome[]
  documents: number
  rowsByTable: ReadonlyMap<string, number>
  notices: readonly Notice[]
}

export type CommitResult =
  | { kind: 'committed'; written: Written }
  /** The database went away with the commit on its way: it may have been made, and only its answer be lost. */
  | { kind: 'unanswered'; written: Written; error: unknown }
  /** Nothing was committed. */
  | { kind: 'failed'; error: unknown }

/**
 * One transaction, in five round trips, and a few more where sessions collide. Every batch takes its locks in one order:
 * session heads, facts, ledger, changed hours, rejections. The commit is sent behind the last statement without waiting for its answer: if
 * that statement fails, the server rolls back.
 */
export async function commitBatch(
  batch: readonly Settlement[],
  { db: pool, months, dimensions, raw, sealing }: CommitOptions,
): Promise<CommitResult> {
  const sessions = batch.flatMap(sessionsToStore)
  try {
    await months.ensure(sessions.map(({ session }) => session.createdAt))
    await dimensions.ensure(pool, sessions)
    const rejections = batch.flatMap(rejectionsOf)
    const month = monthFrom(new Date(), 0)
    const places = sealing === undefined ? [] : keyPlacesOf(sessions, rejections, month)
    await sealing?.ensure(pool, places)
    return await onOneConnection(pool, async (connection) => {
      const { db, end } = connection
      let written: Written | undefined
      try {
        const [, sealer] = await Promise.all([begin(db), sealing?.hold(db, places)])
        const { results, notices, candidates, rowsByTable, slices } = await storeSessions(db, sessions, {
          raw,
          sealer,
        })
        const ended = withOutcomes(batch, results)
        const entries = ended.flatMap(ledgerEntries)
        const lastSlice = await copyAllButLast(connection, slices)
        await Promise.all([
          copyRows(connection, lastSlice),
          writeLedger(db, entries),
          noteChangedHours(db, candidates),
        ])
        await writeRejections(db, rejections, sealer && { sealer, month })
        const usable = entries.flatMap(({ about, object }) => (about === 'content' ? object : []))
        const outcomes = ended.map(({ outcome }) => outcome)
        written = { outcomes, documents: sessions.length, rowsByTable, notices }
        await Promise.all([endRejections(db, usable), end('commit')])
        return { kind: 'committed', written }
      } catch (error) {
        await end('rollback')
        if (written !== undefined && isOutage(error)) return { kind: 'unanswered', written, error }
        throw error
      }
    })
  } catch (error) {
    return { kind: 'failed', error }
  }
}

/** Answered before anything is written: without it, every statement would be a transaction of its own. */
async function begin(db: Database): Promise<void> {
  await Promise.all([db.executeQuery(CompiledQuery.raw('begin')), planByKeys.execute(db)])
}

/**
 * One slice after the other, so that at most two are in memory. Only an object of many rows has several; the last slice
 * shares a round trip with the ledger.
 */
async function copyAllButLast(
  connection: OneConnection,
  slices: Iterable<readonly RowsToCopy[]>,
): Promise<readonly RowsToCopy[]> {
  let last: readonly RowsToCopy[] | undefined
  for (const slice of slices) {
    if (last !== undefined) await copyRows(connection, last)
    last = slice
  }
  return last ?? []
}

const plansNotByKeys = [
  'enable_seqscan',
  'enable_bitmapscan',
  'enable_material',
  'enable_hashjoin',
  'enable_mergejoin',
]
const settings = [
  ...[...plansNotByKeys, 'jit'].map((name) => [name, 'off']),
  ['random_page_cost', '0.1'],
  // Also not all entries of an index, compared with the batch one by one: a small month's index looks as cheap as that.
  ['cpu_index_tuple_cost', '1'],
  // Rows are parameters: they must not get into the server's log, however it is configured.
  ['log_parameter_max_length_on_error', '0'],
]

/**
 * Every statement of a batch finds a few rows by their keys. The planner cannot know that of a partition that was not
 * analyzed yet: it expects a month's range to have few rows, and reads all of them, more with every batch.
 */
const planByKeys = sql`
  select ${sql.join(settings.map(([name, value]) => sql`set_config(${sql.lit(name)}, ${sql.lit(value)}, true)`))}`
