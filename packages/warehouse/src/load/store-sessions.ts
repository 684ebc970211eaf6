import { setImmediate as nextTurn } from 'node:timers/promises'
import { compareRevisions } from '@aftercall/metadata/times/revision'
import { sql } from 'kysely'
import { keepCollisions } from '../collisions/keep-collisions.ts'
import { findCollisions, headsAfter, type Notice, noticesOf } from '../collisions/notice-losers.ts'
import type { Database } from '../connection/database.ts'
import type { LedgerOutcome } from '../ledger/ledger.ts'
import { withOriginalsOnce } from './keep-documents.ts'
import type { Keeping } from './raw-kept.ts'
import { type ChangedSession, type RowsInSlices, rowsInSlices } from './rows-in-slices.ts'
import { type AcceptedHead, advanceHeads, storedHeads } from './session-heads.ts'
import { hashOf, keyOf, type SessionToStore } from './session-to-store.ts'
import { deleteRows, inEachMonth, type RowsToDelete } from './table-statements.ts'
import { takeOut } from './take-out.ts'

/** How one document ended. */
export type StoreResult = Extract<LedgerOutcome, 'stored' | 'superseded' | 'duplicate'>

/** The rows are still to be copied, by the caller: what had their keys is deleted. */
export type StoredSessions = RowsInSlices & {
  /** By position of the sessions given. */
  results: StoreResult[]
  notices: Notice[]
  /** The newest of each session, also where its rows stay: the way by which it arrived may be another now. */
  candidates: readonly SessionToStore[]
}

/**
 * Makes room for the newest revision of each session (I2) and exactly its children (I3), inside the caller's transaction,
 * and returns the rows to copy. The heads come first, in key order: the transaction that holds a head's row lock owns the
 * session's rows in every table until it commits, and two batches that share sessions cannot deadlock.
 */
export async function storeSessions(
  db: Database,
  sessions: readonly SessionToStore[],
  keeping: Keeping,
): Promise<StoredSessions> {
  const { raw, sealer } = keeping
  const newest = newestOfEach(sessions)
  const candidates = [...newest].sort(byKey).map(([, one]) => one)
  const accepted = await advanceHeads(db, candidates)
  await restFor(sessions)
  const changed = withOriginalsOnce(candidates.flatMap((one) => changedBy(one, accepted.get(keyOf(one)))))
  const moved = candidates.filter((one) => accepted.get(keyOf(one))?.rowsChanged === false)
  const advanced = await headsAfter(
    db,
    candidates.flatMap((one) => withHead(one, accepted.get(keyOf(one)))),
  )
  await restFor(sessions)
  await keepCollisions(db, findCollisions(sessions, advanced), sealer)
  await restFor(sessions)

  // In any transaction these run one after another; on a connection of its own, they share one round trip.
  const [known, stored] = await Promise.all([
    takeOut(db, changed, raw),
    storedHeads(
      db,
      candidates.filter((one) => !accepted.has(keyOf(one))),
    ),
    deleteRows(db, changed.flatMap(rowsBefore)),
    moveLineage(db, moved),
  ])
  await keepCollisions(db, findCollisions(sessions, stored), sealer)
  await restFor(sessions)
  const resultOf = (one: SessionToStore): StoreResult => {
    const key = keyOf(one)
    const winner = newest.get(key)
    const head = accepted.get(key)
    if (winner === one && head !== undefined) return head.rowsChanged ? 'stored' : 'duplicate'
    const hash = head === undefined ? stored.get(key)?.contentSha256 : hashOf(winner)
    return hash === hashOf(one) ? 'duplicate' : 'superseded'
  }
  const results = sessions.map(resultOf)
  await restFor(sessions)
  const notices = await noticesOf(db, sessions, new Map([...advanced, ...stored]))
  return { results, notices, candidates, ...rowsInSlices(changed, known, keeping) }
}

const turnMax = 1_000

/** An object may have thousands of sessions: work on all of them is divided into turns of the event loop. */
async function restFor(sessions: readonly SessionToStore[]): Promise<void> {
  if (sessions.length > turnMax) await nextTurn()
}

function newestOfEach(sessions: readonly SessionToStore[]): Map<string, SessionToStore> {
  const newest = new Map<string, SessionToStore>()
  for (const one of sessions) {
    const key = keyOf(one)
    const other = newest.get(key)
    if (other === undefined || compareRevisions(one.session.revision, other.session.revision) > 0) {
      newest.set(key, one)
    }
  }
  return newest
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1
}

function withHead(
  one: SessionToStore,
  head: AcceptedHead | undefined,
): { one: SessionToStore; head: AcceptedHead }[] {
  return head === undefined ? [] : [{ one, head }]
}

function changedBy(one: SessionToStore, head: AcceptedHead | undefined): ChangedSession[] {
  return head?.rowsChanged === true ? [{ one, ...head }] : []
}

function rowsBefore({ one, previousCreatedAt, changedTables }: ChangedSession): RowsToDelete[] {
  if (previousCreatedAt === null) return []
  const { key, createdAt, localHour } = one.session
  return [
    {
      ...key,
      createdAt: previousCreatedAt,
      tables: ['session', ...changedTables],
      // Of every candidate: `noteChangedHours`.
      listedHour: previousCreatedAt.slice(0, 7) === createdAt.slice(0, 7) ? localHour : null,
    },
  ]
}

/** The same content in a newer object: the facts stay, and only their bucket and key change. */
async function moveLineage(db: Database, sessions: readonly SessionToStore[]): Promise<void> {
  const lineages = sessions.map((one) => ({ ...one, createdAt: one.session.createdAt }))
  await inEachMonth(lineages, async ({ from, to, ofMonth }) => {
    await sql`
      update warehouse.session as row set bucket = moved.bucket, object_key = moved.object_key
      from json_to_recordset(${JSON.stringify(ofMonth.map(lineageOf))}::json) as moved
        (source text, channel text, session_id bigint, created_at timestamptz, bucket text, object_key text)
      where row.created_at >= ${from}::timestamptz and row.created_at < ${to}::timestamptz
        and (row.source, row.channel, row.session_id, row.created_at)
          = (moved.source, moved.channel, moved.session_id, moved.created_at)
        and (row.bucket, row.object_key) is distinct from (moved.bucket, moved.object_key)
    `.execute(db)
  })
}

function lineageOf({ session, bucket, objectKey }: SessionToStore): object {
  const { source, channel, sessionId } = session.key
  return {
    source,
    channel,
    session_id: sessionId,
    created_at: session.createdAt,
    bucket,
    object_key: objectKey,
  }
}
