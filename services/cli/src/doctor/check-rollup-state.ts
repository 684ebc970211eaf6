import { formatCount } from '@aftercall/operator/format/plural'
import type { Database } from '@aftercall/warehouse/connection/database'
import { readLastCheck } from '@aftercall/warehouse/rollups/check-rollups'
import { readRollupLag } from '@aftercall/warehouse/rollups/refresh-rollups'
import type { CheckResult } from './check-result.ts'

/** A revision is in the rollups within a minute; a backfill takes longer. */
const lateSeconds = 900

/** How far the rollups are behind, and what the last daily check of a worker found. */
export async function checkRollupState(db: Database): Promise<CheckResult> {
  const check = 'rollups'
  const [{ waitingHours, oldestSeconds }, last] = await Promise.all([readRollupLag(db), readLastCheck(db)])
  if (last !== undefined && last.differences > 0) {
    const detail = `${formatCount(last.differences, 'row')} of ${last.day} differed from the sessions`
    const fix = 'make the day again'
    return { check, level: 'problem', detail, fix, command: `aftercall rollup --rebuild --from ${last.day}` }
  }
  const waiting = `${formatCount(waitingHours, 'changed hour')} ${waitingHours === 1 ? 'waits' : 'wait'}`
  if (oldestSeconds > lateSeconds) {
    const detail = `${waiting}, the oldest for ${Math.round(oldestSeconds / 60)} minutes`
    const fix = 'start a worker; after a backfill, wait, or run it now'
    return { check, level: 'notice', detail, fix, command: 'aftercall rollup' }
  }
  return { check, level: 'ok', detail: waitingHours === 0 ? 'up to date' : waiting }
}
