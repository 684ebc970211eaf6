import { isJsonObject, type JsonObject } from './parse-json.ts'

export type Channel = 'call' | 'chat'

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
 * Tells a session document from its look-alikes by shape, never by its key, and takes off one
 * `{"call": …}` or `{"chat": …}` wrapper (contract, a.1.4, a.1.5). The key's own word for the channel is
 * the fallback for a document that names neither.
 */
export function classifyDocument(value: unknown, channelOfKey: Channel | null): DocumentClass {
  if (!isJsonObject(value)) return { kind: 'ignored', reason: 'not_a_session' }
  if (Object.keys(value).length === 0) return { kind: 'ignored', reason: 'empty_document' }
  if (value.comm_type !== undefined || value.transcript_version !== undefined) {
    return { kind: 'ignored', reason: 'transcript' }
  }
  const own = channelOfDocument(value)
  if (own !== undefined) return { kind: 'session', channel: own, document: value }
  const wrapped = unwrap(value)
  if (wrapped !== undefined) return wrapped
  const lookAlike = lookAlikeReason(value)
  if (lookAlike !== undefined) return { kind: 'ignored', reason: lookAlike }
  if (channelOfKey !== null && hasSessionShape(value)) {
    return { kind: 'session', channel: channelOfKey, document: value }
  }
  return { kind: 'ignored', reason: 'not_a_session' }
}

function channelOfDocument(document: JsonObject): Channel | undefined {
  if (says(document.chat_type) || says(document.chat_uuid)) return 'chat'
  if (says(document.call_type) || says(document.call_uuid)) return 'call'
  if (typeof document.session_type_v2 !== 'string' || !hasSessionShape(document)) return undefined
  if (/^voice/i.test(document.session_type_v2)) return 'call'
  return /^messaging/i.test(document.session_type_v2) ? 'chat' : undefined
}

function says(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

function unwrap(value: JsonObject): DocumentClass | undefined {
  for (const channel of ['call', 'chat'] as const) {
    const document = value[channel]
    if (!isJsonObject(document)) continue
    const own = channelOfDocument(document)
    if (own !== undefined || hasSessionShape(document)) {
      return { kind: 'session', channel: own ?? channel, document: keepOuterKeys(value, channel, document) }
    }
  }
  return undefined
}

/** Keys beside the wrapped document are kept under a key of its own, so that they end in `extra` (I6). */
function keepOuterKeys(outer: JsonObject, channel: Channel, document: JsonObject): JsonObject {
  const { [channel]: _document, ...rest } = outer
  if (Object.keys(rest).length === 0) return document
  let key = '_wrapper'
  while (key in document) key += '_'
  return { ...document, [key]: rest }
}

function hasSessionShape(value: JsonObject): boolean {
  return value.id !== undefined && value.created_at !== undefined && value.status !== undefined
}

const rawExportTables = ['calls', 'chats', 'call_participants', 'chat_participants', 'agent_activity_logs']

function lookAlikeReason(value: JsonObject): IgnoredReason | undefined {
  if (Array.isArray(value.events)) return 'event_feed'
  if (value.email_type !== undefined || isJsonObject(value.email)) return 'email_session'
  if (rawExportTables.some((table) => Array.isArray(value[table]))) return 'raw_export'
  return undefined
}
