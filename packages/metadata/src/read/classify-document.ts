import { subjectOfKey } from './object-key.ts'
import { isJsonObject, type JsonObject } from './parse-json.ts'
import { type Channel, channelOfSessionType } from './session-type.ts'

/** Why a JSON document is not a session (contract, section d "Look-alike JSON", and g rule 5). */
export type IgnoredReason =
  | 'transcript'
  | 'event_feed'
  | 'raw_export'
  | 'email_session'
  | 'empty_document'
  | 'placeholder'
  | 'not_a_session'

export type DocumentClass =
  | { kind: 'session'; channel: Channel; document: JsonObject }
  | { kind: 'ignored'; reason: IgnoredReason }

/**
 * Distinguishes a session document from similar files by its shape, and removes one `{"call": …}` or `{"chat": …}` wrapper
 * (contract, a.1.4, a.1.5). The keys that identify a session are checked first, so that a key of another kind of file cannot
 * override them. A key with null counts as absent (contract, section g, rule 5). The object's key is the last resort.
 */
export function classifyDocument(value: unknown, objectKey: string): DocumentClass {
  if (!isJsonObject(value)) return { kind: 'ignored', reason: 'not_a_session' }
  const own = channelOfDocument(value)
  if (own !== undefined) return { kind: 'session', channel: own, document: value }
  if (!Object.values(value).some(isSaid)) return { kind: 'ignored', reason: 'empty_document' }
  const wrapped = findWrapped(value)
  const ofWrapped = wrapped.find(({ own }) => own !== undefined)
  if (ofWrapped !== undefined) return unwrap(value, ofWrapped)
  const reason =
    lookAlikeReason(value) ?? wrapped.map(({ document }) => lookAlikeReason(document)).find(isSaid)
  if (reason !== undefined) return { kind: 'ignored', reason }
  const shaped = wrapped.find(({ document }) => hasSessionShape(document))
  if (shaped !== undefined) return unwrap(value, shaped)
  const subject = subjectOfKey(objectKey)
  if (subject === 'email') return { kind: 'ignored', reason: 'email_session' }
  if (subject !== null && hasSessionShape(value))
    return { kind: 'session', channel: subject, document: value }
  return { kind: 'ignored', reason: 'not_a_session' }
}

/** The type decides before the uuid: a call may have the uuid of a linked chat. */
function channelOfDocument(document: JsonObject): Channel | undefined {
  if (names(document.chat_type)) return 'chat'
  if (names(document.call_type)) return 'call'
  if (names(document.chat_uuid)) return 'chat'
  if (names(document.call_uuid)) return 'call'
  if (!hasSessionShape(document)) return undefined
  return channelOfSessionType(document.session_type_v2) ?? channelOfSessionType(document.session_type)
}

/** Some exporters write every value as a list with one element. */
function names(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 1 && !Array.isArray(value[0]) && names(value[0])
  return typeof value === 'string' ? value.trim() !== '' : typeof value === 'number'
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null
}

type Wrapped = { key: Channel; document: JsonObject; own: Channel | undefined }

function findWrapped(value: JsonObject): Wrapped[] {
  return (['call', 'chat'] as const).flatMap((key) => {
    const document = value[key]
    return isJsonObject(document) ? [{ key, document, own: channelOfDocument(document) }] : []
  })
}

/** Keys next to the wrapped document are kept under their own key, so that they end in `extra` (I6). */
function unwrap(outer: JsonObject, { key, document, own }: Wrapped): DocumentClass {
  const channel = own ?? key
  const { [key]: _document, ...rest } = outer
  if (Object.keys(rest).length === 0) return { kind: 'session', channel, document }
  let besideKey = '_wrapper'
  while (besideKey in document) besideKey += '_'
  return { kind: 'session', channel, document: { ...document, [besideKey]: rest } }
}

function hasSessionShape({ id, created_at: createdAt, status }: JsonObject): boolean {
  return isSaid(id) && isSaid(createdAt) && isSaid(status)
}

const rawExportTables = ['calls', 'chats', 'call_participants', 'chat_participants', 'agent_activity_logs']

function lookAlikeReason(value: JsonObject): IgnoredReason | undefined {
  if (isSaid(value.comm_type) || isSaid(value.transcript_version)) return 'transcript'
  if (isEmailSession(value) || (isJsonObject(value.email) && isEmailSession(value.email)))
    return 'email_session'
  if (holdsRecords(value, 'events')) return 'event_feed'
  return rawExportTables.some((table) => holdsRecords(value, table)) ? 'raw_export' : undefined
}

/** Contract, h.3. `email` alone is the end user's address, which calls and chats also have. */
function isEmailSession({ email_status, email_threads, email_type, selected_menu }: JsonObject): boolean {
  if (isSaid(email_status) || isSaid(email_threads) || isSaid(email_type)) return true
  const menuType = isJsonObject(selected_menu) ? selected_menu.menu_type : undefined
  return typeof menuType === 'string' && menuType.trim().toLowerCase() === 'email_menu'
}

/** An empty array decides nothing in a document with the shape of a session. */
function holdsRecords(value: JsonObject, key: string): boolean {
  const records = value[key]
  return Array.isArray(records) && (records.length > 0 || !hasSessionShape(value))
}
