import type { CommittedOutcome } from '@aftercall/warehouse/ledger/outcome'

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

/** Why a worker must not go on: trying would only use up the receives of its messages. */
export type StopReason = {
  code: string
  /** What is wrong and what to do, in one line. */
  message: string
}

export type OutcomeKind = Outcome['kind']
