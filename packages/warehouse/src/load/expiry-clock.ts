import type { Database } from '../connection/database.ts'
import { clockDisagreementMsMax, readDatabaseClock } from '../connection/database-clock.ts'

/** The time by which a session is past its retention. */
export type ExpiryClock = {
  /** Undefined while it is not known, or the clocks disagree: nothing expires then. */
  read(): Promise<Date | undefined>
}

export type ExpiryClockOptions = {
  db: Database
  /** This machine's clock differs from the database's by more than what is allowed. */
  onDisagreement(aheadMs: number): void
  /** Milliseconds of a monotonic clock. */
  nowMs(): number
}

const readEveryMs = 60_000
const retryAfterMs = 5_000

/**
 * The database's clock, read once a minute and carried on by a monotonic clock. A session that is kept for lack of
 * it goes with the next maintenance; one that was acked as past its retention would be lost.
 */
export function createExpiryClock({ db, onDisagreement, nowMs }: ExpiryClockOptions): ExpiryClock {
  let reading: Promise<Date | undefined> = Promise.resolve(undefined)
  let readAtMs = 0
  let againAtMs = Number.NEGATIVE_INFINITY

  async function readAgain(): Promise<Date | undefined> {
    try {
      const aheadMs = await readDatabaseClock(db)
      if (Math.abs(aheadMs) <= clockDisagreementMsMax) return new Date(Date.now() + aheadMs)
      onDisagreement(aheadMs)
    } catch {
      againAtMs = nowMs() + retryAfterMs
    }
    return undefined
  }

  return {
    async read() {
      if (nowMs() >= againAtMs) {
        readAtMs = nowMs()
        againAtMs = readAtMs + readEveryMs
        reading = readAgain()
      }
      const startedAtMs = readAtMs
      const time = await reading
      return time === undefined ? undefined : new Date(time.getTime() + Math.max(0, nowMs() - startedAtMs))
    },
  }
}
