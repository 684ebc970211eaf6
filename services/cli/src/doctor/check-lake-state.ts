import { formatSpan } from '@aftercall/operator/format/duration'
import { formatCount } from '@aftercall/operator/format/plural'
import type { Database } from '@aftercall/warehouse/connection/database'
import { isLate, type LakeState, readLakeState } from '@aftercall/warehouse/lake/lake-state'
import type { CheckResult } from './check-result.ts'

/** How far each place of `aftercall publish` is behind. Nothing where no place is published to. */
export async function checkLakeState(db: Database): Promise<CheckResult[]> {
  return (await readLakeState(db)).map(judgeLake)
}

function judgeLake(state: LakeState): CheckResult {
  const { place, waitingDays, oldestSeconds, publishedAt, failedAt, failure, staleDays } = state
  const check = `lake ${place}`
  const stale =
    staleDays === 0
      ? ''
      : `; ${formatCount(staleDays, 'day')} had changed that retention has removed, and stay as they were published`
  const waiting =
    waitingDays === 0 ? 'up to date' : `${formatCount(waitingDays, 'changed day')} not published yet`
  if (failedAt !== null) {
    const detail = `publishing has failed since ${failedAt.toISOString()}: ${failure}; ${waiting}${stale}`
    return {
      check,
      level: 'problem',
      detail,
      fix: 'see the log of aftercall publish, and try',
      command: commandOf(place),
    }
  }
  if (isLate(state)) {
    const last = publishedAt === null ? 'never' : publishedAt.toISOString()
    const age = formatSpan(Math.round(oldestSeconds / 60))
    const detail = `${waiting}, the oldest change is ${age} old, last published: ${last}${stale}`
    const fix = 'start the publisher again, or: aftercall publish --forget, if the place is no longer needed'
    return { check, level: 'notice', detail, fix, command: commandOf(place) }
  }
  return { check, level: 'ok', detail: `${waiting}${stale}` }
}

function commandOf(place: string): string {
  return `aftercall publish --once --to ${place}`
}
