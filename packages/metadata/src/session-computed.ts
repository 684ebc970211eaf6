import { agentVariantOf } from './agent-variant.ts'
import { type ColumnKind, noTimes, readColumn, readValue, saysNothing, unreadable } from './columns.ts'
import { areAllRows, countElements } from './count-rows.ts'
import { fillHandleSums } from './handle-sums.ts'
import type { Row } from './map-object.ts'
import type { Rows } from './map-tables.ts'
import { isJsonObject, type JsonObject, setKey } from './parse-json.ts'
import type { Channel } from './session-type.ts'
import { directionOf } from './session-type.ts'
import { placeOf, placesOf } from './table-spec.ts'
import { callParticipantTable } from './tables/call-participant.ts'
import { handleDurationTable } from './tables/handle-duration.ts'
import { queueDurationTable } from './tables/queue-duration.ts'
import { sessionTable } from './tables/session.ts'
import { transferTable } from './tables/transfer.ts'
import { findTerm, indexTerms } from './vocabulary/find-term.ts'
import { sessionTypeVocabulary } from './vocabulary/session-type.ts'
import { statusVocabulary } from './vocabulary/status.ts'

type Parts = {
  session: Row
  rows: Rows
  document: JsonObject
  extra: JsonObject
  channel: Channel
}

const sessionTypes = indexTerms(sessionTypeVocabulary)
const statuses = indexTerms(statusVocabulary)

const ofSession = placesOf(
  sessionTable,
  ...(['session_type', 'session_type_legacy', 'direction', 'status', 'status_code'] as const),
  ...(['photo_count', 'video_count', 'participant_count', 'agent_count', 'transfer_count'] as const),
  ...(['virtual_agent_id'] as const),
)
const ofParticipant = placesOf(callParticipantTable, 'type', 'user_id', 'participant_id')
const ofTransfer = placesOf(transferTable, 'transfer_id', 'is_cold')
/** Tables whose rows name a transfer, and say whether it was cold. */
const namingTransfers = {
  handles: placesOf(handleDurationTable, 'transfer_id', 'is_transfer_cold'),
  queues: placesOf(queueDurationTable, 'transfer_id', 'is_transfer_cold'),
}

/** Fills the columns that are derived from several places of the document (docs/data-dictionary.md, `session`). */
export function fillComputed({ session, rows, document, extra, channel }: Parts): void {
  fillSessionType(session, channel)
  const status = session[ofSession.status]
  if (typeof status === 'string' && channel === 'call') session[ofSession.status_code] = codeOfStatus(status)
  const areAll = (array: string) => areAllRows(array, document, extra)
  fillHandleSums(session, rows.handle_duration, areAll('handle_durations'))
  fillColdTransfers(rows.transfer, rows.handle_duration, rows.queue_duration)
  takeAgentInfo(session, extra, document.agent_info)
  takeVirtualAgent(session, extra)
  session[ofSession.photo_count] = countElements(document.photos)
  session[ofSession.video_count] = countElements(document.videos)
  const areAllParticipants = areAll('participants')
  session[ofSession.participant_count] = areAllParticipants ? rows.call_participant.length : null
  session[ofSession.agent_count] = areAllParticipants ? countAgents(rows.call_participant) : null
  session[ofSession.transfer_count] = areAll('transfers') ? rows.transfer.length : null
}

/** Null where a participant does not say what it is. */
function countAgents(participants: readonly Row[]): number | null {
  if (participants.some((one) => typeof one[ofParticipant.type] !== 'string')) return null
  const agents = participants.filter((one) => one[ofParticipant.type] === 'agent')
  const ids = agents.map(
    (one) => one[ofParticipant.user_id] ?? `participant ${one[ofParticipant.participant_id]}`,
  )
  return new Set(ids).size
}

/** The old type, as it was sent, stays in its own column. */
function fillSessionType(session: Row, channel: Channel): void {
  const legacy = session[ofSession.session_type_legacy]
  const ofLegacy =
    typeof legacy === 'string' ? (findTerm(sessionTypes, channel, legacy)?.term.value ?? legacy) : null
  const type = session[ofSession.session_type] ?? ofLegacy
  session[ofSession.session_type] = type
  if (typeof type === 'string') session[ofSession.direction] = directionOf(type)
}

