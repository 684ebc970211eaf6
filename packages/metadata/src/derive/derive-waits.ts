import { handleDurationTable } from '../tables/handle-duration.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import type { Facts } from './facts.ts'
import { pairFinder } from './find-row.ts'

const columns = columnIndexes(handleDurationTable, 'agent_id', 'transfer_id', 'interaction_wait_seconds')
const queueColumns = columnIndexes(queueDurationTable, 'agent_id', 'transfer_id', 'duration_seconds')

/**
 * Gives each handled interaction the wait in the queue entry that it came from, so that the time until the agent accepted is
 * one row's (contract, section e: the agents' report). An agent who let a session pass and got it again answered the later.
 */
export function deriveWaits({ entries, handled }: Facts): void {
  if (handled.length === 0 || entries.length === 0) return
  const { agent_id: agent, transfer_id: transfer } = queueColumns
  const entryOf = pairFinder(entries.toReversed(), { agent, transfer })
  for (const talk of handled) {
    const entry = entryOf(talk[columns.agent_id], talk[columns.transfer_id])
    const seconds = entry?.[queueColumns.duration_seconds]
    if (typeof seconds === 'number' && seconds >= 0) talk[columns.interaction_wait_seconds] = seconds
  }
}
