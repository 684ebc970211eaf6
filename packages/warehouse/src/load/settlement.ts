import type { StorableSession } from '../copy/encode-session.ts'
import type { AnnouncedObject, LedgerOutcome } from '../ledger/ledger.ts'
import type { Rejection } from '../ledger/rejections.ts'

/** All there is to commit about one delivered object. */
export type Settlement = {
  /** Null for a message that names no object. */
  object: AnnouncedObject | null
  /**
   * What the delivery told: `content`, that the object has new content; `removal`, that it is gone; `note`, anything
   * else; `failure`, that the object could not be read this time and is tried again; `replay`, that nobody announced
   * it: then the ledger is left alone.
   */
  about: 'content' | 'removal' | 'note' | 'failure' | 'replay'
  /** What is to be stored; empty for an object that holds nothing to store. */
  sessions: StorableSession[]
  rejections: Rejection[]
  /** The object's bytes, kept with a rejection if the database refuses what was read from them. */
  content: Uint8Array | null
  /** Whether the bytes hold characters that Postgres cannot store, so that they are kept beside the document. */
  keepsOriginal: boolean
  /** The end of an object with neither sessions nor rejections. */
  otherwise: { outcome: 'missing' | 'ignored' | 'failed'; code: string | null }
}

export type Settled = { outcome: LedgerOutcome; code: string | null; detail: string | null }
