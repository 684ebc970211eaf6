import type { Row } from '../map/map-object.ts'
import type { ColumnValue } from '../tables/columns.ts'
import { escalationTable } from '../tables/escalation.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndex, columnIndexes } from '../tables/table-spec.ts'
import { virtualAgentHandleDurationTable } from '../tables/virtual-agent-handle-duration.ts'
import { handleOrder } from './derive-handles.ts'
import { queueOrder } from './derive-queue-entries.ts'
import type { Facts } from './facts.ts'
import { compareMoments, inOrder, momentOf, orderBy } from './order-rows.ts'
import { deflectionOf, isToQueue } from './session-end.ts'

export type VirtualAgentOutcome =
  | 'resolved'
  | 'escalated_answered'
  | 'escalated_abandoned'
  | 'escalated_deflected'
  | 'escalated_other'
  | 'left'
  | 'failed'

const columns = columnIndexes(
  virtualAgentHandleDurationTable,
  'virtual_agent_id',
  'finish_reason',
  'direction',
  'is_first',
  'outcome',
)
const order = orderBy(virtualAgentHandleDurationTable, 'started_at', 'virtual_agent_handle_duration_id')
const sessionColumns = columnIndexes(sessionTable, 'direction', 'virtual_agent_first', 'outcome')
const entryOutcomeColumn = columnIndex(queueDurationTable, 'outcome')
const handleStart = columnIndex(handleDurationTable, 'started_at')
const escalationColumns = columnIndexes(escalationTable, 'status', 'deflection', 'from_virtual_agent_id')

/** Tells how each handling by a virtual agent ended: contained, handed over with what result, left, or failed. */
export function deriveVirtualAgents(facts: Facts): void {
  const { session, rows } = facts
  const stays = inOrder(rows.virtual_agent_handle_duration, order)
  const [first] = stays
  session[sessionColumns.virtual_agent_first] = first !== undefined && isBeforeOthers(first, rows)
  for (const stay of stays) {
    stay[columns.direction] = session[sessionColumns.direction]
    stay[columns.is_first] = stay === first
    stay[columns.outcome] = outcomeOf(stay, facts)
  }
}

function isBeforeOthers(stay: Row, { queue_duration, handle_duration }: Facts['rows']): boolean {
  const start = momentOf(stay[order.time])
  const isLater = (rows: readonly Row[], time: number) =>
    rows.every((row) => compareMoments(start, momentOf(row[time])) <= 0)
  return isLater(queue_duration, queueOrder.time) && isLater(handle_duration, handleOrder.time)
}

/** Null while the session is open and nothing says how the handling ended. */
function outcomeOf(stay: Row, facts: Facts): VirtualAgentOutcome | null {
  const reason = stay[columns.finish_reason]
  if (reason === 'resolved') return hasLaterHandling(stay, facts) ? 'escalated_answered' : 'resolved'
  if (reason === 'escalated') return escalationOutcome(stay, facts)
  if (reason === 'consumer_ended') return 'left'
  const isUnsaid = reason === undefined || reason === null || reason === 'undefined'
  return isUnsaid && facts.end.isOpen ? null : 'failed'
}

function escalationOutcome(stay: Row, facts: Facts): VirtualAgentOutcome {
  if (hasLaterHandling(stay, facts)) return 'escalated_answered'
  const last = facts.entries.at(-1)
  const isLater =
    last !== undefined && compareMoments(momentOf(last[queueOrder.time]), momentOf(stay[order.time])) >= 0
  if (isLater && last[entryOutcomeColumn] === 'abandoned') return 'escalated_abandoned'
  return wasDeflected(stay[columns.virtual_agent_id], facts) ? 'escalated_deflected' : 'escalated_other'
}

function hasLaterHandling(stay: Row, { handled }: Facts): boolean {
  const start = momentOf(stay[order.time])
  return handled.some((row) => compareMoments(momentOf(row[handleStart]), start) >= 0)
}

/** A redirection to another queue is no deflection: agents may answer there. */
function wasDeflected(virtualAgentId: ColumnValue | undefined, { rows, session }: Facts): boolean {
  if (session[sessionColumns.outcome] === 'deflected' || session[sessionColumns.outcome] === 'voicemail')
    return true
  return rows.escalation.some(
    (row) =>
      row[escalationColumns.from_virtual_agent_id] === virtualAgentId &&
      row[escalationColumns.status] === 'deflected' &&
      !isToQueue(deflectionOf(row[escalationColumns.deflection])),
  )
}
