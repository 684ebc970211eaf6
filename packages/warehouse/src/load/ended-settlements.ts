import { type LedgerEntry, otherEventCode, removedCode } from '../ledger/ledger.ts'
import type { CommittedOutcome } from '../ledger/outcome.ts'
import { type Settlement, sessionsOf } from './settlement.ts'
import type { StoreResult } from './store-sessions.ts'

export type EndedSettlement = { settlement: Settlement; outcome: CommittedOutcome }

/** `results` are those of the sessions of the whole batch, in order. */
export function withOutcomes(
  batch: readonly Settlement[],
  results: readonly StoreResult[],
): EndedSettlement[] {
  let at = 0
  return batch.map((settlement) => {
    const from = at
    at += sessionsOf(settlement).length
    return { settlement, outcome: outcomeOf(settlement, results.slice(from, at)) }
  })
}

/** The worst thing that happened to any of its documents, and `stored` if one of the usable ones was. */
function outcomeOf(settlement: Settlement, results: readonly StoreResult[]): CommittedOutcome {
  switch (settlement.kind) {
    case 'documents': {
      const [rejection] = settlement.rejections
      if (rejection !== undefined) return { kind: 'rejected', code: rejection.code }
      if (results.includes('stored')) return { kind: 'stored' }
      return { kind: results.includes('superseded') ? 'superseded' : 'duplicate' }
    }
    case 'rejected':
      return { kind: 'rejected', code: settlement.rejections[0].code }
    case 'missing':
      return { kind: 'missing' }
    case 'ignored':
    case 'failed':
      return { kind: settlement.kind, code: settlement.code }
    case 'removed':
      return { kind: 'ignored', code: removedCode }
    case 'other_event':
      return { kind: 'ignored', code: otherEventCode }
  }
}

/** One entry, or none for what the ledger does not record. */
export function ledgerEntries({ settlement, outcome }: EndedSettlement): LedgerEntry[] {
  const { object } = settlement
  if (object === null) return []
  const entry = { object, outcome, session: null, documentCount: 0 }
  switch (settlement.kind) {
    case 'documents': {
      if (!settlement.inLedger) return []
      const { sessions } = settlement
      const { channel, sessionId } = sessions[0].key
      const session = sessions.length === 1 ? { channel, sessionId } : null
      return [{ ...entry, about: 'content', session, documentCount: sessions.length }]
    }
    case 'rejected':
    case 'ignored':
    case 'missing':
      return [{ ...entry, about: 'content' }]
    case 'removed':
      return [{ ...entry, about: 'removal' }]
    case 'other_event':
      return [{ ...entry, about: 'note' }]
    case 'failed':
      return [{ ...entry, about: 'failure' }]
  }
}
