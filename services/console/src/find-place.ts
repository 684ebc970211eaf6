import { int8Max } from '@aftercall/metadata/tables/columns'
import { parsePlace, parseSession } from '@aftercall/operator/parse-place'
import type { Database } from '@aftercall/warehouse/connection/database'
import {
  type FoundObject,
  type FoundSession,
  findObjectsByKey,
  findObjectsOfSession,
  findSessionsById,
} from '@aftercall/warehouse/console/find-places'

/** What a search may mean besides a whole address: an id, in one channel or in both, and the begin of a key. */
export type Search = {
  id: { channels: ('call' | 'chat')[]; sessionId: string } | null
  key: string
}

export type Matches = { sessions: FoundSession[]; objects: FoundObject[] }

/** The end of a file name as the platform writes it, alone or behind folders: `call-1160.json`, `chat_135`, `call/1160`. */
const named = /(?:^|\/)(call|chat)[-_/](-?\d{1,19})(?:\.[a-z0-9.]{1,20})?$/i

/** Reads `1160`, `call-1160.json`, or a key. It only reads the text. */
export function parseSearch(text: string): Search {
  if (/^-?\d{1,19}$/.test(text)) return { id: idOf(['call', 'chat'], text), key: text }
  const [, channel = '', sessionId] = named.exec(text) ?? []
  if (sessionId === undefined) return { id: null, key: text }
  return { id: idOf([channel.toLowerCase() === 'call' ? 'call' : 'chat'], sessionId), key: text }
}

/** Null if the tables cannot hold the id. */
function idOf(channels: ('call' | 'chat')[], sessionId: string): Search['id'] {
  const id = BigInt(sessionId)
  return id > int8Max || id < -int8Max - 1n ? null : { channels, sessionId }
}

/** An address as it is meant: names of sources are in lower case. */
export function readAddress(text: string): ReturnType<typeof parsePlace> {
  return parsePlace(text) ?? parseSession(text.toLowerCase())
}

/** Every session and object that a text can mean; bounded by look-ups in indexes. */
export async function findMatches(db: Database, text: string): Promise<Matches> {
  const { id, key } = parseSearch(text)
  const sessions = id === null ? [] : await findSessionsById(db, id)
  const byKey = await findObjectsByKey(db, key)
  const named =
    id === null || id.channels.length > 1
      ? []
      : await findObjectsOfSession(db, { channel: id.channels[0] ?? 'call', sessionId: id.sessionId })
  const objects = new Map([...byKey, ...named].map((one) => [`${one.bucket}/${one.objectKey}`, one]))
  return { sessions, objects: [...objects.values()] }
}
