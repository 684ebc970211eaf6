import type { OutcomeKind } from '@aftercall/ingest/outcome'

/** What an outcome in the ledger means. */
export const outcomeMeaning: Record<OutcomeKind, string> = {
  stored: 'its rows and this ledger entry were committed together',
  superseded: 'a newer revision of the session is stored; nothing was changed',
  duplicate: 'the same content was already stored; nothing was changed',
  missing: 'the object no longer existed when it was fetched (S3 itself answered 404)',
  ignored: 'it contains nothing to store',
  rejected: 'it cannot be used as it is; trying again does not help',
  failed: 'a later try may succeed: it is retried',
}
