import type { Row } from '../map/map-object.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import { entryJudge } from './entry-outcome.ts'
import type { FactParts } from './facts.ts'
import { secondsOrNull } from './handle-sums.ts'
import { inOrder, orderBy } from './order-rows.ts'
import { isSet } from './session-end.ts'

const columns = columnIndexes(
  queueDurationTable,
  'menu_path_id',
  'menu_path',
  'duration_seconds',
  'service_level_abandon_seconds',
  'direction',
  'is_first',
  'is_last',
  'outcome',
  'is_short_abandon',
)
const sessionColumns = columnIndexes(
  sessionTable,
  'direction',
  'first_menu_path_id',
  'first_menu_path',
  'last_menu_path_id',
  'last_menu_path',
  'queue_entries',
  'answer_seconds',
  'queue_wait_seconds',
)
export const queueOrder = orderBy(queueDurationTable, 'started_at', 'queue_duration_id')

/**
 * Says how each stay in a queue ended, and returns the stays by start. Rows from agent to agent have no queue and are left
 * out of every figure of queues (contract, b.2 and section e).
 */
export function deriveQueueEntries(parts: FactParts, handles: readonly Row[]): readonly Row[] {
  const { session, rows, areAll } = parts
  for (const row of rows.queue_duration) row[columns.direction] = session[sessionColumns.direction]
  const entries = inOrder(
    rows.queue_duration.filter((row) => isSet(row[columns.menu_path_id])),
    queueOrder,
  )
  const areAllEntries = areAll('queue_durations')
  session[sessionColumns.queue_entries] = areAllEntries ? entries.length : null
  session[sessionColumns.queue_wait_seconds] = areAllEntries ? sumOfWaits(entries) : null
  const [first] = entries
  const last = entries.at(-1)
  if (first === undefined || last === undefined) return entries
  session[sessionColumns.first_menu_path_id] = first[columns.menu_path_id]
  session[sessionColumns.first_menu_path] = first[columns.menu_path]
  session[sessionColumns.last_menu_path_id] = last[columns.menu_path_id]
  session[sessionColumns.last_menu_path] = last[columns.menu_path]
  const outcomeOf = entryJudge(parts, handles)
  for (const entry of entries) {
    entry[columns.is_first] = entry === first
    entry[columns.is_last] = entry === last
    entry[columns.outcome] = outcomeOf(entry, entry === last)
    entry[columns.is_short_abandon] = isShortAbandon(entry)
  }
  const answered = entries.find((entry) => entry[columns.outcome] === 'answered')
  session[sessionColumns.answer_seconds] = answered === undefined ? null : secondsOf(answered)
  return entries
}

/** Null if a stay has no usable duration, because a partial sum is wrong (contract, section g, rule 17). */
function sumOfWaits(entries: readonly Row[]): number | null {
  let sum = 0
  for (const entry of entries) sum += secondsOf(entry) ?? Number.NaN
  return secondsOrNull(sum)
}

/** Some releases of the platform wrote negative durations (contract, h.1). */
function secondsOf(entry: Row): number | null {
  const seconds = entry[columns.duration_seconds]
  return typeof seconds === 'number' && seconds >= 0 ? seconds : null
}

/** Contract, section e: the threshold stands on each row. Without one, nothing says whether an abandon was short. */
function isShortAbandon(entry: Row): boolean | null {
  if (entry[columns.outcome] !== 'abandoned') return false
  const seconds = secondsOf(entry)
  const threshold = entry[columns.service_level_abandon_seconds]
  return seconds === null || typeof threshold !== 'number' ? null : seconds < threshold
}
