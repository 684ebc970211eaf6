import type { Config } from '@aftercall/runtime/config/config'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import type { Database } from '@aftercall/warehouse/connection/database'
import { readDatabaseTime } from '@aftercall/warehouse/connection/database-clock'
import { dropOldRejections } from '@aftercall/warehouse/maintenance/drop-old-rejections'
import { findRetentionHalt } from '@aftercall/warehouse/maintenance/hold-back-retention'
import {
  applyMaintenance,
  type MaintenancePlan,
  type MaintenanceStep,
  planMaintenance,
} from '@aftercall/warehouse/maintenance/maintain'
import {
  endMaintenanceRun,
  removedBy,
  startMaintenanceRun,
} from '@aftercall/warehouse/maintenance/maintenance-runs'
import type { CliContext } from '../cli-context.ts'
import { formatStep } from './print-maintenance.ts'

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

/** Makes and drains months. Removes what retention says only if it is not halted. */
export async function performMaintenance(
  { stderr }: CliContext,
  db: Database,
  { plan, halted }: Plan,
  rejections: Config['rejections'],
): Promise<Maintained> {
  const runId = await startMaintenanceRun(db, thisProcess())
  const applied = halted === null ? plan : { ...plan, retain: [] }
  const steps = await applyMaintenance(db, applied, {
    stepEnded: (step) => void stderr.write(`${formatStep(step)}\n`),
    batchDeleted: ({ month, source, sessions }) =>
      void stderr.write(`${month}: deleted ${sessions} sessions of ${source} so far\n`),
  })
  const dropped = halted === null ? await dropOldRejections(db, rejections) : { contents: 0, rows: 0 }
  await endMaintenanceRun(db, runId, { removed: removedBy(steps), halted: halted?.code ?? null })
  return { steps, rejections: dropped }
}
