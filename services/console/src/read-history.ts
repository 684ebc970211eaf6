import type { Database } from '@aftercall/warehouse/connection/database'
import { readRevisions, type StoredRevision } from '@aftercall/warehouse/console/session-history'
import {
  type RevisionChange,
  readSessionChanges,
  readSessionParts,
  type SessionParts,
} from '@aftercall/warehouse/console/session-parts'
import {
  type ObjectHistory,
  readObjectHistory,
  readSessionHistory,
  type SessionHistory,
} from '@aftercall/warehouse/ledger/history'
import { findMatches, type Matches, readAddress } from './find-place.ts'

/** What the page of one object or session shows. */
export type HistoryAnswer =
  /** Not a whole address: everything that it can mean. */
  | ({ kind: 'matches'; of: string } & Matches)
  | { kind: 'unknown'; of: string; message: string }
  | { kind: 'object'; of: string; history: ObjectHistory }
  | {
      kind: 'session'
      of: string
      history: SessionHistory
      revisions: StoredRevision[]
      /** Null while a migration is pending. */
      parts: SessionParts | null
      changes: RevisionChange[]
    }

const howToSearch =
  'Search for s3://BUCKET/KEY, SOURCE/call/ID or SOURCE/chat/ID, an id, the name of a file, or the beginning of a key.'

/** The history of an object or a session, or what a text that is no whole address can mean. */
export async function readHistory(db: Database, of: string): Promise<HistoryAnswer> {
  const place = readAddress(of)
  if (place === undefined) {
    const matches = await findMatches(db, of)
    const [session, ...others] = matches.sessions
    if (session !== undefined && others.length === 0 && matches.objects.length === 0)
      return readHistory(db, `${session.source}/${session.channel}/${session.sessionId}`)
    if (session !== undefined || matches.objects.length > 0) return { kind: 'matches', of, ...matches }
    return {
      kind: 'unknown',
      of,
      message: `Nothing that is stored or was announced has this name. ${howToSearch}`,
    }
  }
  if (place.kind === 'object') {
    const history = await readObjectHistory(db, place)
    if (history !== undefined) return { kind: 'object', of, history }
    const message =
      'The ledger does not contain this object: it was not announced, or its message is still in the queue. aftercall reconcile finds objects that were not announced.'
    return { kind: 'unknown', of, message }
  }
  const history = await readSessionHistory(db, place)
  if (history !== undefined) {
    const revisions = await readRevisions(db, place)
    const parts = await readSessionParts(db, place)
    return { kind: 'session', of, history, revisions, parts, changes: await readSessionChanges(db, place) }
  }
  const message = 'No revision of this session is stored. If you know the key of its file, search for that.'
  return { kind: 'unknown', of, message }
}
