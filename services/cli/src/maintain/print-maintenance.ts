import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatCount } from '@aftercall/operator/format/plural'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { MaintenancePlan, MaintenanceStep } from '@aftercall/warehouse/maintenance/maintain'

type TableRows = MaintenancePlan['drain'][number]['tables']

/** What would be done, a line each. */
export function formatPlan({ make, drain, retain, stay }: MaintenancePlan): string {
  const lines = [
    ...drain.map(
      ({ month, tables }) => `drain ${month}: move ${formatRows(tables)} out of the default partitions`,
    ),
    ...make
      .filter((month) => drain.every((one) => one.month !== month))
      .map((month) => `make ${month}: partitions for a month to come`),
    ...retain.map(({ month, how, sources, tables, bytes }) =>
      how === 'drop'
        ? `drop ${month}: all of it (${sources.join(', ')}), ${formatRows(tables)}, ${formatBytes(bytes)}`
        : `delete from ${month}: the rows of ${sources.join(', ')}, ${formatRows(tables)}; rows of other sources stay`,
    ),
  ]
  return [...(lines.length === 0 ? ['nothing to do'] : lines), ...formatStaying(stay)].join('\n')
}

/** What was done, in one sentence each, or that there was nothing to do. */
export function formatSteps(plan: MaintenancePlan, steps: readonly MaintenanceStep[]): string {
  const failed = steps.filter((step) => step.kind === 'failed').length
  const done = steps.length - failed
  return [
    ...(steps.length === 0 ? ['nothing to do'] : []),
    ...(done === 0 ? [] : [`${formatCount(done, 'step')} done`]),
    ...(failed === 0 ? [] : [`${failed} failed and left everything as it was: run it again`]),
    ...formatStaying(plan.stay),
  ].join('\n')
}

/** What retention took of the rejections. */
export function formatDropped({ contents, rows }: { contents: number; rows: number }): string[] {
  return [
    ...(contents === 0 ? [] : [`the bytes of ${formatCount(contents, 'rejection')} dropped`]),
    ...(rows === 0 ? [] : [`${formatCount(rows, 'closed rejection')} dropped for age`]),
  ]
}

export function formatStep(step: MaintenanceStep): string {
  switch (step.kind) {
    case 'made':
      return `${step.month}: ${formatCount(step.partitions, 'partition')} made`
    case 'drained':
      return `${step.month}: ${formatRows(step.tables)} moved out of the default partitions`
    case 'dropped':
      return `${step.month}: dropped with ${formatCount(step.sessions, 'session')} of ${step.sources.join(', ')} (${formatBytes(step.bytes)})`
    case 'deleted':
      return `${step.month}: ${formatCount(step.sessions, 'session')} of ${step.source} deleted (${formatCount(step.rows, 'row')})`
    case 'failed':
      return `${step.month}: could not ${taskWords[step.task]} now (${step.code}: ${visibleText(step.message)})`
  }
}

const taskWords = { make: 'make its partitions', drain: 'drain it', retain: 'apply retention' }

function formatStaying(stay: MaintenancePlan['stay']): string[] {
  return stay.map(({ month, tables }) => {
    const verb = sum(tables) === 1 ? 'stays' : 'stay'
    return `${month} is outside the months that partitions are made for: ${formatRows(tables)} ${verb} in the default partitions`
  })
}

function formatRows(tables: TableRows): string {
  const sessions = tables.find((one) => one.table === 'session')?.rows ?? 0
  return `${formatCount(sessions, 'session')} (${formatCount(sum(tables), 'row')} in ${formatCount(tables.length, 'table')})`
}

function sum(tables: TableRows): number {
  return tables.reduce((rows, one) => rows + one.rows, 0)
}
