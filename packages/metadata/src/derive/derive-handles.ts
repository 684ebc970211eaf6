import type { Row } from '../map/map-object.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import type { FactParts, HandleFacts } from './facts.ts'
import { fillInteraction } from './fill-interaction.ts'
import { addSums, fillHandleSums, type HandleSums, handleSums, noSums } from './handle-sums.ts'
import { inOrder, orderBy } from './order-rows.ts'
import type { SessionEnd } from './session-end.ts'

const columns = columnIndexes(
  handleDurationTable,
  'agent_id',
  'transfer_id',
  'duration_seconds',
  'acw_seconds',
  'is_barged',
  'direction',
  'kind',
  'counts_as_handled',
)
const sessionColumns = columnIndexes(sessionTable, 'direction', 'handled_interactions')
export const handleOrder = orderBy(handleDurationTable, 'started_at', 'handle_duration_id')

/**
 * Says what each handle row is, and which rows count as handled, one for each interaction (contract, a.4: one handling is a
 * talk row and a wrap-up row; section e: handled interactions are grouped by agent and transfer).
 */
export function deriveHandles(parts: FactParts): HandleFacts {
  const { session, rows, areAll } = parts
  const areAllHandles = rows.handle_duration.length === 0 || areAll('handle_durations')
  const handles = inOrder(fillKinds(parts), handleOrder)
  const handled: Row[] = []
  let ofSession: HandleSums | undefined
  for (const interaction of interactionsOf(handles)) {
    const sums = areAllHandles ? handleSums(interaction) : noSums
    ofSession = ofSession === undefined ? sums : addSums(ofSession, sums)
    const talk = interaction.find((row) => row[columns.kind] === 'talk')
    if (talk !== undefined) {
      talk[columns.counts_as_handled] = true
      handled.push(talk)
    }
    fillInteraction(talk ?? interaction[0] ?? [], interaction, sums)
  }
  if (ofSession !== undefined) fillHandleSums(session, ofSession)
  session[sessionColumns.handled_interactions] = areAllHandles ? handled.length : null
  return { handles, handled: inOrder(handled, handleOrder) }
}

/** Returns the rows without barges. */
function fillKinds({ session, rows, end }: FactParts): readonly Row[] {
  const own: Row[] = []
  for (const row of rows.handle_duration) {
    const kind = kindOf(row, end)
    row[columns.direction] = session[sessionColumns.direction]
    row[columns.kind] = kind
    row[columns.counts_as_handled] = false
    if (kind !== 'barge') own.push(row)
  }
  return own
}

/** A barge is another agent who joins a running call. An attempt is a call whose end user was never connected. */
function kindOf(row: Row, { channel, wasConnected }: SessionEnd): 'barge' | 'wrap_up' | 'attempt' | 'talk' {
  if (row[columns.is_barged] === true) return 'barge'
  const acwSeconds = row[columns.acw_seconds]
  if (row[columns.duration_seconds] === 0 && typeof acwSeconds === 'number' && acwSeconds > 0)
    return 'wrap_up'
  return channel === 'call' && !wasConnected ? 'attempt' : 'talk'
}

function isSameInteraction(one: Row, other: Row): boolean {
  return (
    one[columns.agent_id] === other[columns.agent_id] &&
    one[columns.transfer_id] === other[columns.transfer_id]
  )
}

/** The rows of each agent and transfer. An agent who takes part again does so by another transfer. */
function interactionsOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const [first] = rows
  if (first === undefined) return []
  if (rows.every((row) => isSameInteraction(row, first))) return [rows]
  return [...Map.groupBy(rows, (row) => `${row[columns.agent_id]}/${row[columns.transfer_id]}`).values()]
}
