import { Option } from 'commander'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  asTypedHere,
  type CommonOptions,
  exitCodes,
  requireConfig,
  UsageError,
} from '../cli-context.ts'
import { withLoadingDatabase } from '../with-database.ts'

export type BackfillCommandOptions = CommonOptions & {
  source?: string
  prefix?: string
  since?: string
  until?: string
  dates: 'auto' | 'key' | 'modified'
  order: 'newest' | 'oldest'
  inventory?: string
  via: 'direct' | 'queue'
  limit?: string
  maxRate?: string
  listers: string
  dryRun?: boolean
  resume?: string
}

/** `aftercall backfill --source S [--dry-run] [--via direct|queue] [--resume RUN] …` */
export function addBackfillCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'backfill', 'load what is in the bucket; interrupt and resume at any point', [
    'aftercall backfill --source acme --dry-run',
    'aftercall backfill --source acme',
    'aftercall backfill --source acme --since 2025-01-01 --until 2025-07-01 --order oldest',
    'aftercall backfill --source acme --via queue --max-rate 2000',
    'aftercall backfill --source acme --inventory s3://acme-inventory/…/2026-03-01T01-00Z/manifest.json',
    'aftercall backfill --resume 12',
  ])
    .option('--source <name>', 'a source of the configuration')
    .option('--prefix <prefix>', 'only keys that begin so; must begin with the prefix of the source')
    .option('--since <time>', 'only from this ISO date or time on')
    .option('--until <time>', 'only before this ISO date or time')
    .addOption(
      new Option(
        '--dates <which>',
        'what --since and --until mean: the day in the key, the modification, or the first if there is one',
      )
        .choices(['auto', 'key', 'modified'])
        .default('auto'),
    )
    .addOption(
      new Option('--order <order>', 'which end to begin with')
        .choices(['newest', 'oldest'])
        .default('newest'),
    )
    .option(
      '--inventory <url>',
      'read this S3 Inventory (s3://…/manifest.json) instead of listing the bucket',
    )
    .addOption(
      new Option('--via <way>', 'load in this process, or announce to the workers on queues.backfill')
        .choices(['direct', 'queue'])
        .default('direct'),
    )
    .option('--limit <n>', 'stop after so many objects; the run can be resumed')
    .option('--max-rate <n>', 'objects in a second at the most')
    .option('--listers <n>', 'parts of the bucket that are listed at the same time', '8')
    .option('--dry-run', 'only count, and say what it would take and cost')
    .option('--resume <run>', 'go on with an earlier run, on any machine')
    .action(async (options: BackfillCommandOptions) => {
      const config = await requireConfig(context, options, ['database', 'sources'])
      const { startBackfill } = await import('./start-backfill.ts')
      // Beside the loader's connections: one that renews the lease of the run, and one that reads and writes positions.
      const database = { ...config.database, poolMax: config.database.poolMax + 2 }
      await withLoadingDatabase(database, async ({ db }) => {
        const end = await startBackfill(context, { ...readNumbers(options), options, config, db })
        context.stdout.write(`${asTypedHere(context, end.text, options)}\n`)
        add.end(exitCodes[end.exit])
      })
    })
}

function readNumbers({ limit, maxRate, listers }: BackfillCommandOptions) {
  const most = { min: 1, max: 1_000_000_000_000 }
  return {
    limit: limit === undefined ? undefined : readWholeNumber('--limit', limit, most),
    maxRate: maxRate === undefined ? undefined : readWholeNumber('--max-rate', maxRate, most),
    listersMax: readWholeNumber('--listers', listers, { min: 1, max: 64 }),
  }
}

/** The parts of the command line that only make sense together. */
export function checkTogether({ source, resume, dryRun, ...rest }: BackfillCommandOptions): void {
  if (source === undefined && resume === undefined)
    throw new UsageError('say what to load: --source NAME, or --resume RUN')
  const { prefix, since, until, inventory } = rest
  const isNew = [prefix, since, until, inventory].some((one) => one !== undefined)
  if (resume !== undefined && (isNew || dryRun === true)) {
    throw new UsageError('--resume goes on as the run was begun: leave out what was to be loaded')
  }
  if (resume !== undefined && !/^\d{1,18}$/.test(resume)) {
    throw new UsageError(`--resume takes the number of a run, not ${resume}`)
  }
}
