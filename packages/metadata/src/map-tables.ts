import { columnTree } from './column-tree.ts'
import { saysNothing } from './columns.ts'
import { childReader, mapChildren } from './map-children.ts'
import { mapObject, type ObjectContext, type Row } from './map-object.ts'
import { isJsonObject, type JsonObject } from './parse-json.ts'
import type { TableName } from './table-spec.ts'
import { childTables } from './tables/all-tables.ts'
import { recordingRedactionTable } from './tables/recording-redaction.ts'
import { sessionTable } from './tables/session.ts'
import type { TimeReading } from './times.ts'

export type Rows = Record<TableName, Row[]>

export type MappedTables = {
  session: Row
  rows: Rows
  /** Whatever of the document has no column yet. */
  extra: JsonObject
}

const arraysOfRows = childTables.flatMap((table) => table.rowsFrom.map(({ array }) => array))
const sessionColumns = columnTree(sessionTable, { arraysOfRows })
const childReaders = childTables.map(childReader)
const redactionReader = childReader(recordingRedactionTable)

/** The document's own columns, and the rows of its arrays. What is computed from several places is not filled yet. */
export function mapTables(
  document: JsonObject,
  source: string,
  created: TimeReading,
  reading: ObjectContext,
): MappedTables {
  const { channel, sessionId } = reading
  const session: Row = {}
  const extra = mapObject(session, sessionColumns, document, reading) ?? {}
  session.source = source
  session.channel = channel
  session.utc_offset_minutes = created.utcOffsetMinutes
  const key: Row = { source, channel, session_id: sessionId, session_created_at: created.instant }
  const rows = noRows()
  rows.session.push(session)
  const keep = (array: string, left: unknown[]) => {
    extra[array] = left
  }
  for (const reader of childReaders) {
    mapChildren(reader, document, { key, rows: rows[reader.table.name], keep }, reading)
  }
  for (const recording of rows.recording) mapRedactions(recording, key, rows.recording_redaction, reading)
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

/** The one array within an array: the redacted spans of a recording. */
function mapRedactions(recording: Row, outerKey: Row, rows: Row[], reading: ObjectContext): void {
  const { extra, recording_id: recordingId = null } = recording
  if (!isJsonObject(extra) || !Array.isArray(extra.redaction_times)) return
  const { redaction_times: _, ...rest } = extra
  const key = { ...outerKey, recording_id: recordingId }
  const keep = (array: string, left: unknown[]) => {
    rest[array] = left
  }
  mapChildren(redactionReader, extra, { key, rows, keep }, reading)
  if (saysNothing(rest)) delete recording.extra
  else recording.extra = rest
}
