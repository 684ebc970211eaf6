import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** Where `aftercall publish` writes to, as the database knows it. */
export type Place = {
  /** Of this database, also in the file `_published.json` of the place. */
  lakeId: string
  /** Hash of what every day depended on when all days were last marked; null before the first time. */
  shape: string | null
  /** How often it was published without a failure. */
  cycle: number
}

/**
 * Adds the place, so that every day is to be published to it, or says of a known one how often it is published. Adding waits for
 * a running refresh of rollups; one that begins meanwhile begins again.
 */
export async function addPlace(db: Database, place: string, everySeconds: number): Promise<Place> {
  const known = await readPlace(db, place)
  if (known !== undefined) {
    await sql`
      update lake.place set every_seconds = ${everySeconds}::integer
      where place = ${place} and every_seconds <> ${everySeconds}::integer
    `.execute(db)
    return known
  }
  return db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (transaction) => {
      await sql`select lake.add_place(${place}, ${everySeconds}::integer)`.execute(transaction)
      const found = await readPlace(transaction, place)
      if (found === undefined) throw new Error('the place was not added')
      return found
    })
}

export async function readPlace(db: Database, place: string): Promise<Place | undefined> {
  const { rows } = await sql<Place>`
    select lake_id::text as "lakeId", shape, cycle::float8 as cycle from lake.place where place = ${place}
  `.execute(db)
  return rows[0]
}

/** Forgets a place and all that is known about its days. Its files stay. False if there is none. */
export async function removePlace(db: Database, place: string): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from lake.place where place = ${place}`.execute(db)
  return (numAffectedRows ?? 0n) > 0n
}

/** A hash of what every day depends on: the views, the words, and whether agents are shown. */
export async function readShape(db: Database): Promise<string> {
  const { rows } = await sql<{ shape: string }>`select lake.shape() as shape`.execute(db)
  return rows[0]?.shape ?? ''
}

/**
 * Has all days of a place published again, in one transaction. With `rewrite` the files are written even if they are equal to
 * what was published. Days that are closed and were published stay as they are.
 */
export async function markAllDays(
  db: Database,
  place: string,
  { shape, rewrite }: { shape: string; rewrite: boolean },
): Promise<void> {
  await db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (transaction) => {
      await sql`
        update lake.day own set
          change = own.change + 1,
          changed_at = case when own.change > own.published then own.changed_at else clock_timestamp() end
        where own.place = ${place} and not (own.published > 0 and lake.is_closed(own.source, own.local_day))
      `.execute(transaction)
      if (rewrite) {
        await sql`
          update lake.file own set sha256 = null, row_count = greatest(own.row_count, 1)
          from lake.day
          where day.place = own.place and day.source = own.source and day.local_day = own.local_day
            and own.place = ${place} and day.change > day.published
        `.execute(transaction)
      }
      await sql`update lake.place set shape = ${shape} where place = ${place}`.execute(transaction)
    })
}

/** Says that no changed day was left. Returns the number for `_published.json`. */
export async function recordSuccess(db: Database, place: string): Promise<number> {
  const { rows } = await sql<{ cycle: number }>`
    update lake.place set cycle = cycle + 1, published_at = clock_timestamp(), failed_at = null, failure = null
    where place = ${place} returning cycle::float8 as cycle
  `.execute(db)
  return rows[0]?.cycle ?? 0
}

/** The time is that of the first failure since the last success. */
export async function recordFailure(db: Database, place: string, code: string): Promise<void> {
  await sql`
    update lake.place set failed_at = coalesce(failed_at, clock_timestamp()), failure = left(${code}, 1000)
    where place = ${place}
  `.execute(db)
}
