import { asTyped } from '@aftercall/runtime/text/as-typed'
import { readDocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  type CommonOptions,
  exitCodes,
  requireConfig,
  UsageError,
} from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { withDatabase } from '../with-database.ts'
import { formatSealed, keepEncrypted } from './keep-encrypted.ts'

type Options = CommonOptions & { dryRun?: boolean; allowDrop?: string; encrypt?: boolean }

/** `aftercall maintain [--dry-run] [--allow-drop MONTHS]` */
export function addMaintainCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'maintain',
    'drain the default partitions, create partitions for coming months, apply retention; run it daily',
    [
      'aftercall maintain --dry-run',
      'aftercall maintain',
      'aftercall maintain --allow-drop 12      # after lowering retentionMonths by a year',
      'aftercall maintain --encrypt            # also what was stored before encryption was switched on',
      'aftercall maintain --json | jq .steps',
    ],
  )
    .option('--dry-run', 'only show what would be done')
    .option(
      '--encrypt',
      'encrypt documents and bytes of rejections that were stored before, in batches; may be stopped',
    )
    .option(
      '--allow-drop <months>',
      'how many months of data, counted per source, retention may remove in this run (default: one more than the last run removed, and never over 70 % of all sessions)',
    )
    .addHelpText(
      'after',
      '\nSafe to run while workers are running.\n' +
        'Exit code: 1 when a step failed, or when retention would remove more than is allowed and removed nothing.',
    )
    .action(async (options: Options) => {
      const config = await requireConfig(context, options, ['database', 'sources'])
      const { allowDrop, json = false, dryRun = false, encrypt = false } = options
      const keys = readDocumentKeys(config.encryption)
      if (encrypt && keys === undefined)
        throw new UsageError('--encrypt needs encryption.keys: docs/encryption.md')
      const allowedMonths =
        allowDrop === undefined
          ? undefined
          : readWholeNumber('--allow-drop', allowDrop, { min: 0, max: 12_000 })
      const [{ measureKinds, performMaintenance, readPlan }, { formatKinds }, printing] = await Promise.all([
        import('@aftercall/warehouse/maintenance/perform-maintenance'),
        import('./print-kinds.ts'),
        import('./print-maintenance.ts'),
      ])
      const { formatPlan, formatRemoved, formatStep, formatSteps } = printing
      await withDatabase(config.database, async ({ db }) => {
        const planned = await readPlan(db, config, allowedMonths)
        const { plan, halted } = planned
        const print = (answer: object, text: string): void =>
          void context.stdout.write(`${json ? formatJson(answer) : text}\n`)
        if (dryRun) {
          const kinds = await measureKinds(db, planned, config)
          print({ ...planned, kinds }, `${formatPlan(plan)}\n\n${formatKinds(kinds)}`)
        } else {
          const done = await performMaintenance(db, planned, config, {
            stepEnded: (step) => void context.stderr.write(`${formatStep(step)}\n`),
            batchDeleted: ({ month, source, sessions }) =>
              void context.stderr.write(`${month}: deleted ${sessions} sessions of ${source} so far\n`),
          })
          const sealed = keys === undefined ? undefined : await keepEncrypted(context, db, { keys, encrypt })
          const text = [
            formatSteps(plan, done.steps),
            ...formatRemoved(done.removed),
            ...formatSealed(sealed),
          ].join('\n')
          print({ plan, ...done, ...(sealed === undefined ? {} : { sealed }), halted }, text)
          if (done.steps.some(({ kind }) => kind === 'failed')) add.end(exitCodes.failed)
        }
        if (halted === null) return
        context.stderr.write(`${halted.code}: ${asTyped(halted.message, context.program ?? 'aftercall')}\n`)
        if (!dryRun) add.end(exitCodes.failed)
      })
    })
}
