import type { Row } from '../map/map-object.ts'
import { deflectionTable } from '../tables/deflection.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { columnIndex, columnIndexes } from '../tables/table-spec.ts'
import { transferTable } from '../tables/transfer.ts'
import type { Moment } from '../times/times.ts'
import type { FactParts } from './facts.ts'
import { rowFinder } from './find-row.ts'
import { compareMoments, latestOf, momentOf } from './order-rows.ts'
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
const handleEnd = columnIndex(handleDurationTable, 'ended_at')

/** Judges the stays of one session. */
export type EntryJudge = (entry: Row, isLast: boolean) => EntryOutcome

/** How a stay in a queue ended: the first that applies (ADR 33). */
export function entryJudge({ rows, end }: FactParts, handles: readonly Row[]): EntryJudge {
  const transferOf = rowFinder(rows.transfer, (row) => row[transferColumns.transfer_id])
  const deflectionOfTransfer = rowFinder(
    rows.deflection.filter((row) => deflectionOf(row[deflectionColumns.deflection]) !== undefined),
    (row) => row[deflectionColumns.transfer_id] ?? null,
  )
  const lastHandledAt = latestOf(handles, handleEnd)
  return (entry, isLast) => {
    if (isSet(entry[columns.agent_id])) return 'answered'
    const id = entry[columns.transfer_id] ?? null
    const transfer = id === null ? undefined : transferOf(id)
    if (transfer?.[transferColumns.fail_reason] === 'eu_abandoned') return 'abandoned'
    if (isLast && wasAbandoned(end)) return 'abandoned'
    if (isLast && end.isOpen) return 'open'
    if (isLast && wasCanceled(end)) return 'canceled'
    const isReturning = id !== null && transfer?.[transferColumns.status] !== 'transferred'
    if (isReturning && (!isLast || goesOn(entry, lastHandledAt, end))) return 'returned'
    return wasDeflected(transfer, deflectionOfTransfer(id), isLast, end) ? 'deflected' : 'failed'
  }
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
function goesOn(entry: Row, lastHandledAt: Moment | undefined, { status }: SessionEnd): boolean {
  if (status === 'finished') return true
  return lastHandledAt !== undefined && compareMoments(lastHandledAt, momentOf(entry[columns.ended_at])) > 0
}

function wasDeflected(
  transfer: Row | undefined,
  named: Row | undefined,
  isLast: boolean,
  { status, deflection }: SessionEnd,
): boolean {
  if (deflectionOf(transfer?.[transferColumns.deflection]) !== undefined || named !== undefined) return true
  if (!isLast) return isToQueue(deflection)
  return deflection !== undefined || status === 'deflected' || status?.startsWith('voicemail') === true
}
