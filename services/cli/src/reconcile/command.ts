import { readSpan } from '../arguments/read-time.ts'
import {
  type AddCommand,
  addCommand,
  asTypedHere,
  type CommonOptions,
  exitCodes,
  requireConfig,
  UsageError,
} from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'
import { withLoadingDatabase } from '../with-database.ts'

type Options = CommonOptions & {
  source: string
  since?: string
  inventory?: string
  fix?: boolean
  acceptGone?: boolean
}

const exitHelp = `
Exit code: 0 when every object of the bucket has ended in the ledger; 3 when some are missing, outdated or failed (with
--fix: still are), when some were rejected, or when objects that are gone were not noted. Objects that were modified
within reconcile.graceMinutes may still be announced, and recordings and the like are never loaded: they do not count.
With --json every finding is a line, and the last line is the summary.`

/** `aftercall reconcile --source S [--since D] [--inventory s3://…/manifest.json] [--fix] [--accept-gone]` */
export function addReconcileCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'reconcile',
    'compare bucket and ledger: what is missing, outdated or gone; --fix loads it',
    [
      'aftercall reconcile --source acme',
      'aftercall reconcile --source acme --fix',
      'aftercall reconcile --source acme --since 2026-03-01 --json > findings.jsonl',
      'aftercall reconcile --source acme --inventory s3://acme-inventory/…/2026-03-01T01-00Z/manifest.json',
    ],
  )
    .requiredOption('--source <name>', 'a source of the configuration')
    .option('--since <time>', 'only objects that were modified from this ISO date or time on')
    .option(
      '--inventory <url>',
      'read this S3 Inventory (s3://…/manifest.json) instead of listing the bucket',
    )
    .option('--fix', 'load what is missing, outdated or failed, and note what is gone')
    .option('--accept-gone', 'with --fix: note objects as gone even if they are most of them, or all')
    .addHelpText('after', exitHelp)
    .action(async (options: Options) => {
      if (options.acceptGone === true && options.fix !== true)
        throw new UsageError('--accept-gone says what --fix may do: it needs --fix')
      const config = await requireConfig(context, options, ['database', 'sources'])
      const [{ findSourceByName }, { reconcileBucket }, { exitOf, formatReport }] = await Promise.all([
        import('../arguments/find-source-by-name.ts'),
        import('./reconcile-bucket.ts'),
        import('./print-report.ts'),
      ])
      const source = findSourceByName(config.sources, options.source)
      const { since } = readSpan(options)
      const { inventory, fix = false, acceptGone = false, json = false } = options
      // Beside the loader's: for an inventory, for what is gone, for the ledger, and for the lease of the run.
      const database = { ...config.database, poolMax: config.database.poolMax + 4 }
      await withLoadingDatabase(database, async ({ db }) => {
        const request = { config, db, source, since, inventory, fix, acceptGone, json }
        const report = await reconcileBucket(context, request)
        const summary = { kind: 'summary', source: source.name, fix, ...report }
        context.stdout.write(
          json
            ? `${printJson(summary)}\n`
            : `${asTypedHere(context, formatReport(source, fix, report), options)}\n`,
        )
        add.end(exitCodes[exitOf(report)])
      })
    })
}
