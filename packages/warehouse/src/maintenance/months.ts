import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { isOutage } from '../connection/error-class.ts'

export type Months = {
  /** Makes the partitions for these instants, unless this process knows that they exist. */
  ensure(instants: readonly string[]): Promise<void>
}

/** The months in which a session can be, around the current one by the database's clock. */
export type MonthSpan = { yearsBack: number; ahead: number }

export type MonthLimits = MonthSpan & {
  /** The most months that all workers together make in an hour. */
  madePerHourMax: number
}

/** Why a month has no partition of its own, so that its rows go to the default partition. */
export type LeftOut = 'outside' | 'too_many'

export type MonthsOptions = {
  db: Database
  limits: MonthLimits
  /**
   * Called for a month that cannot be made now, because of a lock, for example. Loading goes on: the default partition
   * takes the rows.
   */
  onFailure(month: string, error: unknown): void
  /**
   * Called for a month that must not be made: the default partition takes the rows. Called again after a minute at the
   * earliest.
   */
  onLeftOut(month: string, reason: LeftOut): void
  /** Milliseconds of a monotonic clock. */
  nowMs(): number
}

const retryAfterMs = 60_000
/** A document can name any month: this many of those that are left out are remembered. */
const leftOutMax = 10_000

/**
 * The first worker that needs a month makes its partitions, within the limits. A month that was not made is tried again
 * after a minute, not with every batch: each attempt may wait for a lock.
 */
export function createMonths({ db, limits, onFailure, onLeftOut, nowMs }: MonthsOptions): Months {
  const made = new Set<string>()
  const putOff = new Map<string, number>()
  let refusedAtMs = Number.NEGATIVE_INFINITY
  let span: { first: string; last: string; readAtMs: number } | undefined

  async function ensure(instants: readonly string[]): Promise<void> {
    const wanted = new Set(instants.map((instant) => instant.slice(0, 7)))
    for (const month of wanted) {
      if (made.has(month) || isPutOff(month)) continue
      if (isOutside(month)) {
        leaveOut(month, 'outside')
        continue
      }
      // Without this, the many months of a single document could take seconds, one refusal after another.
      if (nowMs() - refusedAtMs < retryAfterMs) continue
      try {
        await ensureOne(month)
      } catch (error) {
        // If the database is away, that is no failure of this month: the batch itself is about to wait.
        if (isOutage(error)) return
        remember(month)
        onFailure(month, error)
      }
    }
  }

  async function ensureOne(month: string): Promise<void> {
    const { result, first, last } = await ensureMonth(db, month, limits)
    span = { first, last, readAtMs: nowMs() }
    if (result === 'too_many') refusedAtMs = nowMs()
    if (result !== 'there') {
      leaveOut(month, result)
      return
    }
    made.add(month)
    putOff.delete(month)
  }

  /** By the database's last answer, so that a document with many such months does not cost a call for each. */
  function isOutside(month: string): boolean {
    if (!isMonth(month)) return true
    if (span === undefined || nowMs() - span.readAtMs >= retryAfterMs) return false
    return month < span.first || month > span.last
  }

  function leaveOut(month: string, reason: LeftOut): void {
    remember(month)
    onLeftOut(month, reason)
  }

  function remember(month: string): void {
    if (putOff.size >= leftOutMax) putOff.clear()
    putOff.set(month, nowMs())
  }

  function isPutOff(month: string): boolean {
    const at = putOff.get(month)
    return at !== undefined && nowMs() - at < retryAfterMs
  }

  return { ensure }
}

type Ensured = { result: 'there' | LeftOut; first: string; last: string }

/**
 * Fails if it does not get a lock. Read committed, because the rows that it reads may change while it waits for the lock.
 */
async function ensureMonth(db: Database, month: string, limits: MonthLimits): Promise<Ensured> {
  const { yearsBack, ahead, madePerHourMax } = limits
  return db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (transaction) => {
      await sql`set local lock_timeout = '5s'`.execute(transaction)
      const answer = await sql<Ensured>`
        select verdict as result, to_char(first_month, 'YYYY-MM') as first, to_char(last_month, 'YYYY-MM') as last
        from ingest.ensure_month(${`${month}-01`}::date, ${yearsBack}::integer, ${ahead}::integer,
                                 ${madePerHourMax}::integer)
      `.execute(transaction)
      const [ensured] = answer.rows
      if (ensured === undefined) throw new Error('the database did not report what it did with the month')
      return ensured
    })
}

/**
 * Makes the missing partitions of any month (`2026-03`), and returns how many. For commands. Fails if it does not get a
 * lock.
 */
export async function makeMonth(db: Database, month: string): Promise<number> {
  return db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (transaction) => {
      await sql`set local lock_timeout = '5s'`.execute(transaction)
      const answer = await sql<{ made: number }>`
        select ingest.create_month(${`${month}-01`}::date) as made
      `.execute(transaction)
      return answer.rows[0]?.made ?? 0
    })
}

/** Like the database for the same span (`ingest.ensure_month`). */
export function isPlausibleMonth(month: string, now: Date, span: MonthSpan): boolean {
  return isMonth(month) && month >= firstMonthOf(now, span) && month <= monthFrom(now, span.ahead)
}

export function firstMonthOf(now: Date, { yearsBack }: MonthSpan): string {
  return monthFrom(now, -12 * yearsBack)
}

function isMonth(month: string): boolean {
  return /^\d{4}-\d{2}$/.test(month)
}

/** The month (`2026-03`, UTC) this many months after that of `now`, or before it if negative. */
export function monthFrom(now: Date, monthsLater: number): string {
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + monthsLater, 1))
  return first.toISOString().slice(0, 7)
}
