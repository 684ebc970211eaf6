import type { OutcomeKind } from './outcome.ts'

/** What the ledger's word says, for people. */
export const outcomeMeaning: Record<OutcomeKind, string> = {
  stored: 'its rows and this ledger entry were committed together',
  superseded: 'a newer revision of the session was already stored, or has been since; nothing was changed',
  duplicate: 'this very content was already stored; nothing was changed',
  missing: 'the object was gone when it was fetched (a true not-found)',
  ignored: 'there was nothing to store in it',
  rejected: 'it cannot be used as it is; retrying cannot help',
  failed: 'it may pass later: its message comes back',
}
