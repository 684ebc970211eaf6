import type { Row } from '../map/map-object.ts'
import type { ColumnValue } from '../tables/columns.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import { type HandleSums, secondsOrNull } from './handle-sums.ts'
import { latestOf } from './order-rows.ts'

const columns = columnIndexes(
  handleDurationTable,
  'ended_at',
  'response_count',
  'response_seconds_total',
  'response_seconds_max',
  'interaction_talk_seconds',
  'interaction_hold_seconds',
  'interaction_acw_seconds',
  'interaction_bcw_seconds',
  'interaction_connect_seconds',
  'interaction_ended_at',
  'interaction_response_count',
  'interaction_response_seconds_total',
  'interaction_response_seconds_max',
)

/** Fills the sums over an interaction's rows into one of them, so that they are never counted twice. */
export function fillInteraction(target: Row, rows: readonly Row[], sums: HandleSums): void {
  const { connected, hold, acw, bcw, assigned } = sums
  target[columns.interaction_talk_seconds] = secondsOrNull(connected - hold)
  target[columns.interaction_hold_seconds] = secondsOrNull(hold)
  target[columns.interaction_acw_seconds] = secondsOrNull(acw)
  target[columns.interaction_bcw_seconds] = secondsOrNull(bcw)
  target[columns.interaction_connect_seconds] = secondsOrNull(assigned)
  target[columns.interaction_ended_at] = latestOf(rows, columns.ended_at)
  if (rows.some((row) => typeof row[columns.response_count] === 'number')) fillResponses(target, rows)
}

/** An interaction of a chat. The longest response of none is null, not 0. */
function fillResponses(target: Row, rows: readonly Row[]): void {
  let count = 0
  let total = 0
  let longest = 0
  for (const row of rows) {
    count += numberOf(row[columns.response_count])
    total += numberOf(row[columns.response_seconds_total])
    longest = Math.max(longest, numberOf(row[columns.response_seconds_max]))
  }
  target[columns.interaction_response_count] = secondsOrNull(count)
  // The sum of doubles would show digits that no row has.
  target[columns.interaction_response_seconds_total] = Math.round(total * 1_000) / 1_000
  target[columns.interaction_response_seconds_max] = count > 0 ? longest : null
}

/** A numeric value may be text. */
function numberOf(value: ColumnValue | undefined): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : 0
}
