import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { firstMonthOf, type MonthSpan, monthFrom } from '../maintenance/months.ts'
import type { BoundedCount, Overview } from './overview-types.ts'

/** For each table. */
const waitingRowsMax = 10_000

/** Rows that `aftercall maintain` would move. */
export async function readWaitingRows(
  db: Database,
  now: Date,
  span: MonthSpan,
): Promise<Overview['waitingRows']> {
  const [firstDay, endDay] = boundsOf(now, span)
  return readRows(db, firstDay, endDay)
}

/** Sessions of months outside the span. They stay in the default partition, because either their times or the span is wrong. */
export async function readOutsideRows(db: Database, now: Date, span: MonthSpan): Promise<BoundedCount> {
  const [firstDay, endDay] = boundsOf(now, span)
  const parts = [
    ...(await readRows(db, '0001-01-01', firstDay)),
    ...(await readRows(db, endDay, '9999-12-31')),
  ]
  const sessions = parts.filter(({ table }) => table === 'session').map(({ rows }) => rows)
  return {
    count: sessions.reduce((sum, one) => sum + one.count, 0),
    about: sessions.some((one) => one.about),
  }
}

function boundsOf(now: Date, span: MonthSpan): [string, string] {
  return [`${firstMonthOf(now, span)}-01`, `${monthFrom(now, span.ahead + 1)}-01`]
}

async function readRows(db: Database, firstDay: string, endDay: string): Promise<Overview['waitingRows']> {
  const answer = await sql<{ table: string; waiting: number }>`
    select table_name as table, waiting::float8
    from ingest.waiting_rows(${firstDay}::date, ${endDay}::date, ${waitingRowsMax})
  `.execute(db)
  return answer.rows.map(({ table, waiting }) => ({
    table,
    rows: { count: waiting, about: waiting >= waitingRowsMax },
  }))
}

/** This month and the next, if they have no partitions. Reads only the catalog. */
export async function readMissingMonths(db: Database, now: Date): Promise<string[]> {
  const months = [monthFrom(now, 0), monthFrom(now, 1)]
  const answer = await sql<{ month: string }>`
    select wanted as month
    from unnest(${months}::text[]) as wanted
    where (select count(*) from ingest.month_partitions() where to_char(month, 'YYYY-MM') = wanted)
        < (select count(*) from ingest.fact_tables())
    order by wanted
  `.execute(db)
  return answer.rows.map(({ month }) => month)
}
