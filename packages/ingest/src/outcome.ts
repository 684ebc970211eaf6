import type { FailureCode } from '@aftercall/storage/aws/error-class'
import type { CommittedOutcome } from '@aftercall/warehouse/ledger/outcome'
import type { DocumentKeyCode } from '@aftercall/warehouse/sealing/document-key-error'

/**
 * How one object ended (ARCHITECTURE.md, "Outcomes"). Every delivery of an object ends in exactly one of these: as it was
 * committed, or not at all.
 */
export type Outcome =
  | Exclude<CommittedOutcome, { kind: 'failed' }>
  /**
   * May pass later. `delaySeconds`: how long to leave it alone at least. `stop`: until somebody has repaired something,
   * every other object fails so, too.
   */
  | { kind: 'failed'; code: string; delaySeconds: number; cause: unknown; stop?: StopReason }

/** Why a worker must stop: every further try would only use up the receives of its messages. The package `operator` words it. */
export type StopReason =
  | { kind: 'call'; code: FailureCode; error: string }
  /** The keys of `encryption` do not fit: nothing can be stored encrypted, and nothing is stored plain in its place. */
  | { kind: 'key'; code: DocumentKeyCode; error: string }
  /** `said`: what Postgres says; the user or the table, never a value. */
  | { kind: 'database'; code: string; sqlState: string; said: string | null }

export type OutcomeKind = Outcome['kind']
