import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { firstMonthOf, type MonthSpan, monthFrom } from '../maintenance/months.ts'
import type { Overview } from './overview-types.ts'

/** For each table. */
const waitingRowsMax = 10_000

export type DefaultPartitionRows = Pick<Overview, 'waitingRows' | 'outsideRows'>

/**
 * What is in the default partitions: `waitingRows`, which `aftercall maintain` would move, and the sessions of months outside
 * the span, which stay there because either their times or the span is wrong. As a rule these partitions are empty, which one
 * look at them tells.
 */
export async function readDefaultPartitions(
  db: Database,
  now: Date,
  span: MonthSpan,
): Promise<DefaultPartitionRows> {
  const none = { waitingRows: [], outsideRows: { count: 0, about: false } }
  if ((await readRows(db, { from: earliest, before: latest, rowsMax: 1 })).length === 0) return none
  const [firstDay, endDay] = boundsOf(now, span)
  const waitingRows = await readRows(db, { from: firstDay, before: endDay })
  const outside = [
    ...(await readRows(db, { from: earliest, before: firstDay })),
    ...(await readRows(db, { from: endDay, before: latest })),
  ]
  const sessions = outside.filter(({ table }) => table === 'session').map(({ rows }) => rows)
  const count = sessions.reduce((sum, one) => sum + one.count, 0)
  return { waitingRows, outsideRows: { count, about: sessions.some((one) => one.about) } }
}

const [earliest, latest] = ['0001-01-01', '9999-12-31']

function boundsOf(now: Date, span: MonthSpan): [string, string] {
  return [`${firstMonthOf(now, span)}-01`, `${monthFrom(now, span.ahead + 1)}-01`]
}

async function readRows(
  db: Database,
  { from, before, rowsMax = waitingRowsMax }: { from: string; before: string; rowsMax?: number },
): Promise<Overview['waitingRows']> {
  const answer = await sql<{ table: string; waiting: number }>`
    select table_name as table, waiting::float8
    from ingest.waiting_rows(${from}::date, ${before}::date, ${rowsMax})
  `.execute(db)
  return answer.rows.map(({ table, waiting }) => ({
    table,
    rows: { count: waiting, about: waiting >= rowsMax },
  }))
}

/** This month and the next, if they have no partitions. Looks for these by name, because there are thousands. */
export async function readMissingMonths(db: Database, now: Date): Promise<string[]> {
  const months = [monthFrom(now, 0), monthFrom(now, 1)]
  const answer = await sql<{ month: string }>`
    select distinct wanted as month
    from ingest.fact_tables() as fact
    cross join unnest(${months}::text[]) as wanted
    where to_regclass(format('warehouse.%I', fact.name || '_' || replace(wanted, '-', '_'))) is null
    order by wanted
  `.execute(db)
  return answer.rows.map(({ month }) => month)
}