/** A status that was sent as a code and is not known keeps its code. Chat statuses have no known codes. */
function codeOfStatus(status: string): number | null {
  const found = findTerm(statuses, 'call', status)
  if (found !== undefined) return found.term.code
  return /^\d{1,4}$/.test(status) ? Number(status) : null
}

/** A transfer does not say itself whether it was cold; the queue or handle row that names it does. */
function fillColdTransfers(transfers: Row[], handles: Row[], queues: Row[]): void {
  if (transfers.length === 0) return
  const verdicts = new Map<unknown, boolean>()
  noteColdTransfers(handles, namingTransfers.handles, verdicts)
  noteColdTransfers(queues, namingTransfers.queues, verdicts)
  for (const transfer of transfers) {
    const cold = verdicts.get(transfer[ofTransfer.transfer_id])
    if (cold !== undefined) transfer[ofTransfer.is_cold] = cold
  }
}

function noteColdTransfers(
  rows: Row[],
  places: (typeof namingTransfers)['handles'],
  verdicts: Map<unknown, boolean>,
): void {
  for (const row of rows) {
    const id = row[places.transfer_id]
    const cold = row[places.is_transfer_cold]
    if (typeof cold === 'boolean') verdicts.set(id, cold || verdicts.get(id) === true)
  }
}

/** `agent_info` is a person or a virtual agent (contract, a.1.7). One that may be either stays in `extra`. */
function takeAgentInfo(session: Row, extra: JsonObject, info: unknown): void {
  if (!isJsonObject(info) || !isJsonObject(extra.agent_info)) return
  const variant = agentVariantOf(info)
  if (variant === undefined) return
  const columns = variant === 'person' ? agentColumns : virtualAgentColumns
  keepLeft(extra, 'agent_info', take(session, info, columns))
}

/** The top-level virtual agent of the Manager API (contract, b.1), where `agent_info` named none. */
function takeVirtualAgent(session: Row, extra: JsonObject): void {
  if (!isJsonObject(extra.virtual_agent) || session[ofSession.virtual_agent_id] !== undefined) return
  keepLeft(extra, 'virtual_agent', take(session, extra.virtual_agent, virtualAgentColumns))
}

type ColumnOfKey = { place: number; kind: ColumnKind; key: string }

const virtualAgentColumns: readonly ColumnOfKey[] = [
  { place: placeOf(sessionTable, 'virtual_agent_id'), kind: 'id', key: 'id' },
  { place: placeOf(sessionTable, 'virtual_agent_name'), kind: 'text', key: 'name' },
]

const agentColumns: readonly ColumnOfKey[] = [
  { place: placeOf(sessionTable, 'agent_id'), kind: 'id', key: 'id' },
  { place: placeOf(sessionTable, 'agent_name'), kind: 'text', key: 'name' },
  { place: placeOf(sessionTable, 'agent_email'), kind: 'word', key: 'email' },
  { place: placeOf(sessionTable, 'agent_number'), kind: 'word', key: 'agent_number' },
]

/** Fills those of the columns that are empty and can hold what is sent, and answers with what is left of the object. */
function take(session: Row, object: JsonObject, columns: readonly ColumnOfKey[]): JsonObject {
  const taken: string[] = []
  for (const { place, kind, key } of columns) {
    if (session[place] !== undefined) continue
    const value = readValue(readColumn[kind], object[key], noTimes)
    if (value === unreadable || value === null) continue
    session[place] = value
    taken.push(key)
  }
  const left: JsonObject = {}
  for (const key in object) {
    if (!taken.includes(key) && !saysNothing(object[key])) setKey(left, key, object[key])
  }
  return left
}

function keepLeft(extra: JsonObject, key: string, left: JsonObject): void {
  if (saysNothing(left)) delete extra[key]
  else extra[key] = left
}
