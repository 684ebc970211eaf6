import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { inSnapshot } from './refresh-rollups.ts'

/** Rows of one table that differ from what the facts say: a row with a wrong number is one missing and one unexpected. */
export type RollupDifference = {
  source: string
  /** Local day, as `2026-03-23`. */
  day: string
  table: string
  missing: number
  unexpected: number
}

export type CheckedDays = { fromDay: string; toDay: string }

/**
 * Compares the rollups of these local days with the facts, each day in a snapshot of its own. Hours that wait for a refresh,
 * and months that retention has removed, are left out. Yields after each day what differs; nothing where all is exact.
 */
export async function* checkRollups(
  db: Database,
  { fromDay, toDay }: CheckedDays,
): AsyncGenerator<{ source: string; day: string; differences: RollupDifference[] }> {
  const pairs = await sql<{ source: string; day: string }>`
    select source.name as source, to_char(day, 'YYYY-MM-DD') as day
    from generate_series(${fromDay}::date::timestamp, ${toDay}::date::timestamp, interval '1 day') as day
    cross join ingest.source order by 2, 1
  `.execute(db)
  for (const { source, day } of pairs.rows) {
    yield { source, day, differences: await checkDay(db, source, day) }
  }
}

export async function checkDay(db: Database, source: string, day: string): Promise<RollupDifference[]> {
  const answer = await inSnapshot(db, (transaction) =>
    sql<{ table: string; missing: number; unexpected: number }>`
      select table_name as table, missing::float8 as missing, unexpected::float8 as unexpected
      from rollup.differences(${source}, ${day}::date) where missing + unexpected > 0
    `.execute(transaction),
  )
  return answer.rows.map((row) => ({ source, day, ...row }))
}

/**
 * Compares a random day of every source and keeps what it found, unless a day was checked within 24 hours. A day that
 * differs is compared again each hour, until it no longer does.
 */
export async function checkDayIfDue(
  db: Database,
): Promise<{ day: string; differences: RollupDifference[] } | undefined> {
  const due = await sql<{ day: string | null }>`
    select to_char(rollup.day_to_check(), 'YYYY-MM-DD') as day
  `.execute(db)
  const day = due.rows[0]?.day ?? null
  if (day === null) return undefined
  const differences: RollupDifference[] = []
  for await (const one of checkRollups(db, { fromDay: day, toDay: day })) differences.push(...one.differences)
  await recordCheck(db, day, differences)
  return { day, differences }
}

/** Keeps what a check of all sources found on a day, for metrics, doctor and the console. */
export async function recordCheck(
  db: Database,
  day: string,
  differences: readonly RollupDifference[],
): Promise<void> {
  const rows = differences.reduce((sum, { missing, unexpected }) => sum + missing + unexpected, 0)
  await sql`select rollup.record_check(${day}::date, ${rows}::bigint)`.execute(db)
}

export type LastCheck = { day: string; checkedAt: Date; differences: number }

/** The last day that a worker compared; undefined before the first. */
export async function readLastCheck(db: Database): Promise<LastCheck | undefined> {
  const answer = await sql<LastCheck>`
    select to_char(local_day, 'YYYY-MM-DD') as day, checked_at as "checkedAt", differences::float8 as differences
    from rollup.checked()
  `.execute(db)
  return answer.rows[0]
}
