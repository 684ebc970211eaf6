import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { noteHours, withHeads } from './erase-sessions.ts'
import type { FoundSession } from './find-sessions.ts'

type KeyRow = { key: string }

/** The keys in place of the consumers of these sessions, as 32 digits, without those that an erasure has put there. */
export async function readKeys(
  db: Database,
  source: string,
  sessions: readonly FoundSession[],
): Promise<string[]> {
  const own = sessions.filter(({ blanks }) => blanks === 'all')
  const answer = await sql<KeyRow>`
    select distinct replace(own.key::text, '-', '') as key
    from json_to_recordset(${JSON.stringify(own)}::json) as named (channel text, "sessionId" bigint)
    join warehouse.session s on s.source = ${source} and s.channel = named.channel and s.session_id = named."sessionId"
    cross join unnest(array[s.customer_key, s.contact_key]) own (key)
    where own.key is not null and not exists (
      select from ingest.erased e where e.kind = 'key' and e.replacement = own.key)
  `.execute(db)
  return answer.rows.map((row) => row.key)
}

type CountRow = { consumers: number }

/** How many consumers have the sessions that would be blanked as the person's. */
export async function countConsumers(
  db: Database,
  source: string,
  sessions: readonly FoundSession[],
): Promise<number> {
  const own = sessions.filter(({ blanks }) => blanks === 'all')
  const answer = await sql<CountRow>`
    select count(distinct s.end_user_id)::integer as consumers
    from json_to_recordset(${JSON.stringify(own)}::json) as named (channel text, "sessionId" bigint)
    join warehouse.session s on s.source = ${source} and s.channel = named.channel and s.session_id = named."sessionId"
  `.execute(db)
  return answer.rows[0]?.consumers ?? 0
}

type SessionRow = { channel: string; sessionId: string }

/**
 * Puts a random key in place of each of these, in every session of the source: as many keys are distinct as before, and repeat
 * contacts are the same. Before anything else is blanked: a run that is killed here finds the sessions again.
 */
export async function replaceKeys(
  db: Database,
  source: string,
  keys: ReadonlyMap<string, string>,
  batchSize: number,
): Promise<void> {
  if (keys.size === 0) return
  const [olds, news] = [[...keys.keys()], [...keys.values()]]
  for (;;) {
    const answer = await sql<SessionRow>`
      select channel, session_id::text as "sessionId" from warehouse.session
      where source = ${source} and (customer_key = any(${olds}::uuid[]) or contact_key = any(${olds}::uuid[]))
      limit ${batchSize}
    `.execute(db)
    if (answer.rows.length === 0) return
    await withHeads(db, source, answer.rows, async (transaction, sessions) => {
      await noteHours(transaction, source, sessions)
      await sql`
        update warehouse.session as row set
          customer_key = coalesce((select new_key from unnest(${olds}::uuid[], ${news}::uuid[]) other (old_key, new_key)
                                   where old_key = row.customer_key), row.customer_key),
          contact_key = coalesce((select new_key from unnest(${olds}::uuid[], ${news}::uuid[]) other (old_key, new_key)
                                  where old_key = row.contact_key), row.contact_key)
        from ${sessions}
        where row.source = ${source} and row.channel = key.channel and row.session_id = key."sessionId"
      `.execute(transaction)
    })
  }
}
