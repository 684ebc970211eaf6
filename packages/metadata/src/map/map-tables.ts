import { isJsonObject, type JsonObject } from '../read/parse-json.ts'
import { childTables } from '../tables/all-tables.ts'
import { isEmpty } from '../tables/columns.ts'
import { recordingTable } from '../tables/recording.ts'
import { recordingRedactionTable } from '../tables/recording-redaction.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes, type TableName } from '../tables/table-spec.ts'
import type { TimeResult } from '../times/times.ts'
import { columnTree } from './column-tree.ts'
import { blankRow, childReader, mapChildren } from './map-children.ts'
import { isRowOrRows, mapObject, type ObjectContext, type Row } from './map-object.ts'

export type Rows = Record<TableName, Row[]>

export type MappedTables = {
  session: Row
  rows: Rows
  /** The parts of the document that have no column yet. */
  extra: JsonObject
}

const sessionTree = columnTree(sessionTable, { arraysOfRows: childTables })
const childReaders = childTables.map(childReader)
const redactionReader = childReader(recordingRedactionTable)
const blankSession = blankRow(sessionTable)
const sessionColumns = columnIndexes(sessionTable, 'source', 'channel', 'utc_offset_minutes')
const recordingColumns = columnIndexes(recordingTable, 'recording_id', 'extra')
const redactionColumns = columnIndexes(recordingRedactionTable, 'recording_id')

/** Maps the document's own columns and the rows of its arrays. Computed columns are not filled yet. */
export function mapTables(
  document: JsonObject,
  source: string,
  created: TimeResult,
  reading: ObjectContext,
): MappedTables {
  const session = blankSession.slice()
  const extra = mapObject(session, sessionTree, document, reading) ?? {}
  session[sessionColumns.source] = source
  session[sessionColumns.channel] = reading.channel
  session[sessionColumns.utc_offset_minutes] = created.utcOffsetMinutes
  const rows = noRows()
  rows.session.push(session)
  const keep = (array: string, left: unknown) => {
    extra[array] = left
  }
  for (const reader of childReaders) {
    mapChildren(reader, document, { rows: rows[reader.table.name], keep }, reading)
  }
  for (const recording of rows.recording) mapRedactions(recording, rows.recording_redaction, reading)
  return { session, rows, extra }
}

function noRows(): Rows {
  return {
    session: [],
    call_participant: [],
    transfer: [],
    handle_duration: [],
    queue_duration: [],
    virtual_agent_handle_duration: [],
    consumer_handle_duration: [],
    consumer_event_duration: [],
    consumer_in_menu_duration: [],
    disposition: [],
    recording: [],
    escalation: [],
    deflected_escalation: [],
    deflection: [],
    offer_event: [],
    media: [],
    session_message: [],
    wait_time_virtual_agent: [],
    recording_redaction: [],
  }
}

/** The only array within an array: the redacted spans of a recording. */
function mapRedactions(recording: Row, rows: Row[], reading: ObjectContext): void {
  const extra = recording[recordingColumns.extra]
  if (!isJsonObject(extra) || !isRowOrRows(extra.redaction_times, false)) return
  const { redaction_times: _, ...rest } = extra
  const keep = (array: string, left: unknown) => {
    rest[array] = left
  }
  const begin = (row: Row) => {
    row[redactionColumns.recording_id] = recording[recordingColumns.recording_id]
  }
  mapChildren(redactionReader, extra, { rows, keep, begin }, reading)
  recording[recordingColumns.extra] = isEmpty(rest) ? undefined : rest
}
