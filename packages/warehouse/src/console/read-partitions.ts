import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { firstMonth, monthFrom, monthsAheadMax } from '../months.ts'
import type { Overview } from './overview.ts'

/** Of each table. */
const waitingRowsMax = 10_000

/** Rows that `aftercall maintain` would move. Rows of months that nobody can mean stay, and are no trouble. */
export async function readWaitingRows(db: Database, now: Date): Promise<Overview['waitingRows']> {
  const beforeMonth = `${monthFrom(now, monthsAheadMax + 1)}-01`
  const answer = await sql<{ table: string; waiting: number }>`
    select table_name as table, waiting::float8
    from ingest.waiting_rows(${`${firstMonth}-01`}::date, ${beforeMonth}::date, ${waitingRowsMax})
  `.execute(db)
  return answer.rows.map(({ table, waiting }) => ({
    table,
    rows: { count: waiting, about: waiting >= waitingRowsMax },
  }))
}

/** Of this month and the next, from the catalogue alone. */
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
