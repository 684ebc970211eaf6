import type { Channel } from './classify-document.ts'
import { type ColumnKind, int4Max, noTimes, readColumn, saysNothing, unreadable } from './columns.ts'
import type { Row } from './map-object.ts'
import type { Rows } from './map-tables.ts'
import { isJsonObject, type JsonObject, setKey } from './parse-json.ts'
import { directionOf } from './session-type.ts'
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

/** Fills the columns that are derived from several places of the document (data model, "`session` columns"). */
export function fillComputed({ session, rows, document, extra, channel }: Parts): void {
  fillSessionType(session, channel)
  if (typeof session.status === 'string' && channel === 'call')
    session.status_code = codeOfStatus(session.status)
  fillHandleSums(session, rows.handle_duration)
  fillColdTransfers(rows.transfer, rows.handle_duration, rows.queue_duration)
  takeAgentInfo(session, extra)
  takeVirtualAgent(session, extra)
  session.photo_count = lengthOf(document.photos)
  session.video_count = lengthOf(document.videos)
  session.participant_count = rows.call_participant.length
  const agents = rows.call_participant.filter((one) => one.type === 'agent')
  session.agent_count = new Set(agents.map((one) => one.user_id ?? `participant ${one.participant_id}`)).size
  session.transfer_count = rows.transfer.length
}

/** The old type, as it was sent, stays in its own column. */
function fillSessionType(session: Row, channel: Channel): void {
  const legacy = session.session_type_legacy
  if (typeof legacy === 'string')
    session.session_type ??= findTerm(sessionTypes, channel, legacy)?.term.value ?? legacy
  session.session_type ??= null
  if (typeof session.session_type === 'string') session.direction = directionOf(session.session_type)
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
  const connected = sumOf(handles, 'duration_seconds', ['call_duration', 'chat_duration'])
  const hold = sumOf(handles, 'hold_seconds', ['hold_duration'])
  const acw = sumOf(handles, 'acw_seconds', ['acw_duration'])
  const bcw = sumOf(handles, 'bcw_seconds', ['bcw_duration'])
  session.talk_seconds = asInteger(connected - hold)
  session.acw_seconds = asInteger(acw)
  session.bcw_seconds = asInteger(bcw)
  session.handle_seconds = asInteger(connected + acw + bcw)
}

/** NaN when a row's value was unreadable and is in its `extra`. */
function sumOf(rows: Row[], column: string, keys: readonly string[]): number {
  let sum = 0
  for (const row of rows) {
    const value = row[column]
    if (typeof value === 'number') sum += value
    else if (holdsAny(row.extra, keys)) return Number.NaN
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
  for (const naming of [handles, queues]) {
    for (const { transfer_id: id, is_transfer_cold: cold } of naming) {
      if (typeof cold === 'boolean') verdicts.set(id, cold || verdicts.get(id) === true)
    }
  }
  for (const transfer of transfers) {
    const cold = verdicts.get(transfer.transfer_id)
    if (cold !== undefined) transfer.is_cold = cold
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
  if (!isJsonObject(extra.virtual_agent) || session.virtual_agent_id !== undefined) return
  keepLeft(extra, 'virtual_agent', take(session, extra.virtual_agent, virtualAgentColumns))
}

type ColumnOfKey = { name: string; kind: ColumnKind; key: string }

const virtualAgentColumns: readonly ColumnOfKey[] = [
  { name: 'virtual_agent_id', kind: 'id', key: 'id' },
  { name: 'virtual_agent_name', kind: 'text', key: 'name' },
]

const agentColumns: readonly ColumnOfKey[] = [
  { name: 'agent_id', kind: 'id', key: 'id' },
  { name: 'agent_name', kind: 'text', key: 'name' },
  { name: 'agent_email', kind: 'word', key: 'email' },
  { name: 'agent_number', kind: 'word', key: 'agent_number' },
]

/** Fills those of the columns that are empty and can hold what is sent, and answers with what is left of the object. */
function take(session: Row, object: JsonObject, columns: readonly ColumnOfKey[]): JsonObject {
  const taken: string[] = []
  for (const { name, kind, key } of columns) {
    if (session[name] !== undefined) continue
    const value = readColumn[kind](object[key], noTimes)
    if (value === unreadable || value === null) continue
    session[name] = value
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
