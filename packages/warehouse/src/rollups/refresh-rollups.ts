import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { isConflict } from '../connection/error-class.ts'

export type RefreshOptions = {
  /** The most hours of one transaction. */
  hoursMax?: number
  /** An hour is made again when nothing has changed it for this long, … */
  quietMs?: number
  /** … or when its oldest change is this old. */
  patienceMs?: number
  /** Ends `refreshAllRollups` between two transactions. */
  signal?: AbortSignal
  /** Only hours of this month (UTC), as `2026-03`. */
  month?: string
}

export const refreshDefaults = { hoursMax: 240, quietMs: 5_000, patienceMs: 30_000 } as const

/**
 * Makes the rollups of changed hours again, and those of the days that they touch, in one transaction. Returns how many
 * hours; undefined if another refresh came first, which nothing is lost by. All times are the database's. Exact for any
 * number of callers at once: see ADR 43.
 */
export async function refreshRollups(
  db: Database,
  options: RefreshOptions = {},
): Promise<number | undefined> {
  const { hoursMax, quietMs, patienceMs, month } = { ...refreshDefaults, ...options }
  const answer = await unlessOvertaken(
    inSnapshot(db, (transaction) =>
      sql<{ hours: number }>`
        select rollup.refresh(
          ${hoursMax}::integer, ${quietMs}::float8 * interval '1 ms', ${patienceMs}::float8 * interval '1 ms',
          ${month === undefined ? null : `${month}-01`}::date) as hours
      `.execute(transaction),
    ),
  )
  return answer === undefined ? undefined : (answer.rows[0]?.hours ?? 0)
}

/** Undefined if another refresh, or maintenance, came first: nothing is done then, and nothing is lost. */
async function unlessOvertaken<Answer>(work: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await work
  } catch (error) {
    if (isConflict(error)) return undefined
    throw error
  }
}

/** Until no changed hour is left that is due. */
export async function refreshAllRollups(db: Database, options: RefreshOptions = {}): Promise<number> {
  let sum = 0
  for (;;) {
    options.signal?.throwIfAborted()
    const hours = await refreshRollups(db, options)
    if (hours === 0) return sum
    sum += hours ?? 0
  }
}

/** Has the rollups of all hours of these local days made again. Returns how many hours. */
export async function markChanged(db: Database, fromDay: string, toDay: string): Promise<number> {
  const answer = await sql<{ hours: number }>`
    select rollup.mark_changed(${fromDay}::date, ${toDay}::date) as hours
  `.execute(db)
  return answer.rows[0]?.hours ?? 0
}

/** Makes every daily row of these days again from the hourly ones, also where retention has removed the sessions. */
export async function sumDays(db: Database, fromDay: string, toDay: string): Promise<void> {
  const work = () =>
    inSnapshot(db, (transaction) =>
      sql`select rollup.sum_days(${fromDay}::date, ${toDay}::date)`.execute(transaction),
    )
  while ((await unlessOvertaken(work())) === undefined);
}

export type RollupLag = { waitingHours: number; oldestSeconds: number }

/** How many changed hours wait for a refresh, and how old the oldest change is. */
export async function readRollupLag(db: Database): Promise<RollupLag> {
  const answer = await sql<RollupLag>`
    select hours::float8 as "waitingHours", oldest_seconds as "oldestSeconds" from rollup.waiting()
  `.execute(db)
  return answer.rows[0] ?? { waitingHours: 0, oldestSeconds: 0 }
}

/** All that the work reads is of one instant. */
export function inSnapshot<Answer>(
  db: Database,
  work: (transaction: Database) => Promise<Answer>,
): Promise<Answer> {
  return db.transaction().setIsolationLevel('repeatable read').execute(work)
}
