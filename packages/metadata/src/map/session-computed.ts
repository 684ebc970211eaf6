import { deriveFacts } from '../derive/derive-facts.ts'
import { isJsonObject, type JsonObject, setKey } from '../read/parse-json.ts'
import type { Channel } from '../read/session-type.ts'
import { directionOf } from '../read/session-type.ts'
import { callParticipantTable } from '../tables/call-participant.ts'
import { isEmpty, noTimes, readColumn, readValue, type SourcedKind, unreadable } from '../tables/columns.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndex, columnIndexes } from '../tables/table-spec.ts'
import { transferTable } from '../tables/transfer.ts'
import { findTerm, indexTerms } from '../vocabulary/find-term.ts'
import { sessionTypeVocabulary } from '../vocabulary/session-type.ts'
import { statusVocabulary } from '../vocabulary/status.ts'
import { agentVariantOf } from './agent-variant.ts'
import { areAllRows, countElements } from './count-rows.ts'
import type { Row } from './map-object.ts'
import type { Rows } from './map-tables.ts'

type Parts = {
  session: Row
  rows: Rows
  document: JsonObject
  extra: JsonObject
  channel: Channel
}

const sessionTypes = indexTerms(sessionTypeVocabulary)
const statuses = indexTerms(statusVocabulary)

const sessionColumns = columnIndexes(
  sessionTable,
  'session_type',
  'session_type_legacy',
  'direction',
  'status',
  'status_code',
  'photo_count',
  'video_count',
  'recording_count',
  'disposition_count',
  'participant_count',
  'agent_count',
  'transfer_count',
  'virtual_agent_id',
)
const participantColumns = columnIndexes(callParticipantTable, 'type', 'user_id', 'participant_id')
const transferColumns = columnIndexes(transferTable, 'transfer_id', 'is_cold')
/** Tables whose rows reference a transfer and say whether it was cold. */
const namingTransfers = {
  handles: columnIndexes(handleDurationTable, 'transfer_id', 'is_transfer_cold'),
  queues: columnIndexes(queueDurationTable, 'transfer_id', 'is_transfer_cold'),
}

/** Fills the columns that are computed from several parts of the document (docs/data-dictionary.md, `session`). */
export function fillComputed({ session, rows, document, extra, channel }: Parts): void {
  fillSessionType(session, channel)
  const status = session[sessionColumns.status]
  if (typeof status === 'string' && channel === 'call')
    session[sessionColumns.status_code] = codeOfStatus(status)
  const areAll = (array: string) => areAllRows(array, document, extra)
  fillColdTransfers(rows.transfer, rows.handle_duration, rows.queue_duration)
  takeAgentInfo(session, extra, document.agent_info)
  takeVirtualAgent(session, extra)
  session[sessionColumns.photo_count] = countElements(document.photos)
  session[sessionColumns.video_count] = countElements(document.videos)
  session[sessionColumns.recording_count] = countElements(document.recordings)
  session[sessionColumns.disposition_count] = countElements(document.dispositions)
  const areAllParticipants = areAll('participants')
  session[sessionColumns.participant_count] = areAllParticipants ? rows.call_participant.length : null
  session[sessionColumns.agent_count] = areAllParticipants ? countAgents(rows.call_participant) : null
  session[sessionColumns.transfer_count] = areAll('transfers') ? rows.transfer.length : null
  deriveFacts({ channel, session, rows, areAll })
}

/** Null if a participant has no type. */
function countAgents(participants: readonly Row[]): number | null {
  if (participants.some((row) => typeof row[participantColumns.type] !== 'string')) return null
  const agents = participants.filter((row) => row[participantColumns.type] === 'agent')
  const ids = agents.map(
    (row) => row[participantColumns.user_id] ?? `participant ${row[participantColumns.participant_id]}`,
  )
  return new Set(ids).size
}

/** The legacy type stays in its own column, as sent. */
function fillSessionType(session: Row, channel: Channel): void {
  const legacy = session[sessionColumns.session_type_legacy]
  const ofLegacy =
    typeof legacy === 'string' ? (findTerm(sessionTypes, channel, legacy)?.term.value ?? legacy) : null
  const type = session[sessionColumns.session_type] ?? ofLegacy
  session[sessionColumns.session_type] = type
  if (typeof type === 'string') session[sessionColumns.direction] = directionOf(type)
}

