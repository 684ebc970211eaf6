import { parsePlace, sessionIdMax } from '@aftercall/operator/parse-place'
import type { Database } from '@aftercall/warehouse/connection/database'
import {
  type RecentSession,
  readRecentSessions,
  readRevisions,
  type StoredRevision,
} from '@aftercall/warehouse/console/session-history'
import {
  type ObjectHistory,
  readObjectHistory,
  readSessionHistory,
  type SessionHistory,
} from '@aftercall/warehouse/ledger/history'

/** What the page of one object or session shows. */
export type HistoryAnswer =
  /** Nothing was searched for: some sessions to start with. */
  | { kind: 'ask'; recent: RecentSession[] }
  /** The search is not an address; the message says how to write one. */
  | { kind: 'unreadable'; of: string; message: string }
  | { kind: 'unknown'; of: string; message: string }
  | { kind: 'object'; of: string; history: ObjectHistory }
  | { kind: 'session'; of: string; history: SessionHistory; revisions: StoredRevision[] }

/** The history of an object or a session, or recent sessions if `of` is empty. */
export async function readHistory(db: Database, of: string): Promise<HistoryAnswer> {
  if (of === '') return { kind: 'ask', recent: await readRecentSessions(db) }
  const place = parsePlace(of)
  if (place === undefined) {
    const message = `Enter s3://BUCKET/KEY for an object, or SOURCE/call/ID or SOURCE/chat/ID for a session, with an ID of at most ${sessionIdMax}.`
    return { kind: 'unreadable', of, message }
  }
  if (place.kind === 'object') {
    const history = await readObjectHistory(db, place)
    if (history !== undefined) return { kind: 'object', of, history }
    const message =
      'The ledger does not contain this object: it was not announced, or its message is still in the queue. aftercall reconcile finds objects that were not announced.'
    return { kind: 'unknown', of, message }
  }
  const history = await readSessionHistory(db, place)
  if (history !== undefined)
    return { kind: 'session', of, history, revisions: await readRevisions(db, place) }
  const message =
    'No revision of this session is stored. If you know the key of its file, search for the object.'
  return { kind: 'unknown', of, message }
}
