import { parsePlace, sessionIdMax } from '@aftercall/ingest/parse-place'
import type { Database } from '@aftercall/warehouse/connection/database'
import {
  type HistoryAnswer,
  readRecentSessions,
  readRevisions,
} from '@aftercall/warehouse/console/session-history'
import { readObjectHistory, readSessionHistory } from '@aftercall/warehouse/ledger/history'

/** The story of an object or a session; without either, some sessions to begin with. */
export async function readHistory(db: Database, of: string): Promise<HistoryAnswer> {
  if (of === '') return { kind: 'ask', recent: await readRecentSessions(db) }
  const place = parsePlace(of)
  if (place === undefined) {
    const message = `Write s3://BUCKET/KEY for an object, or SOURCE/call/ID or SOURCE/chat/ID for a session, with an ID of at most ${sessionIdMax}.`
    return { kind: 'unreadable', of, message }
  }
  if (place.kind === 'object') {
    const story = await readObjectHistory(db, place)
    if (story !== undefined) return { kind: 'object', of, story }
    const message =
      'The ledger does not have it: it was never announced, or not yet. aftercall reconcile finds what was not announced.'
    return { kind: 'unknown', of, message }
  }
  const story = await readSessionHistory(db, place)
  if (story !== undefined) return { kind: 'session', of, story, revisions: await readRevisions(db, place) }
  return {
    kind: 'unknown',
    of,
    message: 'No file of this session was stored. Look for its object, if you know the key.',
  }
}
