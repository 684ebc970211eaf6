import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { FoundSession } from './find-sessions.ts'

/** What was erased, by kind. */
export type ErasureCounts = {
  /** Of the person: all their personal values. */
  sessions: number
  /** Only their free texts, which name the person. */
  mentions: number
  /** That an erased agent took part in. */
  agentSessions: number
  documents: number
  collisions: number
  rejections: number
  objects: number
  /** Keys that stood for consumers, and agents. */
  keys: number
  agents: number
  /** Rows of drift, comparisons and runs. */
  samples: number
}

export const noCounts: ErasureCounts = {
  ...{ sessions: 0, mentions: 0, agentSessions: 0, documents: 0, collisions: 0 },
  ...{ rejections: 0, objects: 0, keys: 0, agents: 0, samples: 0 },
}

export function countSessions(counts: ErasureCounts, sessions: readonly FoundSession[]): void {
  counts.sessions = sessions.filter(({ blanks }) => blanks === 'all').length
  counts.mentions = sessions.filter(({ blanks }) => blanks === 'free').length
  counts.agentSessions = sessions.filter(({ hasAgent }) => hasAgent).length
}

export type NewErasure = {
  source: string
  kind: string
  /** In hex. */
  digest: string
  keyVersion: number
  askedBy: string
  reason: string | null
}

type IdRow = { erasureId: string }

export async function startErasure(db: Database, one: NewErasure): Promise<string> {
  const answer = await sql<IdRow>`
    insert into ingest.erasure (source, kind, digest, key_version, asked_by, reason)
    values (${one.source}, ${one.kind}, decode(${one.digest}, 'hex'), ${one.keyVersion}, ${one.askedBy}, ${one.reason})
    returning erasure_id::text as "erasureId"
  `.execute(db)
  const [row] = answer.rows
  if (row === undefined) throw new TypeError('an erasure was recorded without a number')
  return row.erasureId
}

/** Ends it, and those before it that were stopped: this one has done their work. */
export async function endErasure(db: Database, erasureId: string, counts: ErasureCounts): Promise<void> {
  await sql`
    update ingest.erasure own set ended_at = now(),
      counts = case when own.erasure_id = ${erasureId}::bigint then ${JSON.stringify(counts)}::jsonb else own.counts end
    from ingest.erasure this
    where this.erasure_id = ${erasureId}::bigint and own.digest = this.digest and own.ended_at is null
  `.execute(db)
}

type VersionRow = { keyVersion: number }

/** Of the digests that are there. */
export async function readKeyVersion(db: Database): Promise<number | null> {
  const answer = await sql<VersionRow>`select key_version as "keyVersion" from ingest.erased limit 1`.execute(
    db,
  )
  return answer.rows[0]?.keyVersion ?? null
}

type RightsRow = { isOwner: boolean; login: string }

/** Erasing is the owner's: it changes what no other role may. */
export async function readOwnership(db: Database): Promise<RightsRow> {
  const answer = await sql<RightsRow>`
    select pg_has_role(c.relowner, 'usage') as "isOwner", current_user::text as login
    from pg_catalog.pg_class c where c.oid = 'ingest.erased'::regclass
  `.execute(db)
  return answer.rows[0] ?? { isOwner: false, login: '' }
}
