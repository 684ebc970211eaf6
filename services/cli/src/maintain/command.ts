import type { Config } from '@aftercall/runtime/config/config'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import { asTyped } from '@aftercall/runtime/text/as-typed'
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
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  exitCodes,
  requireConfig,
} from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'
import { withDatabase } from '../with-database.ts'
import { formatDropped, formatPlan, formatStep, formatSteps } from './print-maintenance.ts'

type Options = CommonOptions & { dryRun?: boolean; allowDrop?: string }

/** `aftercall maintain [--dry-run] [--allow-drop MONTHS]` */
export function addMaintainCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'maintain',
    'drain the default partitions, make coming months, apply retention; meant to run daily, beside workers',
    [
      'aftercall maintain --dry-run',
      'aftercall maintain',
      'aftercall maintain --allow-drop 12      # retentionMonths was lowered by a year',
      'aftercall maintain --json | jq .steps',
    ],
  )
    .option('--dry-run', 'only show what would be done')
    .option(
      '--allow-drop <months>',
      'the number of months of a source that retention may remove in this run; by default one more than the last run removed, and no more than 70 % of all sessions',
    )
    .action(async (options: Options) => {
      const config = await requireConfig(context, options, ['database', 'sources'])
      const allowedMonths =
        options.allowDrop === undefined
          ? undefined
          : readWholeNumber('--allow-drop', options.allowDrop, { min: 0, max: 12_000 })
      const isDry = options.dryRun === true
      await withDatabase(config.database, async ({ db }) => {
        const plan = await readPlan(db, config)
        const halt = await findRetentionHalt(db, plan, { allowedMonths })
        const halted = halt === undefined ? null : { code: halt.code, message: halt.message }
        if (isDry) {
          print(context, options, { plan, halted }, formatPlan(plan))
        } else {
          const done = await maintain(context, db, { plan, halted, rejections: config.rejections })
          const text = [formatSteps(plan, done.steps), ...formatDropped(done.rejections)].join('\n')
          print(context, options, { plan, ...done, halted }, text)
          if (done.steps.some((step) => step.kind === 'failed')) add.end(exitCodes.failed)
        }
        if (halted === null) return
        context.stderr.write(`${halted.code}: ${asTyped(halted.message, context.program ?? 'aftercall')}\n`)
        if (!isDry) add.end(exitCodes.failed)
      })
    })
}

async function readPlan(db: Database, { sources, months }: Pick<Config, 'sources' | 'months'>) {
  const kept = sources.map((one) => ({ name: one.name, retentionMonths: one.retentionMonths ?? null }))
  return planMaintenance(db, { sources: kept, now: await readDatabaseTime(db), span: months })
}

type Halted = { code: string; message: string } | null
type Work = { plan: MaintenancePlan; halted: Halted; rejections: Config['rejections'] }
type Done = { steps: MaintenanceStep[]; rejections: { contents: number; rows: number } }

/** Months are made and drained in any case; what removes something is left out where it is held back. */
async function maintain(context: CliContext, db: Database, work: Work): Promise<Done> {
  const { plan, halted, rejections } = work
  const runId = await startMaintenanceRun(db, thisProcess())
  const applied = halted === null ? plan : { ...plan, retain: [] }
  const steps = await applyMaintenance(db, applied, {
    stepEnded: (step) => void context.stderr.write(`${formatStep(step)}\n`),
    batchDeleted: ({ month, source, sessions }) =>
      void context.stderr.write(`${month}: ${sessions} sessions of ${source} deleted so far\n`),
  })
  const dropped = halted === null ? await dropOldRejections(db, rejections) : { contents: 0, rows: 0 }
  await endMaintenanceRun(db, runId, { removed: removedBy(steps), halted: halted?.code ?? null })
  return { steps, rejections: dropped }
}

function print(context: CliContext, options: Options, answer: object, text: string): void {
  context.stdout.write(`${options.json === true ? printJson(answer) : text}\n`)
}
