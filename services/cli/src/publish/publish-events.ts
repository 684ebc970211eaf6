import { recordFailure } from '@aftercall/warehouse/lake/places'
import type { LeaseHolder } from '@aftercall/warehouse/leases/leases'
import { codeOf } from './publish-errors.ts'
import type { PublishParts, PublishReport } from './publish-types.ts'

/**
 * Each event is logged here, and written to the row of the place, from which workers make the metrics and `doctor` its check:
 * a publisher started by cron is gone before its metrics could be read. `recordSuccess` belongs to `notePublished`; it comes
 * before the list of what is published, which has its number.
 */
export function notePublished({ logger }: PublishParts, report: PublishReport): void {
  const { staleDays } = report
  logger.info(report, 'published the days that had changed')
  if (staleDays > 0) {
    logger.warn(
      { staleDays },
      'days had changed that retention has removed: their files stay as they were published',
    )
  }
}

export async function noteFailed({ db, logger }: PublishParts, place: string, error: unknown): Promise<void> {
  logger.warn(
    { error, place },
    'publishing failed; what was published before stays, and the rest is tried again',
  )
  await recordFailure(db, place, codeOf(error)).catch(() => {
    // The database is away, which is why it failed.
  })
}

export function noteWaiting({ logger }: PublishParts, place: string, { host }: LeaseHolder): void {
  logger.info({ place, host }, 'another process publishes to this place; this one waits until it ends')
}
