import type { DimensionName, Seen } from '@aftercall/metadata/dimensions/seen'
import type { SessionToStore } from '../load/session-to-store.ts'

/** What this process has stored of an agent, a queue or a virtual agent. Times are those of sessions. */
export type KnownRow = {
  source: string
  id: string
  attributes: Seen['attributes']
  attributesAtMs: number
  firstSeenMs: number
  lastSeenMs: number
}

/** By source and id. */
export type DimensionMemory = Map<string, KnownRow>

export type ToWrite = { key: string; known: KnownRow }

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Beyond this, all is forgotten and written once more. */
const rememberedMax = 200_000

/**
 * The rows that have to be written for these sessions, each once, in key order. A row is written when it is new, when an
 * attribute has changed for an hour or more, and when it was seen a day before or after what is stored: not with every
 * session, because all loaders would update the same few rows.
 */
export function noteSeen(
  name: DimensionName,
  memory: DimensionMemory,
  sessions: readonly SessionToStore[],
): ToWrite[] {
  if (memory.size > rememberedMax) memory.clear()
  const changed = new Map<string, KnownRow>()
  for (const { session } of sessions) {
    const { source } = session.key
    const atMs = Date.parse(session.createdAt)
    for (const { id, attributes } of session.dimensions[name]) {
      const key = `${source}/${id}`
      const before = changed.get(key) ?? memory.get(key)
      const after = seenAgain(before, { source, id, attributes, atMs })
      if (after !== undefined) changed.set(key, after)
    }
  }
  return [...changed].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, known]) => ({ key, known }))
}

type Sighting = Pick<KnownRow, 'source' | 'id' | 'attributes'> & { atMs: number }

/** Undefined if nothing is to be written. */
function seenAgain(before: KnownRow | undefined, sighting: Sighting): KnownRow | undefined {
  const { source, id, attributes, atMs } = sighting
  if (before === undefined) {
    return { source, id, attributes, attributesAtMs: atMs, firstSeenMs: atMs, lastSeenMs: atMs }
  }
  const isNew = Object.keys(attributes).some((name) => !(name in before.attributes))
  const isLater = atMs >= before.attributesAtMs + hourMs && isChanged(before, attributes)
  const isOutside = atMs < before.firstSeenMs - dayMs || atMs > before.lastSeenMs + dayMs
  if (!isNew && !isLater && !isOutside) return undefined
  const isNewest = atMs >= before.attributesAtMs
  return {
    source,
    id,
    attributes: isNewest ? { ...before.attributes, ...attributes } : { ...attributes, ...before.attributes },
    attributesAtMs: Math.max(before.attributesAtMs, atMs),
    firstSeenMs: Math.min(before.firstSeenMs, atMs),
    lastSeenMs: Math.max(before.lastSeenMs, atMs),
  }
}

function isChanged({ attributes: before }: KnownRow, attributes: KnownRow['attributes']): boolean {
  return Object.entries(attributes).some(([name, value]) => before[name] !== value)
}
