import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { LedgerOutcome } from '../ledger/ledger.ts'

export type FoundSession = { source: string; channel: string; sessionId: string; createdAt: Date }
export type FoundObject = {
  bucket: string
  objectKey: string
  source: string | null
  outcome: LedgerOutcome
  settledAt: Date
}

const sourcesMax = 200
const foundMax = 50

/** The sessions with an id, in every source; in one channel or in both. One look-up by primary key for each. */
export async function findSessionsById(
  db: Database,
  { channels, sessionId }: { channels: readonly string[]; sessionId: string },
): Promise<FoundSession[]> {
  const answer = await sql<FoundSession>`
    select head.source, head.channel, head.session_id::text as "sessionId", head.created_at as "createdAt"
    from (select name from ingest.source order by name limit ${sourcesMax}) as source
    cross join unnest(${[...channels]}::text[]) as channel (name)
    cross join lateral (
      select * from ingest.session_head as head
      where head.source = source.name and head.channel = channel.name and head.session_id = ${sessionId}::bigint
      limit 1
    ) as head
    order by head.source, head.channel limit ${foundMax}
  `.execute(db)
  return answer.rows
}

/**
 * The objects whose key begins with a text, or does behind the prefix of a source. A range of the primary key for each source
 * and spelling.
 */
export async function findObjectsByKey(db: Database, text: string): Promise<FoundObject[]> {
  const answer = await sql<FoundObject>`
    select found.*
    from (select distinct bucket, prefix from ingest.source order by bucket, prefix limit ${sourcesMax}) as source
    cross join lateral (
      select distinct written.key
      from (values (${text}::text), (source.prefix || ${text}),
        (case when starts_with(${text}, source.bucket || '/') then substr(${text}, length(source.bucket) + 2) end)) as written (key)
      where written.key <> ''
    ) as begin
    cross join lateral (
      select object.bucket, object.object_key as "objectKey", object.source, object.outcome, object.settled_at as "settledAt"
      from ingest.object as object
      where object.bucket = source.bucket and object.object_key >= begin.key
        and object.object_key < begin.key || chr(1114111)
      order by object.object_key limit ${foundMax}
    ) as found
    order by found.bucket, found."objectKey" limit ${foundMax}
  `.execute(db)
  return answer.rows
}

/** The objects that held the sessions with an id: by `object_by_session`. Also those whose session is stored no more. */
export async function findObjectsOfSession(
  db: Database,
  { channel, sessionId }: { channel: string; sessionId: string },
): Promise<FoundObject[]> {
  const answer = await sql<FoundObject>`
    select found.*
    from (select name from ingest.source order by name limit ${sourcesMax}) as source
    cross join lateral (
      select object.bucket, object.object_key as "objectKey", object.source, object.outcome, object.settled_at as "settledAt"
      from ingest.object as object
      where object.source = source.name and object.channel = ${channel} and object.session_id = ${sessionId}::bigint
      limit ${foundMax}
    ) as found
    order by found.bucket, found."objectKey" limit ${foundMax}
  `.execute(db)
  return answer.rows
}
