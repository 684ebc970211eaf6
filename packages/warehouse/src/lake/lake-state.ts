import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** How far a place is behind. Times are the database's. */
export type LakeState = {
  place: string
  /** Days that have changed since they were published. */
  waitingDays: number
  /** Age of the oldest change that is not published; 0 if there is none. */
  oldestSeconds: number
  /** How often a publisher is started, or begins again. */
  everySeconds: number
  publishedAt: Date | null
  /** Since when publishing fails; null if the last try did not. */
  failedAt: Date | null
  /** The code of the failure. */
  failure: string | null
  /** Days that had changed, and that retention removed before they were published. */
  staleDays: number
}

/** Of all places. For loaders, operators and publishers. */
export async function readLakeState(db: Database): Promise<LakeState[]> {
  const { rows } = await sql<LakeState>`
    select place, days::float8 as "waitingDays", oldest_seconds as "oldestSeconds", every_seconds as "everySeconds",
           published_at as "publishedAt", failed_at as "failedAt", failure, stale_days::float8 as "staleDays"
    from lake.waiting() order by place
  `.execute(db)
  return rows
}

/** A place is late when its oldest change is older than two turns and half an hour. */
export function isLate({ oldestSeconds, everySeconds }: LakeState): boolean {
  return oldestSeconds > 2 * everySeconds + 1_800
}
