import type { SessionKey } from '@aftercall/metadata/map/map-session'
import type { TableName } from '@aftercall/metadata/tables/table-spec'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** A session with the tables that its rows are deleted from. */
export type RowsToDelete = SessionKey & {
  createdAt: string
  tables: readonly TableName[]
  /** An hour of the month of `createdAt` that the same transaction lists as changed anyway; null for none. */
  listedHour: string | null
}

/**
 * Deletes the rows of these sessions from the tables that each names, in one statement a month, which also lists the hours
 * of the sessions' own rows as changed. A range of the partition
 * key whose ends are known at planning time touches and locks one partition of each table and uses the index of the
 * primary key (an `= any(…)` of the instants prunes as well, but makes the planner scan the month).
 */
export async function deleteRows(db: Database, sessions: readonly RowsToDelete[]): Promise<void> {
  await inEachMonth(sessions, async ({ from, to, ofMonth }) => {
    const names = [...new Set(ofMonth.flatMap((one) => one.tables))].sort()
    const keys = ofMonth.map((one) => ({
      source: one.source,
      channel: one.channel,
      session_id: one.sessionId,
      created_at: one.createdAt,
      tables: one.tables,
      listed_hour: one.listedHour,
    }))
    const deletes = names.map((name) => {
      const createdAt = sql.ref(name === 'session' ? 'row.created_at' : 'row.session_created_at')
      return sql`${sql.id(name)} as (
        delete from ${sql.table(`warehouse.${name}`)} as row using gone
        where ${createdAt} >= ${from}::timestamptz and ${createdAt} < ${to}::timestamptz
          and ${createdAt} = gone.created_at and ${name} = any(gone.tables)
          and row.source = gone.source and row.channel = gone.channel and row.session_id = gone.session_id
        ${name === 'session' ? sql`returning row.source, row.created_at, row.local_created_at, gone.listed_hour` : sql``}
      )`
    })
    if (names.includes('session')) deletes.push(listedHours)
    await sql`
      with gone as (
        select * from json_to_recordset(${JSON.stringify(keys)}::json) as gone
          (source text, channel text, session_id bigint, created_at timestamptz, tables text[],
           listed_hour timestamp)
      ), ${sql.join(deletes)}
      select
    `.execute(db)
  })
}

/** Of the session rows that the statement deletes, unless listed anyway: their rollups have to be made again. */
const listedHours = sql`
      changed as (
        insert into ingest.changed_hour (source, home_month, home_hour)
        select distinct source, date_trunc('month', created_at at time zone 'UTC')::date, date_trunc('hour', local_created_at)
        from session
        where local_created_at is not null and date_trunc('hour', local_created_at) is distinct from listed_hour
      )`

type Month<One> = { from: string; to: string; ofMonth: One[] }

/** Runs the work for each month of the sessions, all at once. */
export async function inEachMonth<One extends { createdAt: string }>(
  sessions: readonly One[],
  work: (month: Month<One>) => Promise<void>,
): Promise<void> {
  await Promise.all(byMonth(sessions).map(work))
}

/**
 * Groups sessions by the month (UTC) of their `createdAt`, in order of time, with the month's first instant and the next
 * month's.
 */
function byMonth<One extends { createdAt: string }>(sessions: readonly One[]): Month<One>[] {
  const months = Map.groupBy(sessions, (one) => new Date(one.createdAt).toISOString().slice(0, 7))
  return [...months]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([month, ofMonth]) => {
      const next = new Date(`${month}-01T00:00:00Z`)
      next.setUTCMonth(next.getUTCMonth() + 1)
      // Postgres has no year 10000 in ISO form; nothing later than 9999 exists here.
      const to = next.getUTCFullYear() > 9999 ? 'infinity' : next.toISOString()
      return { from: `${month}-01T00:00:00Z`, to, ofMonth }
    })
}

/** A `timestamptz` as text of fixed width, in the form of the metadata's instants. */
export function instantText(column: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}
