import type { StorableSession } from '../copy/encode-session.ts'
import type { AnnouncedObject } from '../ledger/ledger.ts'
import type { Rejection } from '../ledger/rejections.ts'

/** All there is to commit about one delivered object, or about a message that names none. */
export type Settlement =
  | Documents
  /** Nothing in it can be used. Without an object there is no ledger row: a message that names none, or a replay. */
  | { kind: 'rejected'; object: AnnouncedObject | null; rejections: NonEmpty<Rejection> }
  /** It holds no session, belongs to no source, or is past its retention. */
  | { kind: 'ignored'; object: AnnouncedObject; code: string }
  /** It was announced, but is not there. */
  | { kind: 'missing'; object: AnnouncedObject }
  /** Its removal was announced. */
  | { kind: 'removed'; object: AnnouncedObject }
  /** Something else than a creation or a removal was announced. */
  | { kind: 'other_event'; object: AnnouncedObject }
  /** It could not be read this time, and is tried again. */
  | { kind: 'failed'; object: AnnouncedObject; code: string }

/** The documents of an object that can be stored. */
export type Documents = {
  kind: 'documents'
  object: AnnouncedObject
  /** False for what no delivery announced (a replay of kept documents): the ledger is left as it is. */
  inLedger: boolean
  sessions: NonEmpty<StorableSession>
  /** Of documents of the same object that cannot be used. */
  rejections: readonly Rejection[]
  /** The object's bytes, kept with a rejection if the database refuses a document. Null where they are not at hand. */
  content: Uint8Array | null
  /** Whether the bytes hold characters that Postgres cannot store, so that they are kept beside the document. */
  keepsOriginal: boolean
}

export type NonEmpty<One> = readonly [One, ...One[]]

export function isNonEmpty<One>(list: readonly One[]): list is NonEmpty<One> {
  return list.length > 0
}

export function sessionsOf(settlement: Settlement): readonly StorableSession[] {
  return settlement.kind === 'documents' ? settlement.sessions : []
}

export function rejectionsOf(settlement: Settlement): readonly Rejection[] {
  return settlement.kind === 'documents' || settlement.kind === 'rejected' ? settlement.rejections : []
}

/** What a session takes in memory beside its bytes. */
const sessionBytes = 2_048

/** What a settlement holds in memory until it is committed: the object's bytes, and the rows and text of each session. */
export function settlementBytes(settlement: Settlement): number {
  switch (settlement.kind) {
    case 'documents': {
      const { content, sessions, rejections } = settlement
      const own = content ?? rejections[0]?.content ?? null
      let bytes = own?.byteLength ?? 0
      for (const { rows, text } of sessions) {
        bytes += sessionBytes + rows.bytes.byteLength
        if (text !== own) bytes += typeof text === 'string' ? text.length * 2 : text.byteLength
      }
      return bytes
    }
    case 'rejected':
      return settlement.rejections[0].content?.byteLength ?? 0
    case 'ignored':
    case 'missing':
    case 'removed':
    case 'other_event':
    case 'failed':
      return 0
  }
}
