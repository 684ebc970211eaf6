import { Option } from 'commander'
import { readSpan } from '../arguments/read-time.ts'
import {
  type AddCommand,
  addCommand,
  type CommonOptions,
  exitCodes,
  formatCommands,
  requireConfig,
  UsageError,
} from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { withLoadingDatabase } from '../with-database.ts'

type Options = CommonOptions & {
  source: string
  since?: string
  inventory?: string
  fix?: boolean
  acceptGone?: boolean
  via: 'here' | 'worker'
}

const help = `
Objects that were modified within reconcile.graceMinutes may still be announced, and files such as recordings are never
loaded: neither counts as missing. With --json, every difference is a line, and the last line is the summary.

Exit code: 0 when the ledger has every object of the bucket; 3 when some objects are missing, outdated or failed (with
--fix: still), when some were rejected, or when too many are gone to record that without --accept-gone.`

/** `aftercall reconcile --source S [--since D] [--inventory s3://…/manifest.json] [--fix] [--accept-gone]` */
export function addReconcileCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'reconcile',
    'compare bucket and ledger: find what is missing, outdated or gone; --fix loads it',
    [
      'aftercall reconcile --source acme',
      'aftercall reconcile --source acme --fix',
      'aftercall reconcile --source acme --since 2026-03-01 --json > findings.jsonl',
      'aftercall reconcile --source acme --inventory s3://acme-inventory/…/2026-03-01T01-00Z/manifest.json',
    ],
  )
    .requiredOption('--source <name>', 'a configured source')
    .option('--since <time>', 'only objects modified at or after this ISO date or time')
    .option(
      '--inventory <url>',
      'read this S3 Inventory (s3://…/manifest.json) instead of listing the bucket',
    )
    .option('--fix', 'load what is missing, outdated or failed, and record what is gone')
    .option('--accept-gone', 'with --fix: record objects as gone even if most or all of them are')
    .addOption(
      new Option('--via <who>', 'reconcile here, or ask a worker to')
        .choices(['here', 'worker'])
        .default('here'),
    )
    .addHelpText('after', help)
    .action(async (options: Options) => {
      if (options.acceptGone === true && options.fix !== true)
        throw new UsageError('--accept-gone needs --fix')
      if (options.via === 'worker') {
        const [{ askWorker, refuseOptions }, { askReconcile }] = await Promise.all([
          import('../actions/ask-worker.ts'),
          import('@aftercall/warehouse/actions/ask-actions'),
        ])
        refuseOptions(options, ['inventory', 'acceptGone'])
        const { source, fix = false } = options
        const asked = { source, fix, since: readSpan(options).since }
        return askWorker(context, options, (db, asking) => askReconcile(db, asked, asking))
      }
      const config = await requireConfig(context, options, ['database', 'sources'])
      const [{ findSourceByName }, { performReconcile }, { exitOf, formatReport }] = await Promise.all([
        import('../arguments/find-source-by-name.ts'),
        import('./perform-reconcile.ts'),
        import('./print-report.ts'),
      ])
      const source = findSourceByName(config.sources, options.source)
      const { since } = readSpan(options)
      const { inventory, fix = false, acceptGone = false, json = false } = options
      // In addition to the loader's connections: for an inventory, for gone objects, for the ledger, and for the lease.
      const database = { ...config.database, poolMax: config.database.poolMax + 4 }
      await withLoadingDatabase(database, async ({ db }) => {
        const request = { config, db, source, since, inventory, fix, acceptGone, json }
        const report = await performReconcile(context, request)
        const summary = { kind: 'summary', source: source.name, fix, ...report }
        context.stdout.write(
          json
            ? `${formatJson(summary)}\n`
            : `${formatCommands(context, formatReport(source, fix, report), options)}\n`,
        )
        add.end(exitCodes[exitOf(report)])
      })
    })
}
