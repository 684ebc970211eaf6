import type { Channel } from './classify-document.ts'
import {
  type ColumnKind,
  int4Max,
  noTimes,
  readColumn,
  readValue,
  saysNothing,
  unreadable,
} from './columns.ts'
import type { Row } from './map-object.ts'
import type { Rows } from './map-tables.ts'
import { isJsonObject, type JsonObject, setKey } from './parse-json.ts'
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
  ...([
    'talk_seconds',
    'acw_seconds',
    'bcw_seconds',
    'handle_seconds',
    'photo_count',
    'video_count',
  ] as const),
  ...(['participant_count', 'agent_count', 'transfer_count', 'virtual_agent_id'] as const),
)
const ofParticipant = placesOf(callParticipantTable, 'type', 'user_id', 'participant_id')
const ofTransfer = placesOf(transferTable, 'transfer_id', 'is_cold')
const ofHandle = placesOf(
  handleDurationTable,
  ...(['duration_seconds', 'hold_seconds', 'acw_seconds', 'bcw_seconds', 'extra'] as const),
)
/** Tables whose rows name a transfer, and say whether it was cold. */
const namingTransfers = {
  handles: placesOf(handleDurationTable, 'transfer_id', 'is_transfer_cold'),
  queues: placesOf(queueDurationTable, 'transfer_id', 'is_transfer_cold'),
}

/** Fills the columns that are derived from several places of the document (data model, "`session` columns"). */
export function fillComputed({ session, rows, document, extra, channel }: Parts): void {
  fillSessionType(session, channel)
  const status = session[ofSession.status]
  if (typeof status === 'string' && channel === 'call') session[ofSession.status_code] = codeOfStatus(status)
  fillHandleSums(session, rows.handle_duration)
  fillColdTransfers(rows.transfer, rows.handle_duration, rows.queue_duration)
  takeAgentInfo(session, extra)
  takeVirtualAgent(session, extra)
  session[ofSession.photo_count] = lengthOf(document.photos)
  session[ofSession.video_count] = lengthOf(document.videos)
  session[ofSession.participant_count] = rows.call_participant.length
  session[ofSession.agent_count] = countAgents(rows.call_participant)
  session[ofSession.transfer_count] = rows.transfer.length
}

function countAgents(participants: readonly Row[]): number {
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

/**
 * Contract, section e, report definitions: a handle's duration includes hold. No handle row, no sum; and none where a row
 * has a duration that its column cannot hold, because half a sum is wrong.
 */
function fillHandleSums(session: Row, handles: Row[]): void {
  if (handles.length === 0) return
  const connected = sumOf(handles, ofHandle.duration_seconds, ['call_duration', 'chat_duration'])
  const hold = sumOf(handles, ofHandle.hold_seconds, ['hold_duration'])
  const acw = sumOf(handles, ofHandle.acw_seconds, ['acw_duration'])
  const bcw = sumOf(handles, ofHandle.bcw_seconds, ['bcw_duration'])
  session[ofSession.talk_seconds] = asInteger(connected - hold)
  session[ofSession.acw_seconds] = asInteger(acw)
  session[ofSession.bcw_seconds] = asInteger(bcw)
  session[ofSession.handle_seconds] = asInteger(connected + acw + bcw)
}

/** NaN when a handle's value was unreadable and is in its `extra`. */
function sumOf(handles: Row[], place: number, keys: readonly string[]): number {
  let sum = 0
  for (const handle of handles) {
    const value = handle[place]
    if (typeof value === 'number') sum += value
    else if (holdsAny(handle[ofHandle.extra], keys)) return Number.NaN
  }
  return sum
}

function holdsAny(extra: unknown, keys: readonly string[]): boolean {
  return isJsonObject(extra) && keys.some((key) => extra[key] !== undefined)
}

function asInteger(seconds: number): number | null {
  return Math.abs(seconds) <= int4Max ? seconds : null
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

/** `agent_info` is a person or a virtual agent (contract, a.1.7): only people have an e-mail address and two names. */
function takeAgentInfo(session: Row, extra: JsonObject): void {
  const info = extra.agent_info
  if (!isJsonObject(info)) return
  const isPerson = ['email', 'first_name', 'last_name'].some((key) => !saysNothing(info[key]))
  const isVirtual = !isPerson && (!saysNothing(info.va_alias) || saysNothing(info.agent_number))
  keepLeft(extra, 'agent_info', take(session, info, isVirtual ? virtualAgentColumns : agentColumns))
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

/** The platform always sends these arrays; one that is absent was empty (contract, section g, rule 6). */
function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}
