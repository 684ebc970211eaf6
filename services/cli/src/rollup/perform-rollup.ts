import type { Database } from '@aftercall/warehouse/connection/database'
import {
  checkRollups,
  type RollupDifference,
  readLastCheck,
  recordCheck,
} from '@aftercall/warehouse/rollups/check-rollups'
import {
  markChanged,
  type RollupLag,
  readRollupLag,
  refreshAllRollups,
  sumDays,
} from '@aftercall/warehouse/rollups/refresh-rollups'
import type { Days, RollupRequest } from './parse-options.ts'

export type RollupReport = {
  /** Hours that `--rebuild` has found; null without it. */
  rebuilt: number | null
  refreshedHours: number
  lag: RollupLag
  /** Days of a source that were compared. */
  checkedDays: number
  differences: RollupDifference[]
}

/** Waits for no hour to be quiet: a person waits for it. Beside loaders, some hours may change again at once. */
export async function performRollup(db: Database, { rebuild, check }: RollupRequest): Promise<RollupReport> {
  const rebuilt = rebuild === null ? null : await markChanged(db, rebuild.fromDay, rebuild.toDay)
  const refreshedHours = await refreshAllRollups(db, { quietMs: 0, patienceMs: 0 })
  if (rebuild !== null) await sumDays(db, rebuild.fromDay, rebuild.toDay)
  const report: RollupReport = {
    ...{ rebuilt, refreshedHours, checkedDays: 0, differences: [] },
    lag: await readRollupLag(db),
  }
  if (check === null) return report
  for await (const { differences } of checkRollups(db, check)) {
    report.checkedDays += 1
    report.differences.push(...differences)
  }
  await recordAgain(db, check, report.differences)
  return report
}

/** The day that a worker found to differ is no problem any more once it does not. */
async function recordAgain(
  db: Database,
  { fromDay, toDay }: Days,
  differences: readonly RollupDifference[],
): Promise<void> {
  const last = await readLastCheck(db)
  if (last === undefined || last.day < fromDay || last.day > toDay) return
  await recordCheck(
    db,
    last.day,
    differences.filter(({ day }) => day === last.day),
  )
}
