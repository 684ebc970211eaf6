import type { Config } from '@aftercall/runtime/config/config'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import type { Database } from '../connection/database.ts'
import { readDatabaseTime } from '../connection/database-clock.ts'
import { findRetentionHalt } from './hold-back-retention.ts'
import {
  applyMaintenance,
  type MaintenanceEvents,
  type MaintenancePlan,
  type MaintenanceStep,
  planMaintenance,
} from './maintain.ts'
import type { SourceRetention } from './maintenance-plan.ts'
import { endMaintenanceRun, removedBy, startMaintenanceRun } from './maintenance-runs.ts'
import { dropOldRows, type RemovedRows } from './retention/drop-old-rows.ts'
import { type Measured, measureRetention } from './retention/measure-retention.ts'
import { datedKinds } from './retention/retention-kinds.ts'
import { type Removed, recordRetention } from './retention/retention-record.ts'

/** What there is to do, and why retention must not do its part; null if it may. */
export type Plan = { plan: MaintenancePlan; halted: { code: string; message: string } | null }

export async function readPlan(
  db: Database,
  config: Pick<Config, 'sources' | 'months' | 'retention'>,
  allowedMonths: number | undefined,
): Promise<Plan> {
  const plan = await planMaintenance(db, {
    sources: retentionOfSources(config),
    now: await readDatabaseTime(db),
    span: config.months,
    retention: config.retention,
  })
  const halt = await findRetentionHalt(db, plan, { allowedMonths })
  return { plan, halted: halt === undefined ? null : { code: halt.code, message: halt.message } }
}

function retentionOfSources({ sources }: Pick<Config, 'sources'>): SourceRetention[] {
  return sources.map(({ name, retentionMonths = null }) => ({ name, retentionMonths }))
}

/** How much there is of every kind of data, and how much of it is due. Changes nothing. */
export function measureKinds(
  db: Database,
  { plan }: Pick<Plan, 'plan'>,
  config: Pick<Config, 'sources' | 'retention'>,
): Promise<Measured[]> {
  return measureRetention(db, { sources: retentionOfSources(config), settings: config.retention, plan })
}

export type Maintained = { steps: MaintenanceStep[]; removed: RemovedRows }

/** Makes and drains months. Removes what retention says only if it is not halted. For the command and for the worker. */
export async function performMaintenance(
  db: Database,
  { plan, halted }: Plan,
  config: Pick<Config, 'sources' | 'retention'>,
  events: MaintenanceEvents,
): Promise<Maintained> {
  const runId = await startMaintenanceRun(db, thisProcess())
  const applied = halted === null ? plan : { ...plan, retain: [], empty: [] }
  const steps = await applyMaintenance(db, applied, events)
  const removed = halted === null ? await dropOldRows(db, config.retention) : {}
  await endMaintenanceRun(db, runId, { removed: removedBy(steps), halted: halted?.code ?? null })
  const measured = await measureKinds(db, { plan: { ...plan, empty: [] } }, config)
  await recordRetention(db, measured, halted === null ? removedOfKinds(steps, removed) : null)
  return { steps, removed }
}

function removedOfKinds(steps: readonly MaintenanceStep[], rows: RemovedRows): Removed[] {
  const ofRows = datedKinds.map((kind): Removed => ({ kind, source: null, rows: rows[kind] ?? 0 }))
  const all = [...steps.flatMap(removedByStep), ...ofRows]
  const byKind = Map.groupBy(all, ({ kind, source }) => `${kind} ${source}`)
  return [...byKind.values()].flatMap(([first, ...more]) =>
    first === undefined
      ? []
      : [{ ...first, rows: more.reduce((sum, { rows }) => add(sum, rows), first.rows) }],
  )
}

function removedByStep(step: MaintenanceStep): Removed[] {
  switch (step.kind) {
    case 'deleted':
      return [{ kind: 'session', source: step.source, rows: step.sessions }]
    case 'dropped':
      // Of a month of several sources, it is not known how many sessions each one had.
      return step.sources.map((source) => ({
        kind: 'session',
        source,
        rows: step.sources.length === 1 ? step.sessions : null,
      }))
    case 'emptied':
      return [{ kind: step.what, source: null, rows: step.rows }]
    case 'made':
    case 'drained':
    case 'failed':
      return []
  }
}

function add(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other
}
