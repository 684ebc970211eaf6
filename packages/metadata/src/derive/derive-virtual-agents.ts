import type { Row } from '../map/map-object.ts'
import type { ColumnValue } from '../tables/columns.ts'
import { escalationTable } from '../tables/escalation.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndex, columnIndexes } from '../tables/table-spec.ts'
import { virtualAgentHandleDurationTable } from '../tables/virtual-agent-handle-duration.ts'
import type { Moment } from '../times/times.ts'
import { handleOrder } from './derive-handles.ts'
import { queueOrder } from './derive-queue-entries.ts'
import type { Facts } from './facts.ts'
import { compareMoments, inOrder, latestOf, momentOf, orderBy } from './order-rows.ts'
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
const escalationColumns = columnIndexes(escalationTable, 'status', 'deflection', 'from_virtual_agent_id')

/** What happened in the session, for the handlings of its virtual agents. */
type Later = {
  isOpen: boolean
  handledAt: Moment | undefined
  /** When the last stay in a queue began, if it was abandoned. */
  abandonedAt: Moment | undefined
  isDeflected(virtualAgentId: ColumnValue | undefined): boolean
}

/** Says how each handling by a virtual agent ended: contained, handed over with what result, left, or failed. */
export function deriveVirtualAgents(facts: Facts): void {
  const { session, rows } = facts
  const stays = inOrder(rows.virtual_agent_handle_duration, order)
  const [first] = stays
  session[sessionColumns.virtual_agent_first] = first !== undefined && isBeforeOthers(first, rows)
  if (first === undefined) return
  const later = laterOf(facts)
  for (const stay of stays) {
    stay[columns.direction] = session[sessionColumns.direction]
    stay[columns.is_first] = stay === first
    stay[columns.outcome] = outcomeOf(stay, later)
  }
}

function isBeforeOthers(stay: Row, { queue_duration, handle_duration }: Facts['rows']): boolean {
  const start = momentOf(stay[order.time])
  const isLater = (rows: readonly Row[], time: number) =>
    rows.every((row) => compareMoments(start, momentOf(row[time])) <= 0)
  return isLater(queue_duration, queueOrder.time) && isLater(handle_duration, handleOrder.time)
}

function laterOf({ session, rows, end, entries, handled }: Facts): Later {
  const last = entries.at(-1)
  const wasAbandoned = last?.[entryOutcomeColumn] === 'abandoned'
  const ofSession = session[sessionColumns.outcome]
  const isAll = ofSession === 'deflected' || ofSession === 'voicemail'
  const deflected = new Set(
    rows.escalation.filter(wasDeflected).map((row) => row[escalationColumns.from_virtual_agent_id]),
  )
  return {
    isOpen: end.isOpen,
    handledAt: latestOf(handled, handleOrder.time),
    abandonedAt: wasAbandoned ? momentOf(last?.[queueOrder.time]) : undefined,
    isDeflected: (virtualAgentId) => isAll || deflected.has(virtualAgentId),
  }
}

/** A redirection to another queue is no deflection: agents may answer there. */
function wasDeflected(escalation: Row): boolean {
  if (escalation[escalationColumns.status] !== 'deflected') return false
  return !isToQueue(deflectionOf(escalation[escalationColumns.deflection]))
}

/** Null while the session is open and nothing says how the handling ended. */
function outcomeOf(stay: Row, later: Later): VirtualAgentOutcome | null {
  const reason = stay[columns.finish_reason]
  if (reason === 'resolved') return isAfter(later.handledAt, stay) ? 'escalated_answered' : 'resolved'
  if (reason === 'escalated') return escalationOutcome(stay, later)
  if (reason === 'consumer_ended') return 'left'
  const isUnsaid = reason === undefined || reason === null || reason === 'undefined'
  return isUnsaid && later.isOpen ? null : 'failed'
}

function escalationOutcome(stay: Row, later: Later): VirtualAgentOutcome {
  if (isAfter(later.handledAt, stay)) return 'escalated_answered'
  if (isAfter(later.abandonedAt, stay)) return 'escalated_abandoned'
  return later.isDeflected(stay[columns.virtual_agent_id]) ? 'escalated_deflected' : 'escalated_other'
}

function isAfter(moment: Moment | undefined, stay: Row): boolean {
  return moment !== undefined && compareMoments(moment, momentOf(stay[order.time])) >= 0
}
