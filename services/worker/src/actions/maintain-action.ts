import type { Action } from '@aftercall/warehouse/actions/action'
import { performMaintenance, readPlan } from '@aftercall/warehouse/maintenance/perform-maintenance'
import type { Carrying } from './carrying.ts'

/** Does what `aftercall maintain` does without options. What retention holds back needs the command, with --allow-drop. */
export async function maintainAction({
  db,
  config,
  noteCounts,
}: Carrying): Promise<{ counts: Action['counts']; error: string | null }> {
  const counts: Action['counts'] = {}
  noteCounts(counts)
  const planned = await readPlan(db, config, undefined)
  const { steps } = await performMaintenance(db, planned, config, {
    stepEnded: ({ kind }) => {
      counts[kind] = (counts[kind] ?? 0) + 1
    },
    batchDeleted: () => {},
  })
  const failed = steps.find((step) => step.kind === 'failed')
  return { counts, error: planned.halted?.message ?? failed?.message ?? null }
}
