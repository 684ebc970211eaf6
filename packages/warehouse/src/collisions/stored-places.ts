import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** A session as the tables hold it. */
export type StoredKey = { source: string; channel: string; sessionId: string; createdAt: string }

export type ObjectPlace = { bucket: string; objectKey: string }

/** Of a session whose row was deleted by hand. */
const nowhere: ObjectPlace = { bucket: '', objectKey: '' }

/**
 * The objects that stored sessions were last read from, in the order of the sessions. Only collisions and notices ask for
 * them, so heads do not repeat what the sessions' own rows have.
 */
export async function readStoredPlaces(db: Database, sessions: readonly StoredKey[]): Promise<ObjectPlace[]> {
  if (sessions.length === 0) return []
  const keys = sessions.map(({ source, channel, sessionId, createdAt }) => ({
    ...{ source, channel, session_id: sessionId, created_at: createdAt },
  }))
  const answer = await sql<ObjectPlace & { position: string }>`
    select asked.position, session.bucket, session.object_key as "objectKey"
    from rows from (json_to_recordset(${JSON.stringify(keys)}::json) as
      (source text, channel text, session_id bigint, created_at timestamptz)) with ordinality
      as asked (source, channel, session_id, created_at, position)
    join warehouse.session using (source, channel, session_id, created_at)
  `.execute(db)
  const places = new Map(answer.rows.map(({ position, ...place }) => [Number(position) - 1, place]))
  return sessions.map((_, position) => places.get(position) ?? nowhere)
}
