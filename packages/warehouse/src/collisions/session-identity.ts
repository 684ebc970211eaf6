import type { SessionToStore } from '../load/session-to-store.ts'

/** The parts of a session that never change, beside its id (contract, g rule 3). */
export type SessionIdentity = {
  /** An instant as text of fixed width. */
  createdAt: string
  /** In lower case; null where the document has none. */
  uuid: string | null
}

/**
 * Whether two documents with one id are of the same session. Parts of the platform write fractions of a second or leave
 * them out, and older exports have no uuid: neither makes another session.
 */
export function isSameSession(one: SessionIdentity, other: SessionIdentity): boolean {
  if (secondOf(one) !== secondOf(other)) return false
  return one.uuid === null || other.uuid === null || one.uuid === other.uuid
}

export function secondOf({ createdAt }: SessionIdentity): string {
  return createdAt.slice(0, toTheSecond)
}

const toTheSecond = '2026-03-23T20:12:51'.length

export function identityOf({ session }: SessionToStore): SessionIdentity {
  return { createdAt: session.createdAt, uuid: session.uuid }
}
