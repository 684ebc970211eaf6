import type { Row } from '../map/map-object.ts'
import type { ColumnValue } from '../tables/columns.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes, type TableSpec } from '../tables/table-spec.ts'
import { transferTable } from '../tables/transfer.ts'
import { virtualAgentHandleDurationTable } from '../tables/virtual-agent-handle-duration.ts'
import type { Facts } from './facts.ts'
import { compareMoments, momentOf } from './order-rows.ts'
import { isSet } from './session-end.ts'

const columns = columnIndexes(
  transferTable,
  'transfer_id',
  'status',
  'created_at',
  'from_menu_path_id',
  'to_menu_path_id',
  'to_menu_path',
  'from_agent_id',
  'to_agent_id',
  'from_virtual_agent_id',
  'to_virtual_agent_id',
  'target_kind',
)
const queueColumns = columnIndexes(queueDurationTable, 'transfer_id', 'menu_path_id')
const handleKindColumn = columnIndexes(handleDurationTable, 'kind', 'transfer_id')
const { completed_transfers } = columnIndexes(sessionTable, 'completed_transfers')

/** Where the stays of an agent, or of a virtual agent, say who it was, when, and in which queue. */
type Stays = { who: number; startedAt: number; menuPathId: number }
const agentStays = staysOf(handleDurationTable, 'agent_id')
const virtualAgentStays = staysOf(virtualAgentHandleDurationTable, 'virtual_agent_id')
const { transfer_id: virtualAgentTransfer } = columnIndexes(virtualAgentHandleDurationTable, 'transfer_id')

function staysOf(table: TableSpec, whoColumn: string): Stays {
  const indexes = columnIndexes(table, whoColumn, 'started_at', 'menu_path_id')
  return {
    who: indexes[whoColumn] ?? -1,
    startedAt: indexes.started_at ?? -1,
    menuPathId: indexes.menu_path_id ?? -1,
  }
}

/** The documents do not say between which queues a transfer went: the durations do. */
export function deriveTransfers({ session, rows, areAll }: Facts): void {
  const completed = rows.transfer.filter((row) => row[columns.status] === 'transferred').length
  session[completed_transfers] = areAll('transfers') ? completed : null
  for (const transfer of rows.transfer) {
    const id = transfer[columns.transfer_id]
    const waits = rows.queue_duration.filter((row) => row[queueColumns.transfer_id] === id)
    const entry = waits.find((row) => isSet(row[queueColumns.menu_path_id]))
    if (!isSet(transfer[columns.from_menu_path_id]))
      transfer[columns.from_menu_path_id] = originOf(transfer, rows)
    if (!isSet(transfer[columns.to_menu_path_id]))
      transfer[columns.to_menu_path_id] = entry?.[queueColumns.menu_path_id]
    transfer[columns.target_kind] = targetOf(transfer, {
      isToVirtualAgent: rows.virtual_agent_handle_duration.some((row) => row[virtualAgentTransfer] === id),
      isToQueue: entry !== undefined,
      isToAgent:
        waits.length > 0 || rows.handle_duration.some((row) => row[handleKindColumn.transfer_id] === id),
    })
  }
}

/** The queue of the stay that its agent, or virtual agent, had begun last when the transfer was asked for. */
function originOf(
  transfer: Row,
  { handle_duration, virtual_agent_handle_duration }: Facts['rows'],
): ColumnValue {
  const createdAt = momentOf(transfer[columns.created_at])
  if (createdAt === undefined) return null
  const agent = transfer[columns.from_agent_id]
  if (isSet(agent)) {
    const own = handle_duration.filter((row) => row[handleKindColumn.kind] !== 'barge')
    return lastBefore(own, agent, createdAt, agentStays)
  }
  const virtualAgent = transfer[columns.from_virtual_agent_id]
  return isSet(virtualAgent)
    ? lastBefore(virtual_agent_handle_duration, virtualAgent, createdAt, virtualAgentStays)
    : null
}

function lastBefore(
  rows: readonly Row[],
  who: ColumnValue | undefined,
  before: string | number,
  { who: whoColumn, startedAt, menuPathId }: Stays,
): ColumnValue {
  let last: Row | undefined
  for (const row of rows) {
    const start = momentOf(row[startedAt])
    if (row[whoColumn] !== who || start === undefined || compareMoments(start, before) > 0) continue
    if (last === undefined || compareMoments(start, momentOf(last[startedAt])) >= 0) last = row
  }
  return last?.[menuPathId] ?? null
}

type Target = { isToVirtualAgent: boolean; isToQueue: boolean; isToAgent: boolean }

function targetOf(transfer: Row, target: Target): 'virtual_agent' | 'queue' | 'agent' | 'other' {
  if (target.isToVirtualAgent || isSet(transfer[columns.to_virtual_agent_id])) return 'virtual_agent'
  if (target.isToQueue || isSet(transfer[columns.to_menu_path]) || isSet(transfer[columns.to_menu_path_id]))
    return 'queue'
  return target.isToAgent || isSet(transfer[columns.to_agent_id]) ? 'agent' : 'other'
}
