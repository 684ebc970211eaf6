import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatCount } from '@aftercall/operator/format/plural'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { MaintenancePlan, MaintenanceStep } from '@aftercall/warehouse/maintenance/maintain'
import type { RemovedRows } from '@aftercall/warehouse/maintenance/retention/drop-old-rows'
import { type DatedKind, datedKinds } from '@aftercall/warehouse/maintenance/retention/retention-kinds'

type TableRows = MaintenancePlan['drain'][number]['tables']

/** What would be done, one line per step. */
export function formatPlan({ make, drain, retain, empty, stay }: MaintenancePlan): string {
  const lines = [
    ...drain.map(
      ({ month, tables }) => `drain ${month}: move ${formatRows(tables)} out of the default partitions`,
    ),
    ...make
      .filter((month) => drain.every((drained) => drained.month !== month))
      .map((month) => `create ${month}: partitions for a coming month`),
    ...retain.map(({ month, how, sources, tables, bytes }) =>
      how === 'drop'
        ? `drop ${month}: the whole month (${sources.join(', ')}), ${formatRows(tables)}, ${formatBytes(bytes)}`
        : `delete from ${month}: the rows of ${sources.join(', ')}, ${formatRows(tables)}; other sources keep theirs`,
    ),
    ...empty.map(
      ({ month, kind, rows, bytes }) =>
        `empty ${month}: the ${kind}s of the whole month, ${formatCount(rows, 'row')}, ${formatBytes(bytes)}; sessions stay`,
    ),
  ]
  return [...(lines.length === 0 ? ['nothing to do'] : lines), ...formatStaying(stay)].join('\n')
}

/** The summary of a run. */
export function formatSteps(plan: MaintenancePlan, steps: readonly MaintenanceStep[]): string {
  const failed = steps.filter((step) => step.kind === 'failed').length
  const done = steps.length - failed
  return [
    ...(steps.length === 0 ? ['nothing to do'] : []),
    ...(done === 0 ? [] : [`${formatCount(done, 'step')} done`]),
    ...(failed === 0
      ? []
      : [`${formatCount(failed, 'step')} failed and changed nothing: run maintain again`]),
    ...formatStaying(plan.stay),
  ].join('\n')
}

/** What retention removed of the kinds that have a time of their own. */
export function formatRemoved(removed: RemovedRows): string[] {
  return datedKinds.flatMap((kind) => {
    const rows = removed[kind] ?? 0
    return rows === 0 ? [] : [`dropped ${formatCount(rows, ...rowWords[kind])}`]
  })
}

const rowWords: Record<DatedKind, [one: string, many?: string]> = {
  ledger: ['row of the ledger', 'rows of the ledger'],
  rejection: ['old closed rejection'],
  rejection_content: ['rejection’s kept bytes', 'rejections’ kept bytes'],
  drift: ['old row of drift', 'old rows of drift'],
  action: ['old action'],
  backfill_run: ['old backfill run'],
  reconcile_run: ['old reconcile run'],
  maintenance_run: ['old maintenance run'],
  worker: ['heartbeat of a worker that is gone', 'heartbeats of workers that are gone'],
}

export function formatStep(step: MaintenanceStep): string {
  switch (step.kind) {
    case 'made':
      return `${step.month}: created ${formatCount(step.partitions, 'partition')}`
    case 'drained':
      return `${step.month}: moved ${formatRows(step.tables)} out of the default partitions`
    case 'dropped':
      return `${step.month}: dropped ${formatCount(step.sessions, 'session')} of ${step.sources.join(', ')} (${formatBytes(step.bytes)})`
    case 'deleted':
      return `${step.month}: deleted ${formatCount(step.sessions, 'session')} of ${step.source} (${formatCount(step.rows, 'row')})`
    case 'emptied':
      return `${step.month}: removed the ${step.what}s (${formatCount(step.rows, 'row')})`
    case 'failed':
      return `${step.month}: ${failureWords[step.task]} (${step.code}: ${visibleText(step.message)})`
  }
}

const failureWords = {
  make: 'could not create its partitions',
  drain: 'could not drain the month',
  retain: 'could not apply retention',
  empty: 'could not remove its documents or revisions',
}

function formatStaying(stay: MaintenancePlan['stay']): string[] {
  return stay.map(({ month, tables }) => {
    const verb = sum(tables) === 1 ? 'stays' : 'stay'
    return `${month} is outside the configured months: ${formatRows(tables)} ${verb} in the default partitions`
  })
}

function formatRows(tables: TableRows): string {
  const sessions = tables.find(({ table }) => table === 'session')?.rows ?? 0
  return `${formatCount(sessions, 'session')} (${formatCount(sum(tables), 'row')} in ${formatCount(tables.length, 'table')})`
}

function sum(tables: TableRows): number {
  return tables.reduce((total, { rows }) => total + rows, 0)
}
