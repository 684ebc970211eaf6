import type { LedgerEntry, TroubleOutcome } from '@aftercall/warehouse/console/ledger-page'
import type { RecentSession } from '@aftercall/warehouse/console/session-history'
import type { SessionEntry } from '@aftercall/warehouse/console/session-page'

export type ObjectsQuery = {
  source: string | null
  outcome: TroubleOutcome | null
  /** Begin of the key, with or without the prefix of the source. */
  key: string
  /** `BUCKET/KEY` of the last object of the page before. */
  after: string | null
  limit: number
}

export type ObjectsAnswer = Omit<ObjectsQuery, 'after' | 'limit'> & {
  objects: LedgerEntry[]
  /** `after` of the next page; null on the last one. */
  next: string | null
  /** All names, to choose from. */
  sources: string[]
}

export type SessionsQuery = {
  source: string | null
  /** Without a day; a day lists both. */
  channel: 'call' | 'chat'
  /** Local, `2026-03-23`. */
  day: string | null
  /** `CHANNEL-ID` of the last session of the page before. */
  after: { channel: string; sessionId: string } | null
  limit: number
}

export type SessionsAnswer =
  /** Nothing is chosen: some sessions to start with. */
  | { kind: 'recent'; recent: RecentSession[]; sources: string[] }
  | {
      kind: 'list'
      source: string
      channel: 'call' | 'chat'
      day: string | null
      sessions: SessionEntry[]
      /** `after` of the next page; null on the last one. */
      next: string | null
      sources: string[]
    }
