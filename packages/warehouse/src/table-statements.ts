import { postgresType } from '@aftercall/metadata/columns'
import type { SessionKey } from '@aftercall/metadata/map-session'
import type { TableSpec } from '@aftercall/metadata/table-spec'
import { sql } from 'kysely'
import type { Database } from './database.ts'

type ColumnDefinition = { name: string; type: string }

export type TableRows = { table: TableSpec; rows: readonly object[] }

/**
 * Inserts the rows of all tables in one statement. They travel as one JSON text a table: serialising it is native code on
 * this side, and `json_to_recordset` gives every column its type on the other. A key that a row does not have is null.
 */
export async function insertRows(db: Database, perTable: readonly TableRows[]): Promise<void> {
  const filled = perTable.filter(({ rows }) => rows.length > 0)
  if (filled.length === 0) return
  const inserts = filled.map(({ table, rows }) => {
    const columns = columnsOf(table)
    const names = sql.join(columns.map((one) => sql.ref(one.name)))
    const definitions = sql.join(columns.map((one) => sql`${sql.ref(one.name)} ${sql.raw(one.type)}`))
    return sql`${sql.id(table.name)} as (
      insert into ${sql.table(`warehouse.${table.name}`)} (${names})
      select ${names} from json_to_recordset(${JSON.stringify(rows)}::json) as row (${definitions})
    )`
  })
  await sql`with ${sql.join(inserts)} select`.execute(db)
}

/**
 * Deletes every row of these sessions from all tables, one statement a month: a range of the partition key with both ends
 * known at planning time touches and locks one partition of each and keeps the primary key's index (an `= any(…)` of the
 * instants prunes as well, but makes the planner scan the month).
 */
export async function deleteRows(
  db: Database,
  tables: readonly TableSpec[],
  sessions: readonly (SessionKey & { createdAt: string })[],
): Promise<void> {
  for (const { from, to, ofMonth } of byMonth(sessions)) {
    const keys = ofMonth.map((one) => ({
      source: one.source,
      channel: one.channel,
      session_id: one.sessionId,
      created_at: one.createdAt,
    }))
    const deletes = tables.map((table) => {
      const createdAt = sql.ref(table.name === 'session' ? 'row.created_at' : 'row.session_created_at')
      return sql`${sql.id(table.name)} as (
        delete from ${sql.table(`warehouse.${table.name}`)} as row using gone
        where ${createdAt} >= ${from}::timestamptz and ${createdAt} < ${to}::timestamptz
          and ${createdAt} = gone.created_at
          and row.source = gone.source and row.channel = gone.channel and row.session_id = gone.session_id
      )`
    })
    await sql`
      with gone as (
        select * from json_to_recordset(${JSON.stringify(keys)}::json) as gone
          (source text, channel text, session_id bigint, created_at timestamptz)
      ), ${sql.join(deletes)}
      select
    `.execute(db)
  }
}

type Month<One> = { from: string; to: string; ofMonth: One[] }

/** Sessions by the month (UTC) of their `createdAt`, in order of time, with the month's first instant and the next's. */
export function byMonth<One extends { createdAt: string }>(sessions: readonly One[]): Month<One>[] {
  const months = Map.groupBy(sessions, (one) => new Date(one.createdAt).toISOString().slice(0, 7))
  return [...months]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([month, ofMonth]) => {
      const next = new Date(`${month}-01T00:00:00Z`)
      next.setUTCMonth(next.getUTCMonth() + 1)
      // Postgres knows no year 10000 in ISO form; nothing later than 9999 exists here.
      const to = next.getUTCFullYear() > 9999 ? 'infinity' : next.toISOString()
      return { from: `${month}-01T00:00:00Z`, to, ofMonth }
    })
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
