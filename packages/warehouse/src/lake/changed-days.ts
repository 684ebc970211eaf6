import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** A local day of a source that has changed since it was published to a place. */
export type ChangedDay = {
  source: string
  localDay: string
  /** The number of its last change, for `markPublished`. */
  change: string
  /** False if it was never published. */
  isPublished: boolean
}

/** Hours of one transaction, so that none takes long. */
const hoursMax = 8

/** Marks the days of all hours that were noted since the last time. Others that do so at once wait. */
export async function findChangedDays(db: Database, signal: AbortSignal): Promise<number> {
  let sum = 0
  for (;;) {
    signal.throwIfAborted()
    const hours = await db
      .transaction()
      .setIsolationLevel('read committed')
      .execute(async (transaction) => {
        const { rows } = await sql<{
          hours: number
        }>`select lake.find_days(${hoursMax}::integer) as hours`.execute(transaction)
        return rows[0]?.hours ?? 0
      })
    if (hours === 0) return sum
    sum += hours
  }
}

/** The days that are to be published, the newest first. */
export async function readChangedDays(db: Database, place: string): Promise<ChangedDay[]> {
  const { rows } = await sql<ChangedDay>`
    select source, to_char(local_day, 'YYYY-MM-DD') as "localDay", change::text as change, published > 0 as "isPublished"
    from lake.day where place = ${place} and change > published
    order by local_day desc, source
  `.execute(db)
  return rows
}

/** A change that has come since the day was read stays. */
export async function markPublished(
  db: Database,
  place: string,
  { source, localDay, change }: ChangedDay,
): Promise<void> {
  await sql`
    update lake.day set published = ${change}::bigint
    where place = ${place} and source = ${source} and local_day = ${localDay}::date and published < ${change}::bigint
  `.execute(db)
}

/** The same for a closed day: its files stay, and what has changed is not in them. */
export async function markStale(
  db: Database,
  place: string,
  { source, localDay, change }: ChangedDay,
): Promise<void> {
  await sql`
    update lake.day set published = ${change}::bigint, stale_at = clock_timestamp()
    where place = ${place} and source = ${source} and local_day = ${localDay}::date and published < ${change}::bigint
  `.execute(db)
}

/** To be called before and after the rows of a day are read. Without it, a row that is gone before its hour is looked at stays. */
export async function noteWaiting(db: Database, source: string, localDay: string): Promise<void> {
  await sql`select lake.note_waiting(${source}, ${localDay}::date)`.execute(db)
}

/** Whether retention has removed rows of this day, or is removing them. */
export async function isClosed(db: Database, source: string, localDay: string): Promise<boolean> {
  const { rows } = await sql<{ closed: boolean }>`
    select lake.is_closed(${source}, ${localDay}::date) as closed
  `.execute(db)
  return rows[0]?.closed ?? false
}

/** What is published to a place, by source. */
export type SourceDays = {
  source: string
  days: number
  firstDay: string
  lastDay: string
  staleDays: number
  /** Months (UTC) whose rows are no longer in Postgres. */
  removedMonths: string[]
}

export async function readSourceDays(db: Database, place: string): Promise<SourceDays[]> {
  const { rows } = await sql<SourceDays>`
    select own.source, count(*)::integer as days, to_char(min(own.local_day), 'YYYY-MM-DD') as "firstDay",
           to_char(max(own.local_day), 'YYYY-MM-DD') as "lastDay",
           (count(*) filter (where own.stale_at is not null))::integer as "staleDays",
           array(select to_char(gone.month, 'YYYY-MM') from lake.removed_months() gone
                 where gone.source = own.source order by gone.month) as "removedMonths"
    from lake.day own where own.place = ${place} and own.published > 0
    group by own.source order by own.source
  `.execute(db)
  return rows
}