/** An unknown status that was sent as a code keeps its code. Chat statuses have no known codes. */
function codeOfStatus(status: string): number | null {
  const found = findTerm(statuses, 'call', status)
  if (found !== undefined) return found.term.code
  return /^\d{1,4}$/.test(status) ? Number(status) : null
}

/** A transfer does not say whether it was cold. The queue or handle row that references it does. */
function fillColdTransfers(transfers: Row[], handles: Row[], queues: Row[]): void {
  if (transfers.length === 0) return
  const coldByTransfer = new Map<unknown, boolean>()
  noteColdTransfers(handles, namingTransfers.handles, coldByTransfer)
  noteColdTransfers(queues, namingTransfers.queues, coldByTransfer)
  for (const transfer of transfers) {
    const cold = coldByTransfer.get(transfer[transferColumns.transfer_id])
    if (cold !== undefined) transfer[transferColumns.is_cold] = cold
  }
}

function noteColdTransfers(
  rows: Row[],
  columns: (typeof namingTransfers)['handles'],
  coldByTransfer: Map<unknown, boolean>,
): void {
  for (const row of rows) {
    const id = row[columns.transfer_id]
    const cold = row[columns.is_transfer_cold]
    if (typeof cold === 'boolean') coldByTransfer.set(id, cold || coldByTransfer.get(id) === true)
  }
}

/** `agent_info` is a person or a virtual agent (contract, a.1.7). If it could be both, it stays in `extra`. */
function takeAgentInfo(session: Row, extra: JsonObject, info: unknown): void {
  if (!isJsonObject(info) || !isJsonObject(extra.agent_info)) return
  const variant = agentVariantOf(info)
  if (variant === undefined) return
  const columns = variant === 'person' ? agentColumns : virtualAgentColumns
  keepLeft(extra, 'agent_info', take(session, info, columns))
}

/** The top-level virtual agent of the Manager API (contract, b.1), if `agent_info` has none. */
function takeVirtualAgent(session: Row, extra: JsonObject): void {
  if (!isJsonObject(extra.virtual_agent) || session[sessionColumns.virtual_agent_id] !== undefined) return
  keepLeft(extra, 'virtual_agent', take(session, extra.virtual_agent, virtualAgentColumns))
}

type ColumnOfKey = { index: number; kind: SourcedKind; key: string }

const virtualAgentColumns: readonly ColumnOfKey[] = [
  { index: columnIndex(sessionTable, 'virtual_agent_id'), kind: 'id', key: 'id' },
  { index: columnIndex(sessionTable, 'virtual_agent_name'), kind: 'text', key: 'name' },
]

const agentColumns: readonly ColumnOfKey[] = [
  { index: columnIndex(sessionTable, 'agent_id'), kind: 'id', key: 'id' },
  { index: columnIndex(sessionTable, 'agent_name'), kind: 'text', key: 'name' },
  { index: columnIndex(sessionTable, 'agent_email'), kind: 'word', key: 'email' },
  { index: columnIndex(sessionTable, 'agent_number'), kind: 'word', key: 'agent_number' },
]

/** Fills the columns that are empty and can hold the value, and returns the rest of the object. */
function take(session: Row, object: JsonObject, columns: readonly ColumnOfKey[]): JsonObject {
  const taken: string[] = []
  for (const { index, kind, key } of columns) {
    if (session[index] !== undefined) continue
    const value = readValue(readColumn[kind], object[key], noTimes)
    if (value === unreadable || value === null) continue
    session[index] = value
    taken.push(key)
  }
  const left: JsonObject = {}
  for (const key in object) {
    if (!taken.includes(key) && !isEmpty(object[key])) setKey(left, key, object[key])
  }
  return left
}

function keepLeft(extra: JsonObject, key: string, left: JsonObject): void {
  if (isEmpty(left)) delete extra[key]
  else extra[key] = left
}
