import type { FailureCode } from '@aftercall/storage/aws/error-class'

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
   * May pass later. `delaySeconds`: how long to leave it alone at least. `stop`: until somebody has repaired something,
   * every other object fails so, too.
   */
  | { kind: 'failed'; code: string; delaySeconds: number; cause: unknown; stop?: StopReason }

/** Why a worker must stop: every further try would only use up the receives of its messages. The package `operator` words it. */
export type StopReason =
  | { kind: 'call'; code: FailureCode; error: string }
  /** `said`: what Postgres says; the user or the table, never a value. */
  | { kind: 'database'; code: string; sqlState: string; said: string | null }

export type OutcomeKind = Outcome['kind']
