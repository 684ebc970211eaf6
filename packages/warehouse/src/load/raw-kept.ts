import type { SessionToStore } from './session-to-store.ts'

/** Which raw documents are kept: of the stored revision, of every revision, or none (configuration, `raw`). */
export type RawKept = 'latest' | 'all' | 'none'

/** The bytes of a document that Postgres cannot store are kept with any setting, those of an erased person with none. */
export function keepsDocument({ session, originalContent }: SessionToStore, raw: RawKept): boolean {
  if (session.isErased === true) return false
  return raw !== 'none' || originalContent !== null
}
