import type { Sealer } from '../sealing/create-sealing.ts'
import type { SessionToStore } from './session-to-store.ts'

/** Which raw documents are kept: of the stored revision, of every revision, or none (configuration, `raw`). */
export type RawKept = 'latest' | 'all' | 'none'

/** Which documents are kept, and what encrypts them; without a sealer they are stored as they are. */
export type Keeping = { raw: RawKept; sealer?: Sealer | undefined }

/** The bytes of a document that Postgres cannot store are kept with any setting. */
export function keepsDocument({ originalContent }: SessionToStore, raw: RawKept): boolean {
  return raw !== 'none' || originalContent !== null
}
