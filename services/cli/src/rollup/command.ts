import { type AddCommand, addCommand, type CommonOptions, exitCodes, requireConfig } from '../cli-context.ts'
import { withLoadingDatabase } from '../with-database.ts'
import { parseOptions, type RollupFlags } from './parse-options.ts'

/** `aftercall rollup [--rebuild] [--check] [--from DAY] [--to DAY]` */
export function addRollupCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'rollup', 'bring the counts by hour and day up to date; workers do it every ten seconds', [
    'aftercall rollup',
    'aftercall rollup --check --from 2026-03-01 --to 2026-03-31',
    'aftercall rollup --rebuild --from 2026-03-01 --to 2026-03-31',
  ])
    .option('--rebuild', 'make them again from the sessions of these days, whether changed or not')
    .option('--check', 'then compare those of these days with the sessions')
    .option('--from <day>', 'first local day, as 2026-03-01')
    .option('--to <day>', 'last local day')
    .addHelpText(
      'after',
      '\nSafe to run while workers are running. Months that retention has removed stay as they are.\n' +
        'Exit code: 3 when --check finds a row that differs; --rebuild of that day corrects it.',
    )
    .action(async (options: CommonOptions & RollupFlags) => {
      const request = parseOptions(options)
      const config = await requireConfig(context, options, ['database'])
      const [{ performRollup }, { printRollup }] = await Promise.all([
        import('./perform-rollup.ts'),
        import('./print-rollup.ts'),
      ])
      await withLoadingDatabase(config.database, async ({ db }) => {
        const report = await performRollup(db, request)
        context.stdout.write(`${printRollup(report, options.json ?? false)}\n`)
        if (report.differences.length > 0) add.end(exitCodes.doneInPart)
      })
    })
}
