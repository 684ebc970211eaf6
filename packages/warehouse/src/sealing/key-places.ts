import type { StorableSession } from '../copy/encode-session.ts'
import type { KeyPlace } from './document-keys.ts'

type OfSession = { session: Pick<StorableSession, 'key' | 'createdAt'> }
type OfRejection = { source: string | null }

/** The data keys that a batch may need. `month`: in which the bytes of its rejections are kept. */
export function keyPlacesOf(
  sessions: readonly OfSession[],
  rejections: readonly (OfRejection & { content: Uint8Array | null })[],
  month: string,
): KeyPlace[] {
  const kept = rejections.filter(({ content }) => content !== null)
  return [...sessions.map(placeOfSession), ...kept.map((one) => placeOfRejection(one, month))]
}

export function placeOfSession({ session }: OfSession): KeyPlace {
  return { source: session.key.source, month: session.createdAt.slice(0, 7) }
}

export function placeOfRejection({ source }: OfRejection, month: string): KeyPlace {
  return { source: source ?? '', month }
}
