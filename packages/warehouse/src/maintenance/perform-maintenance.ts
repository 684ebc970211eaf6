import type { Config } from '@aftercall/runtime/config/config'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import { dropOldActions } from '../actions/carry-actions.ts'
import type { Database } from '../connection/database.ts'
import { readDatabaseTime } from '../connection/database-clock.ts'
import { dropOldRejections } from './drop-old-rejections.ts'
import { findRetentionHalt } from './hold-back-retention.ts'
import {
  applyMaintenance,
  type MaintenanceEvents,
  type MaintenancePlan,
  type MaintenanceStep,
  planMaintenance,
} from './maintain.ts'
import { endMaintenanceRun, removedBy, startMaintenanceRun } from './maintenance-runs.ts'

/** What there is to do, and why retention must not do its part; null if it may. */
export type Plan = { plan: MaintenancePlan; halted: { code: string; message: string } | null }

export async function readPlan(
  db: Database,
  { sources, months }: Pick<Config, 'sources' | 'months'>,
  allowedMonths: number | undefined,
): Promise<Plan> {
  const plan = await planMaintenance(db, {
    sources: sources.map(({ name, retentionMonths = null }) => ({ name, retentionMonths })),
    now: await readDatabaseTime(db),
    span: months,
  })
  const halt = await findRetentionHalt(db, plan, { allowedMonths })
  return { plan, halted: halt === undefined ? null : { code: halt.code, message: halt.message } }
}

export type Maintained = { steps: MaintenanceStep[]; rejections: { contents: number; rows: number } }

/** Makes and drains months. Removes what retention says only if it is not halted. For the command and for the worker. */
export async function performMaintenance(
  db: Database,
  { plan, halted }: Plan,
  rejections: Config['rejections'],
  events: MaintenanceEvents,
): Promise<Maintained> {
  const runId = await startMaintenanceRun(db, thisProcess())
  const applied = halted === null ? plan : { ...plan, retain: [] }
  const steps = await applyMaintenance(db, applied, events)
  const dropped = halted === null ? await dropOldRejections(db, rejections) : { contents: 0, rows: 0 }
  // Actions name persons, and are kept as long as the rejections that most of them are about.
  if (halted === null) await dropOldActions(db, rejections.rowDays)
  await endMaintenanceRun(db, runId, { removed: removedBy(steps), halted: halted?.code ?? null })
  return { steps, rejections: dropped }
}
