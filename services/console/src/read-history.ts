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

/** What was looked for and is not there: an object, a session, or any text. */
export type UnknownPlace = 'object' | 'session' | 'text'

/** What the page of one object or session shows. */
export type HistoryAnswer =
  /** Not a whole address: everything that it can mean. */
  | ({ kind: 'matches'; of: string } & Matches)
  | { kind: 'unknown'; of: string; place: UnknownPlace }
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

/** The history of an object or a session, or what a text that is no whole address can mean. */
export async function readHistory(db: Database, of: string): Promise<HistoryAnswer> {
  const place = readAddress(of)
  if (place === undefined) {
    const matches = await findMatches(db, of)
    const [session, ...others] = matches.sessions
    if (session !== undefined && others.length === 0 && matches.objects.length === 0)
      return readHistory(db, `${session.source}/${session.channel}/${session.sessionId}`)
    if (session !== undefined || matches.objects.length > 0) return { kind: 'matches', of, ...matches }
    return { kind: 'unknown', of, place: 'text' }
  }
  if (place.kind === 'object') {
    const history = await readObjectHistory(db, place)
    if (history !== undefined) return { kind: 'object', of, history }
    return { kind: 'unknown', of, place: 'object' }
  }
  const [history, revisions, parts, changes] = await Promise.all([
    readSessionHistory(db, place),
    readRevisions(db, place),
    readSessionParts(db, place),
    readSessionChanges(db, place),
  ])
  if (history !== undefined) return { kind: 'session', of, history, revisions, parts, changes }
  return { kind: 'unknown', of, place: 'session' }
}
