import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { unlessPending } from '../connection/unless-pending.ts'
import { readCreatedAt, type SessionId } from '../ledger/history.ts'

/** What a part of a session is. `hold_virtual_agent`: a virtual agent spoke while the consumer waited for an agent. */
export type PartKind =
  | 'menu'
  | 'virtual_agent'
  | 'hold_virtual_agent'
  | 'queue'
  | 'talk'
  | 'wrap_up'
  | 'barge'
  | 'attempt'
  | 'transfer'
  | 'consumer'
  | 'survey'
  | 'recording'
  | 'escalation'
  | 'deflected_escalation'
  | 'deflection'
  | 'offer'
  | 'sms'

/** One row of a session. It holds no personal data. */
export type SessionPart = {
  kind: PartKind
  /** Unique within the kind; those of talk, wrap_up, barge and attempt are unique together. */
  rowId: string
  /** Null if the document gives no time. */
  startedAt: Date | null
  endedAt: Date | null
  /** As sent; it need not be the difference of the two times. */
  seconds: number | null
  holdSeconds: number | null
  acwSeconds: number | null
  /** The agent's number within the session, from 1. Of a transfer: who transferred. */
  agent: number | null
  toAgent: number | null
  virtualAgentId: string | null
  toVirtualAgentId: string | null
  menuPath: string | null
  transferId: string | null
  /** How it ended, or of which type it is: a word of the platform. Of a queue: the service level event. */
  word: string | null
  /** Of a queue: the wait that the service level allows. */
  targetSeconds: number | null
}

export type SessionSummary = {
  sessionType: string | null
  outcome: string | null
  createdAt: Date
  endedAt: Date | null
}

export type SessionParts = {
  summary: SessionSummary | null
  /** In the order of time; those without a time come last. */
  parts: SessionPart[]
  /** There are more parts than a page can hold. */
  hasMore: boolean
}

const partsMax = 1_000

/** One session as it can be drawn. Null while the migration that allows it is pending. */
export async function readSessionParts(db: Database, session: SessionId): Promise<SessionParts | null> {
  const [rows, summary] = await Promise.all([
    unlessPending(readParts(db, session), null),
    unlessPending(readSummary(db, session), null),
  ])
  if (rows === null) return null
  return { summary, parts: rows.slice(0, partsMax), hasMore: rows.length > partsMax }
}

async function readParts(db: Database, { source, channel, sessionId }: SessionId): Promise<SessionPart[]> {
  const answer = await sql<SessionPart>`
    select kind, row_id as "rowId", started_at as "startedAt", ended_at as "endedAt", seconds,
           hold_seconds as "holdSeconds", acw_seconds as "acwSeconds", agent, to_agent as "toAgent",
           virtual_agent_id::text as "virtualAgentId", to_virtual_agent_id::text as "toVirtualAgentId",
           menu_path as "menuPath", transfer_id::text as "transferId", word, target_seconds as "targetSeconds"
    from ingest.session_parts(${source}, ${channel}, ${sessionId}::bigint, ${partsMax + 1})
  `.execute(db)
  return answer.rows
}

async function readSummary(db: Database, session: SessionId): Promise<SessionSummary | null> {
  const { source, channel, sessionId } = session
  const createdAt = await readCreatedAt(db, session)
  const answer = await sql<SessionSummary>`
    select own.session_type as "sessionType", own.outcome, own.session_created_at as "createdAt",
           row.ended_at as "endedAt"
    from analytics.session as own
    join warehouse.session as row
      on (row.source, row.channel, row.session_id, row.created_at)
       = (own.source, own.channel, own.session_id, own.session_created_at)
    where own.source = ${source} and own.channel = ${channel} and own.session_id = ${sessionId}::bigint
      and own.session_created_at = ${createdAt ?? null}::timestamptz
  `.execute(db)
  return answer.rows[0] ?? null
}

/** Which keys of the document a revision changed; `isKnown` is false if `raw` keeps too little to say. */
export type RevisionChange = { contentSha256: string; isKnown: boolean; columnNames: string[] | null }

/** Comparing two documents reads both of them, and a document can have megabytes. */
const comparedMax = 10

/** Of the newest revisions; the first one changed nothing. */
export async function readSessionChanges(
  db: Database,
  { source, channel, sessionId }: SessionId,
): Promise<RevisionChange[]> {
  const read = sql<RevisionChange>`
    select encode(content_sha256, 'hex') as "contentSha256", is_known as "isKnown", column_names as "columnNames"
    from ingest.session_changes(${source}, ${channel}, ${sessionId}::bigint, ${comparedMax})
  `.execute(db)
  const answer = await unlessPending(read, null)
  return answer?.rows ?? []
}
