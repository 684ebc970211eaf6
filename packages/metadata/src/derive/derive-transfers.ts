import type { Row } from '../map/map-object.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndex, columnIndexes } from '../tables/table-spec.ts'
import { transferTable } from '../tables/transfer.ts'
import { virtualAgentHandleDurationTable } from '../tables/virtual-agent-handle-duration.ts'
import type { Facts } from './facts.ts'
import { type RowFinder, rowFinder } from './find-row.ts'
import { isSet } from './session-end.ts'
import { stayFinder } from './stay-before.ts'

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
const handleTransfer = columnIndex(handleDurationTable, 'transfer_id')
const virtualAgentTransfer = columnIndex(virtualAgentHandleDurationTable, 'transfer_id')
const completedTransfers = columnIndex(sessionTable, 'completed_transfers')

/** The rows that name a transfer. */
type Named = { entry: RowFinder; wait: RowFinder; handle: RowFinder; virtualAgent: RowFinder }

/** The documents do not say between which queues a transfer went: the durations do. */
export function deriveTransfers({ session, rows, handles, entries, areAll }: Facts): void {
  const completed = rows.transfer.filter((row) => row[columns.status] === 'transferred').length
  session[completedTransfers] = areAll('transfers') ? completed : null
  if (rows.transfer.length === 0) return
  const queueTransfer = (row: Row) => row[queueColumns.transfer_id]
  const named: Named = {
    entry: rowFinder(entries, queueTransfer),
    wait: rowFinder(rows.queue_duration, queueTransfer),
    handle: rowFinder(rows.handle_duration, (row) => row[handleTransfer]),
    virtualAgent: rowFinder(rows.virtual_agent_handle_duration, (row) => row[virtualAgentTransfer]),
  }
  const agentStay = stayFinder(handleDurationTable, 'agent_id', handles)
  const virtualAgentStay = stayFinder(
    virtualAgentHandleDurationTable,
    'virtual_agent_id',
    rows.virtual_agent_handle_duration,
  )
  for (const transfer of rows.transfer) {
    const at = transfer[columns.created_at]
    const entry = named.entry(transfer[columns.transfer_id])
    transfer[columns.from_menu_path_id] ??= isSet(transfer[columns.from_agent_id])
      ? agentStay(transfer[columns.from_agent_id], at)
      : virtualAgentStay(transfer[columns.from_virtual_agent_id], at)
    transfer[columns.to_menu_path_id] ??= entry?.[queueColumns.menu_path_id]
    transfer[columns.target_kind] = targetOf(transfer, named)
  }
}

function targetOf(transfer: Row, { wait, handle, virtualAgent }: Named): string {
  const id = transfer[columns.transfer_id]
  if (isSet(transfer[columns.to_virtual_agent_id]) || virtualAgent(id) !== undefined) return 'virtual_agent'
  if (isSet(transfer[columns.to_menu_path_id]) || isSet(transfer[columns.to_menu_path])) return 'queue'
  const isToAgent = isSet(transfer[columns.to_agent_id]) || wait(id) !== undefined || handle(id) !== undefined
  return isToAgent ? 'agent' : 'other'
}
