import { sql } from 'kysely'
import type { Database } from './database.ts'
import { isOutage } from './sql-verdict.ts'

export type Months = {
  /** Makes the partitions these instants fall into, unless this process knows them to be there. */
  ensure(instants: readonly string[]): Promise<void>
}

export type MonthsOptions = {
  db: Database
  /** A month that cannot be made now (a lock, say) is no reason to fail: the default partition takes its rows. */
  onFailure(month: string, error: unknown): void
  now(): Date
}

export const firstMonth = '2010-01'
/** How far ahead a session's month may be: clocks differ, and callbacks are scheduled. */
export const monthsAheadMax = 2
const retryAfterMs = 60_000

/**
 * Partitions are made by whoever needs them first. Months that no real session can have are left to the default
 * partition. A month that could not be made is tried again after a minute, not with every batch: each attempt may wait
 * for a lock.
 */
export function createMonths({ db, onFailure, now }: MonthsOptions): Months {
  const made = new Set<string>()
  const failedAt = new Map<string, number>()

  async function ensure(instants: readonly string[]): Promise<void> {
    const wanted = new Set(instants.map((instant) => instant.slice(0, 7)))
    for (const month of wanted) {
      if (made.has(month) || !isPlausibleMonth(month, now()) || failedLately(month)) continue
      try {
        await makeMonth(db, month)
        made.add(month)
        failedAt.delete(month)
      } catch (error) {
        // A database that is away is no matter of this month: the batch itself is about to wait for it.
        if (isOutage(error)) return
        failedAt.set(month, now().getTime())
        onFailure(month, error)
      }
    }
  }

  function failedLately(month: string): boolean {
    const at = failedAt.get(month)
    return at !== undefined && now().getTime() - at < retryAfterMs
  }

  return { ensure }
}

/** Makes the partitions of a month (`2026-03`) that are missing, and says how many. Fails when a lock is not to be had. */
export async function makeMonth(db: Database, month: string): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    await sql`set local lock_timeout = '5s'`.execute(transaction)
    const answer = await sql<{ made: number }>`
      select ingest.create_month(${`${month}-01`}::date) as made
    `.execute(transaction)
    return answer.rows[0]?.made ?? 0
  })
}

/** False for months that only a broken clock can name, so that it cannot fill the catalogue: before 2010, far ahead. */
export function isPlausibleMonth(month: string, now: Date, monthsAhead = monthsAheadMax): boolean {
  return /^\d{4}-\d{2}$/.test(month) && month >= firstMonth && month <= monthFrom(now, monthsAhead)
}

/** The month (`2026-03`, UTC) so many months after that of `now`; before it where negative. */
export function monthFrom(now: Date, monthsLater: number): string {
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + monthsLater, 1))
  return first.toISOString().slice(0, 7)
}
