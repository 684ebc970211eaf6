import { sql } from 'kysely'
import type { Database } from './database.ts'

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

const firstMonth = '2010-01'

/**
 * Partitions are made by whoever needs them first. Months that no real session can have (before 2010, more than
 * two months ahead) are left to the default partition, so that a broken clock cannot fill the catalogue.
 */
export function createMonths({ db, onFailure, now }: MonthsOptions): Months {
  const known = new Set<string>()

  async function ensure(instants: readonly string[]): Promise<void> {
    const wanted = new Set(instants.map((instant) => instant.slice(0, 7)))
    for (const month of wanted) {
      if (known.has(month)) continue
      if (month >= firstMonth && month <= lastMonth(now())) await createMonth(month)
      known.add(month)
    }
  }

  async function createMonth(month: string): Promise<void> {
    try {
      await db.transaction().execute(async (transaction) => {
        await sql`set local lock_timeout = '5s'`.execute(transaction)
        await sql`select ingest.create_month(${`${month}-01`}::date)`.execute(transaction)
      })
    } catch (error) {
      onFailure(month, error)
    }
  }

  return { ensure }
}

function lastMonth(now: Date): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2, 1)).toISOString().slice(0, 7)
}
