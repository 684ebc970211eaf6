import type { Row } from '../map/map-object.ts'
import type { Rows } from '../map/map-tables.ts'
import { consumerHandleDurationTable } from '../tables/consumer-handle-duration.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndex, columnIndexes, type TableSpec } from '../tables/table-spec.ts'
import { virtualAgentHandleDurationTable } from '../tables/virtual-agent-handle-duration.ts'

type Average = { count: number; average: number }

const ofHandles = averageOf(handleDurationTable)
const ofConsumers = averageOf(consumerHandleDurationTable)
const ofVirtualAgents = averageOf(virtualAgentHandleDurationTable)
const ofSession = columnIndex(sessionTable, 'average_response_seconds')

function averageOf(table: TableSpec): Average {
  const { response_count, response_seconds_avg } = columnIndexes(
    table,
    'response_count',
    'response_seconds_avg',
  )
  return { count: response_count, average: response_seconds_avg }
}

/** The platform writes 0 as the mean time of no responses. As a number it would lower every mean of it. */
export function dropEmptyAverages(session: Row, rows: Rows): void {
  dropFrom(rows.handle_duration, ofHandles)
  dropFrom(rows.consumer_handle_duration, ofConsumers)
  dropFrom(rows.virtual_agent_handle_duration, ofVirtualAgents)
  const handles = rows.handle_duration
  const hasNoResponse = handles.length > 0 && handles.every((row) => row[ofHandles.count] === 0)
  if (hasNoResponse && isZero(session[ofSession])) session[ofSession] = undefined
}

function dropFrom(rows: readonly Row[], { count, average }: Average): void {
  for (const row of rows) if (row[count] === 0 && isZero(row[average])) row[average] = undefined
}

/** A numeric value may be text: `0.0`. */
function isZero(value: Row[number]): boolean {
  return value === 0 || (typeof value === 'string' && Number(value) === 0)
}
