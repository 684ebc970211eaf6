import type { StorableSession } from '../copy/encode-session.ts'
import type { Settlement } from './settlement.ts'

/** A mapped session with the object that it was read from. */
export type SessionToStore = {
  /** See `keyOf`. */
  key: string
  session: StorableSession
  bucket: string
  objectKey: string
  /**
   * The object's bytes if they hold something that Postgres cannot store as text. Of several sessions of one object, the
   * first keeps them.
   */
  originalContent: Uint8Array | null
}

/** An accepted revision, with what its head returned under the lock. */
export type AcceptedRevision = {
  one: SessionToStore
  /** When the head accepted it, in microseconds UTC. */
  loadedAt: string
  /** Where the rows of the previous revision are. Null for a session's first revision. */
  previousCreatedAt: string | null
}

export function sessionsToStore(settlement: Settlement): SessionToStore[] {
  if (settlement.kind !== 'documents') return []
  const { object, sessions, content, keepsOriginal } = settlement
  const originalContent = keepsOriginal ? content : null
  return sessions.map((session) => ({
    key: `${session.key.source}/${session.key.channel}/${session.key.sessionId}`,
    session,
    bucket: object.bucket,
    objectKey: object.key,
    originalContent,
  }))
}

/** The key of its head: source, channel, and id. */
export function keyOf({ key }: SessionToStore): string {
  return key
}

export function hashOf(one: SessionToStore | undefined): string | undefined {
  return one?.session.revision.contentSha256
}
