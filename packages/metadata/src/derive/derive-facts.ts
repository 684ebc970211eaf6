import type { Row } from '../map/map-object.ts'
import type { Rows } from '../map/map-tables.ts'
import type { Channel } from '../read/session-type.ts'
import { deriveHandles } from './derive-handles.ts'
import { deriveLocalTimes } from './derive-local-times.ts'
import { deriveOutcome } from './derive-outcome.ts'
import { deriveQueueEntries } from './derive-queue-entries.ts'
import { deriveTransfers } from './derive-transfers.ts'
import { deriveVirtualAgents } from './derive-virtual-agents.ts'
import { deriveWaits } from './derive-waits.ts'
import { dropEmptyAverages } from './drop-empty-averages.ts'
import type { FactParts, Facts } from './facts.ts'
import { readSessionEnd } from './session-end.ts'

type MappedParts = { channel: Channel; session: Row; rows: Rows; areAll(array: string): boolean }

/**
 * Fills the columns that need the whole document: what counts, what came first, how each part ended, and when on the tenant's
 * clock (docs/adr/0033-facts-are-derived-at-mapping.md). Every other column is filled already.
 */
export function deriveFacts({ channel, session, rows, areAll }: MappedParts): void {
  const parts: FactParts = { session, rows, areAll, end: readSessionEnd(session, channel) }
  dropEmptyAverages(session, rows)
  const { handles, handled } = deriveHandles(parts)
  const entries = deriveQueueEntries(parts, handles)
  const facts: Facts = { session, rows, areAll, end: parts.end, handles, handled, entries }
  deriveWaits(facts)
  deriveTransfers(facts)
  deriveOutcome(facts)
  deriveVirtualAgents(facts)
  deriveLocalTimes(facts)
}
