import { dropOldRejections } from '@aftercall/warehouse/drop-old-rejections'
import { applyMaintenance, planMaintenance } from '@aftercall/warehouse/maintain'
import { monthsAheadMax } from '@aftercall/warehouse/months'
import { type AddCommand, addCommand, type CommonOptions, exitCodes, requireConfig } from '../cli-context.ts'
import { tellDropped, tellPlan, tellStep, tellSteps } from '../tell-maintenance.ts'
import { withDatabase } from '../with-database.ts'

type Options = CommonOptions & { dryRun?: boolean }

/** `aftercall maintain [--dry-run]` */
export function addMaintainCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'maintain',
    'drain the default partitions, make coming months, apply retention; meant to run daily, beside workers',
    ['aftercall maintain --dry-run', 'aftercall maintain', 'aftercall maintain --json | jq .steps'],
  )
    .option('--dry-run', 'only show what would be done')
    .action(async (options: Options) => {
      const {
        database: config,
        sources,
        rejections,
      } = await requireConfig(context, options, ['database', 'sources'])
      await withDatabase(config, async ({ db }) => {
        const kept = sources.map((one) => ({
          name: one.name,
          retentionMonths: one.retentionMonths ?? null,
        }))
        const plan = await planMaintenance(db, {
          sources: kept,
          now: new Date(),
          monthsAhead: monthsAheadMax,
        })
        if (options.dryRun === true) {
          context.stdout.write(
            options.json === true ? `${JSON.stringify({ plan })}\n` : `${tellPlan(plan)}\n`,
          )
          return
        }
        const steps = await applyMaintenance(db, plan, {
          stepEnded: (step) => void context.stderr.write(`${tellStep(step)}\n`),
          batchDeleted: ({ month, source, sessions }) =>
            void context.stderr.write(`${month}: ${sessions} sessions of ${source} deleted so far\n`),
        })
        const dropped = await dropOldRejections(db, rejections)
        context.stdout.write(
          options.json === true
            ? `${JSON.stringify({ plan, steps, rejections: dropped })}\n`
            : `${[tellSteps(plan, steps), ...tellDropped(dropped)].join('\n')}\n`,
        )
        if (steps.some((step) => step.kind === 'failed')) add.end(exitCodes.failed)
      })
    })
}
