import type { SessionToStore } from './session-to-store.ts'

/** What never changes of a session beside its id (contract, h.3). */
export type SessionIdentity = {
  /** An instant as text of fixed width. */
  createdAt: string
  /** In lower case; null where the document has none. */
  uuid: string | null
}

/**
 * Whether two documents of one id are of one session: by the uuid, and where one of them has none (older exports), by
 * `created_at`. That comes to another instant when a source is read with another time zone, and surfaces of the platform
 * write fractions of its second or leave them out.
 */
export function isSameSession(one: SessionIdentity, other: SessionIdentity): boolean {
  if (one.uuid !== null && other.uuid !== null) return one.uuid === other.uuid
  return one.createdAt.slice(0, toTheSecond) === other.createdAt.slice(0, toTheSecond)
}

const toTheSecond = '2026-03-23T20:12:51'.length

export function identityOf({ session }: SessionToStore): SessionIdentity {
  return { createdAt: session.createdAt, uuid: session.uuid }
}
