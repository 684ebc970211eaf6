/** How one object ended (ARCHITECTURE.md, "Outcomes"). Every delivery of an object ends in exactly one of these. */
export type Outcome =
  /** Rows and ledger are committed. */
  | { kind: 'stored' }
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
  /**
   * May pass later. `delaySeconds`: the shortest delay before another try. `stop`: every other object fails too until
   * someone has repaired something.
   */
  | { kind: 'failed'; code: string; delaySeconds: number; cause: unknown; stop?: StopReason }

/** Why a worker must not go on: further tries would only use up the receives of its messages. */
export type StopReason = {
  code: string
  /** What is wrong and what to do, in one line. */
  message: string
}

export type OutcomeKind = Outcome['kind']
