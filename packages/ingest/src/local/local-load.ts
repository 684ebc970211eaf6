import type { AdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import type { Ingest } from '../ingest-types.ts'
import type { Outcome } from '../outcome.ts'
import type { Source } from '../sources/find-source.ts'
import type { WalkEvents } from './walk-folder.ts'

/** What happens while local files are loaded. Never throws. */
export type LocalLoadEvents = WalkEvents & {
  /** A walk through the folder begins, and reports again what it leaves out. */
  passBegan(): void
  /** The ledger knows the file as it is, so it was not read. */
  unchanged(path: string, known: KnownObject): void
  ended(path: string, outcome: Outcome): void
  /** The file may not be read, so it was not tried. */
  refused(path: string, code: string): void
  /** The ledger could not be read, and is asked again. */
  databaseAway(retry: { attempt: number; waitMs: number; error: unknown }): void
}

/** What it takes to load local files. */
export type LocalLoad = {
  db: Database
  /** Its one source is `source`, and it fetches from this machine. */
  ingest: Ingest
  source: Source
  limit: AdaptiveLimit
  events: LocalLoadEvents
  /** Once it fires, no more files begin; what is in flight ends. */
  stopping: AbortSignal
}

/** Files that are looked up and loaded together. */
export const pageSize = 1_000
