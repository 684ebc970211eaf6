import {
  type PersonalColumn,
  personalColumns,
  restColumn,
} from '@aftercall/metadata/erasure/personal-columns'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { FoundSession } from './find-sessions.ts'
import { retryConflicts } from './retry-conflicts.ts'

/** New ids of the erased agents by their old ones. */
export type AgentIds = ReadonlyMap<string, string>

type Key = { channel: string; sessionId: string }

/** A transaction with the heads of these sessions locked, in the order of loaders, so that the two cannot deadlock. */
export async function withHeads<Answer>(
  db: Database,
  source: string,
  sessions: readonly Key[],
  work: (transaction: Database, keys: RawBuilder<unknown>) => Promise<Answer>,
): Promise<Answer> {
  const inTransaction = async (transaction: Database): Promise<Answer> => {
    await sql`select set_config(name, 'off', true) from unnest(array['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit']) name`.execute(
      transaction,
    )
    const keys = sql`json_to_recordset(${JSON.stringify(sessions)}::json) as key
      (channel text, "sessionId" bigint, blanks text, "hasAgent" boolean)`
    await sql`
      select from ingest.session_head head join ${keys} on head.channel = key.channel and head.session_id = key."sessionId"
      where head.source = ${source}
      order by concat_ws('/', head.source, head.channel, head.session_id) collate "C"
      for update of head
    `.execute(transaction)
    return work(transaction, keys)
  }
  return retryConflicts(() => db.transaction().execute(inTransaction))
}

/**
 * Blanks a batch of sessions in one transaction: facts, raw documents, and the hours that their rollups and the lake are made
 * again for. The list of the erased has them already, so a loader that comes later stores the same.
 */
export async function eraseSessions(
  db: Database,
  source: string,
  sessions: readonly FoundSession[],
  agents: AgentIds,
): Promise<{ documents: number }> {
  return withHeads(db, source, sessions, async (transaction, keys) => {
    for (const [table, columns] of Object.entries(personalColumns)) {
      await sql`
        update ${sql.table(`warehouse.${table}`)} as row set ${sql.join(changesOf(columns, agents))}
        from ${keys}
        where row.source = ${source} and row.channel = key.channel and row.session_id = key."sessionId"
      `.execute(transaction)
    }
    const gone = await sql`
      delete from warehouse.session_document as row using ${keys}
      where row.source = ${source} and row.channel = key.channel and row.session_id = key."sessionId"
    `.execute(transaction)
    await noteHours(transaction, source, keys)
    return { documents: Number(gone.numAffectedRows ?? 0) }
  })
}

export async function noteHours(
  transaction: Database,
  source: string,
  keys: RawBuilder<unknown>,
): Promise<void> {
  await sql`
    insert into ingest.changed_hour (source, home_month, home_hour)
    select distinct row.source, date_trunc('month', row.created_at at time zone 'UTC')::date,
           date_trunc('hour', row.local_created_at)
    from warehouse.session as row join ${keys} on row.channel = key.channel and row.session_id = key."sessionId"
    where row.source = ${source} and row.local_created_at is not null
  `.execute(transaction)
}

/** The same rules as `blankRow` has for rows that are not stored yet. */
function changesOf(
  columns: Readonly<Record<string, PersonalColumn>>,
  agents: AgentIds,
): RawBuilder<unknown>[] {
  const [olds, news] = [[...agents.keys()], [...agents.values()]]
  return Object.entries(columns).map(([name, column]) => {
    const own = sql.ref(`row.${name}`)
    if (column.holds === 'agent-id') {
      return sql`${sql.ref(name)} = coalesce((
        select other.new_id from unnest(${olds}::bigint[], ${news}::bigint[]) other (old_id, new_id)
        where other.old_id = ${own}), ${own})`
    }
    const tests = [sql`key.blanks = 'all'`]
    if (column.holds === 'free') tests.push(sql`key.blanks = 'free'`)
    if (name === restColumn) tests.push(sql`key."hasAgent"`)
    if (column.agent !== undefined)
      tests.push(sql`${sql.ref(`row.${column.agent}`)} = any(${olds}::bigint[])`)
    return sql`${sql.ref(name)} = case when ${sql.join(tests, sql` or `)} then null else ${own} end`
  })
}
