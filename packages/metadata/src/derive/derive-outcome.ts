import type { Row } from '../map/map-object.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndex, columnIndexes } from '../tables/table-spec.ts'
import { virtualAgentHandleDurationTable } from '../tables/virtual-agent-handle-duration.ts'
import { wasAbandoned } from './entry-outcome.ts'
import type { Facts } from './facts.ts'
import { isDialed, isToQueue, type SessionEnd } from './session-end.ts'

export type SessionOutcome =
  | 'open'
  | 'handled'
  | 'self_served'
  | 'voicemail'
  | 'deflected'
  | 'abandoned_in_menu'
  | 'abandoned_in_queue'
  | 'abandoned_with_virtual_agent'
  | 'no_contact'
  | 'canceled'
  | 'expired'
  | 'failed'

const sessionColumns = columnIndexes(sessionTable, 'outcome', 'after_hours')
const entryOutcomeColumn = columnIndex(queueDurationTable, 'outcome')
const finishReasonColumn = columnIndex(virtualAgentHandleDurationTable, 'finish_reason')

/** Reasons of the vendor, of calls and chats, for sessions that were called off, and for those that waited too long. */
const canceledReasons = new Set(['eu_canceled', 'eu_rejected', 'ag_canceled', 'end_user_opt_out'])
const expiredReasons = new Set([
  'expired',
  'transfer_expired',
  'expired_menu_selection',
  'no_response',
  'customer_timeout',
])

export function deriveOutcome(facts: Facts): void {
  facts.session[sessionColumns.outcome] = outcomeOf(facts)
}

/** How the session ended: the first that applies, so that every session counts once (ADR 33). */
function outcomeOf({ session, rows, end, entries, handled }: Facts): SessionOutcome {
  const finished = (reason: string) =>
    rows.virtual_agent_handle_duration.some((row: Row) => row[finishReasonColumn] === reason)
  if (end.isOpen) return 'open'
  if (handled.length > 0) return 'handled'
  if (finished('resolved')) return 'self_served'
  if (end.status?.startsWith('voicemail') === true) return 'voicemail'
  if (wasDeflected(end, session[sessionColumns.after_hours] === true)) return 'deflected'
  if (end.failReason === 'eu_in_menu_abandoned') return 'abandoned_in_menu'
  if (entries.at(-1)?.[entryOutcomeColumn] === 'abandoned') return 'abandoned_in_queue'
  if (end.channel === 'call' && wasAbandoned(end)) return abandonedWhere(rows, entries)
  if (finished('consumer_ended')) return 'abandoned_with_virtual_agent'
  if (!end.wasConnected && isDialed(session)) return 'no_contact'
  return reasonOf(end)
}

function wasDeflected(
  { channel, status, failReason, deflection }: SessionEnd,
  isAfterHours: boolean,
): boolean {
  if (channel === 'chat' && (failReason === 'after_hours' || isAfterHours)) return true
  return deflection === undefined ? status === 'deflected' : !isToQueue(deflection)
}

/** A call that was abandoned says so, also where it has no stay in a queue, or where the stay names the agent it rang at. */
function abandonedWhere(rows: Facts['rows'], entries: readonly Row[]): SessionOutcome {
  const isInMenu = entries.length === 0 && rows.consumer_in_menu_duration.length > 0
  return isInMenu ? 'abandoned_in_menu' : 'abandoned_in_queue'
}

function reasonOf({ status, failReason }: SessionEnd): SessionOutcome {
  if (status === 'canceled' || (failReason !== undefined && canceledReasons.has(failReason)))
    return 'canceled'
  if (status === 'no_response' || (failReason !== undefined && expiredReasons.has(failReason)))
    return 'expired'
  return status === 'deflected' ? 'deflected' : 'failed'
}
