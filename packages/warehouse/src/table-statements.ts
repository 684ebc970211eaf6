import { postgresType } from '@aftercall/metadata/columns'
import type { SessionKey } from '@aftercall/metadata/map-session'
import type { TableSpec } from '@aftercall/metadata/table-spec'
import { sql } from 'kysely'
import type { Database } from './database.ts'

type ColumnDefinition = { name: string; type: string }

/**
 * Inserts rows, all in one statement. They travel as one JSON text: serialising it is native code on this side, and
 * `json_to_recordset` gives every column its type on the other. A key that a row does not have is null.
 */
export async function insertRows(db: Database, table: TableSpec, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return
  const columns = columnsOf(table)
  const names = sql.join(columns.map((one) => sql.ref(one.name)))
  const definitions = sql.join(columns.map((one) => sql`${sql.ref(one.name)} ${sql.raw(one.type)}`))
  await sql`
    insert into ${sql.table(`warehouse.${table.name}`)} (${names})
    select ${names} from json_to_recordset(${JSON.stringify(rows)}::json) as row (${definitions})
  `.execute(db)
}

/**
 * Deletes every row of these sessions from one table. The months are given apart, as an array the planner can see:
 * it then touches and locks only their partitions, not all that were ever made.
 */
export async function deleteRows(
  db: Database,
  table: TableSpec,
  sessions: readonly (SessionKey & { createdAt: string })[],
): Promise<void> {
  if (sessions.length === 0) return
  const createdAt = sql.ref(table.name === 'session' ? 'row.created_at' : 'row.session_created_at')
  const keys = sessions.map((one) => ({
    source: one.source,
    channel: one.channel,
    session_id: one.sessionId,
    created_at: one.createdAt,
  }))
  await sql`
    delete from ${sql.table(`warehouse.${table.name}`)} as row
    using json_to_recordset(${JSON.stringify(keys)}::json) as gone
      (source text, channel text, session_id bigint, created_at timestamptz)
    where ${createdAt} = any(${sessions.map((one) => one.createdAt)}::timestamptz[])
      and ${createdAt} = gone.created_at
      and row.source = gone.source and row.channel = gone.channel and row.session_id = gone.session_id
  `.execute(db)
}

function columnsOf(table: TableSpec): ColumnDefinition[] {
  const own = table.columns.map((one) => ({ name: one.name, type: postgresType[one.kind] }))
  return table.name === 'session' ? [...own, ...lineageColumns] : [...keyColumns, ...own]
}

const lineageColumns: ColumnDefinition[] = [
  { name: 'bucket', type: 'text' },
  { name: 'object_key', type: 'text' },
]

const keyColumns: ColumnDefinition[] = [
  { name: 'source', type: 'text' },
  { name: 'channel', type: 'text' },
  { name: 'session_id', type: 'bigint' },
  { name: 'session_created_at', type: 'timestamptz' },
]
