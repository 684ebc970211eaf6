/** How an object ended, as it is committed and as the ledger states it (ARCHITECTURE.md, "Outcomes"). */
export type CommittedOutcome =
  /** Its rows and its ledger row are committed. `isErased`: without what was erased of a person. */
  | { kind: 'stored'; isErased?: true }
  /** A newer revision of the session is stored already. */
  | { kind: 'superseded' }
  /** This very content is stored already. */
  | { kind: 'duplicate' }
  /** The object is gone: a true not-found, never a 403. */
  | { kind: 'missing' }
  /** Not a session file, not under a configured source, or not about new content. */
  | { kind: 'ignored'; code: string }
  /** Retrying cannot help; kept in `ingest.rejection` with the reason and the bytes. */
  | { kind: 'rejected'; code: string }
  /** Not the end: the object is tried again. */
  | { kind: 'failed'; code: string }
