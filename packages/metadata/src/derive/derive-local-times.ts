import type { Row } from '../map/map-object.ts'
import type { Rows } from '../map/map-tables.ts'
import { tables } from '../tables/all-tables.ts'
import { deflectionTable } from '../tables/deflection.ts'
import { dispositionTable } from '../tables/disposition.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import { transferTable } from '../tables/transfer.ts'
import { localMoment } from '../times/local-time.ts'
import type { Facts } from './facts.ts'
import { pairFinder, rowFinder } from './find-row.ts'
import { momentOf } from './order-rows.ts'
import { isSet } from './session-end.ts'

const sessionColumns = columnIndexes(sessionTable, 'created_at', 'utc_offset_minutes', 'local_created_at')
const dispositionColumns = columnIndexes(dispositionTable, 'user_id', 'transfer_id', 'local_at')
const deflectionColumns = columnIndexes(deflectionTable, 'transfer_id', 'local_at')
const handleColumns = columnIndexes(handleDurationTable, 'agent_id', 'transfer_id', 'local_started_at')
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
export function deriveLocalTimes({ session, rows, handles }: Facts): void {
  const createdAt = momentOf(session[sessionColumns.created_at])
  const offset = session[sessionColumns.utc_offset_minutes]
  const ofSession =
    createdAt === undefined ? null : localMoment(createdAt, typeof offset === 'number' ? offset : 0)
  session[sessionColumns.local_created_at] = ofSession
  fillDispositions(rows.disposition, handles)
  fillDeflections(rows)
  for (const { name, local } of localColumns) {
    for (const row of rows[name]) row[local] ??= ofSession
  }
}

/** A disposition has no time: it counts when the handling began that it belongs to. */
function fillDispositions(dispositions: readonly Row[], handles: readonly Row[]): void {
  if (dispositions.length === 0) return
  const { agent_id: agent, transfer_id: transfer, local_started_at } = handleColumns
  const handlingOf = pairFinder(handles, { agent, transfer })
  for (const row of dispositions) {
    const handling = handlingOf(row[dispositionColumns.user_id], row[dispositionColumns.transfer_id])
    row[dispositionColumns.local_at] = handling?.[local_started_at]
  }
}

/** A deflection has no time: it counts when its transfer was asked for. */
function fillDeflections({ deflection, transfer }: Rows): void {
  if (deflection.length === 0) return
  const transferOf = rowFinder(transfer, (row) => row[transferColumns.transfer_id])
  for (const row of deflection) {
    const id = row[deflectionColumns.transfer_id]
    if (isSet(id)) row[deflectionColumns.local_at] = transferOf(id)?.[transferColumns.local_created_at]
  }
}
