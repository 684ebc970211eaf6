import type { Row } from '../map/map-object.ts'
import type { Rows } from '../map/map-tables.ts'
import { tables } from '../tables/all-tables.ts'
import type { ColumnValue } from '../tables/columns.ts'
import { deflectionTable } from '../tables/deflection.ts'
import { dispositionTable } from '../tables/disposition.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import { transferTable } from '../tables/transfer.ts'
import { localMoment } from '../times/local-time.ts'
import { handleOrder } from './derive-handles.ts'
import { compareRows, momentOf } from './order-rows.ts'

const sessionColumns = columnIndexes(sessionTable, 'created_at', 'utc_offset_minutes', 'local_created_at')
const dispositionColumns = columnIndexes(dispositionTable, 'user_id', 'transfer_id', 'local_at')
const deflectionColumns = columnIndexes(deflectionTable, 'transfer_id', 'local_at')
const handleColumns = columnIndexes(
  handleDurationTable,
  'agent_id',
  'transfer_id',
  'kind',
  'local_started_at',
)
const transferColumns = columnIndexes(transferTable, 'transfer_id', 'local_created_at')
/** Every table whose rows have a time on the tenant's clock, with its column. */
const localColumns = tables.flatMap(({ name, columns }) => {
  const local = columns.findIndex(({ kind }) => kind === 'local-time')
  return name === 'session' || local === -1 ? [] : [{ name, local }]
})

/**
 * Fills the times on the tenant's clock that no time of the row itself gives. A row without a time counts when its session
 * was created, so that the days of a table always add up to all of its rows.
 */
export function deriveLocalTimes(session: Row, rows: Rows): void {
  const createdAt = momentOf(session[sessionColumns.created_at])
  const offset = session[sessionColumns.utc_offset_minutes]
  const ofSession =
    createdAt === undefined ? null : localMoment(createdAt, typeof offset === 'number' ? offset : 0)
  session[sessionColumns.local_created_at] = ofSession
  for (const row of rows.disposition) row[dispositionColumns.local_at] = startOfHandling(row, rows)
  for (const row of rows.deflection) row[deflectionColumns.local_at] = startOfTransfer(row, rows)
  for (const { name, local } of localColumns) {
    for (const row of rows[name]) row[local] ??= ofSession
  }
}

function startOfHandling(disposition: Row, { handle_duration }: Rows): ColumnValue | undefined {
  const agent = disposition[dispositionColumns.user_id] ?? null
  const transfer = disposition[dispositionColumns.transfer_id] ?? null
  let first: Row | undefined
  for (const row of handle_duration) {
    if (
      (row[handleColumns.agent_id] ?? null) !== agent ||
      (row[handleColumns.transfer_id] ?? null) !== transfer
    )
      continue
    if (row[handleColumns.kind] === 'barge') continue
    if (first === undefined || compareRows(row, first, handleOrder) < 0) first = row
  }
  return first?.[handleColumns.local_started_at]
}

function startOfTransfer(deflection: Row, { transfer }: Rows): ColumnValue | undefined {
  const id = deflection[deflectionColumns.transfer_id] ?? null
  const own = id === null ? undefined : transfer.find((row) => row[transferColumns.transfer_id] === id)
  return own?.[transferColumns.local_created_at]
}
