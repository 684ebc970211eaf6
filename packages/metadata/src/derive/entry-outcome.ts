import type { Row } from '../map/map-object.ts'
import type { Rows } from '../map/map-tables.ts'
import { deflectionTable } from '../tables/deflection.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import { transferTable } from '../tables/transfer.ts'
import type { FactParts } from './facts.ts'
import { compareMoments, momentOf } from './order-rows.ts'
import { deflectionOf, isSet, isToQueue, type SessionEnd } from './session-end.ts'

export type EntryOutcome =
  | 'answered'
  | 'abandoned'
  | 'open'
  | 'canceled'
  | 'returned'
  | 'deflected'
  | 'failed'

const columns = columnIndexes(queueDurationTable, 'agent_id', 'transfer_id', 'ended_at')
const transferColumns = columnIndexes(transferTable, 'transfer_id', 'status', 'fail_reason', 'deflection')
const deflectionColumns = columnIndexes(deflectionTable, 'transfer_id', 'deflection')
const handleColumns = columnIndexes(handleDurationTable, 'kind', 'ended_at')

/** How a stay in a queue ended: the first that applies (ADR 33). */
export function entryOutcome(entry: Row, isLast: boolean, { rows, end }: FactParts): EntryOutcome {
  if (isSet(entry[columns.agent_id])) return 'answered'
  const transfer = transferOf(entry, rows)
  if (transfer?.[transferColumns.fail_reason] === 'eu_abandoned') return 'abandoned'
  if (isLast && wasAbandoned(end)) return 'abandoned'
  if (isLast && end.isOpen) return 'open'
  if (isLast && wasCanceled(end)) return 'canceled'
  const isTransferred = transfer?.[transferColumns.status] === 'transferred'
  if (isSet(entry[columns.transfer_id]) && !isTransferred && goesOn(entry, isLast, rows, end))
    return 'returned'
  return wasDeflected(entry, transfer, isLast, { rows, end }) ? 'deflected' : 'failed'
}

function transferOf(entry: Row, { transfer }: Rows): Row | undefined {
  const id = entry[columns.transfer_id]
  return isSet(id) ? transfer.find((row) => row[transferColumns.transfer_id] === id) : undefined
}

/**
 * Contract, section e: for calls the reason of the session says so. Chats have no such reason; that one who waited and left
 * has the status `canceled` is inferred.
 */
export function wasAbandoned({ channel, status, failReason }: SessionEnd): boolean {
  if (status === 'abandoned') return true
  return channel === 'call' ? failReason === 'eu_abandoned' : status === 'canceled'
}

function wasCanceled({ channel, status, failReason }: SessionEnd): boolean {
  return failReason === 'eu_canceled' || (channel === 'call' && status === 'canceled')
}

/** The agent who asked for a transfer that no agent took is still there. */
function goesOn(entry: Row, isLast: boolean, rows: Rows, { status }: SessionEnd): boolean {
  if (!isLast || status === 'finished') return true
  const end = momentOf(entry[columns.ended_at])
  return rows.handle_duration.some(
    (row) =>
      row[handleColumns.kind] !== 'barge' &&
      isSet(row[handleColumns.ended_at]) &&
      compareMoments(momentOf(row[handleColumns.ended_at]), end) > 0,
  )
}

function wasDeflected(
  entry: Row,
  transfer: Row | undefined,
  isLast: boolean,
  { rows, end }: Pick<FactParts, 'rows' | 'end'>,
): boolean {
  if (deflectionOf(transfer?.[transferColumns.deflection]) !== undefined) return true
  const id = entry[columns.transfer_id] ?? null
  const named = rows.deflection.some(
    (row) =>
      (row[deflectionColumns.transfer_id] ?? null) === id &&
      deflectionOf(row[deflectionColumns.deflection]) !== undefined,
  )
  if (named || isToQueue(end.deflection)) return true
  return isLast && (end.deflection !== undefined || endedByDeflection(end))
}

export function endedByDeflection({ status }: SessionEnd): boolean {
  return status === 'deflected' || status?.startsWith('voicemail') === true
}
