import type { Database } from '../connection/database.ts'
import { clockDisagreementMsMax, readDatabaseClock } from '../connection/database-clock.ts'

/** The time that decides whether a session is past its retention. */
export type ExpiryClock = {
  /** Undefined while it is not known, or the clocks disagree: then nothing expires. */
  read(): Promise<Date | undefined>
}

export type ExpiryClockOptions = {
  db: Database
  /** This machine's clock differs from the database's by more than is allowed. */
  onDisagreement(aheadMs: number): void
  /** Milliseconds of a monotonic clock. */
  nowMs(): number
}

const readEveryMs = 60_000
const retryAfterMs = 5_000

/**
 * The database's clock, read once a minute and continued by a monotonic clock. A session that is stored because the time
 * is unknown is deleted by the next maintenance; one that was wrongly acked as past its retention would be lost.
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
