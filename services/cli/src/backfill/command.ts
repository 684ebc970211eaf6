import { Option } from 'commander'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import { type AddCommand, addCommand, exitCodes, formatCommands, requireConfig } from '../cli-context.ts'
import { withLoadingDatabase } from '../with-database.ts'
import type { BackfillCommandOptions, BackfillFlags } from './parse-options.ts'

/** Of a process with workers: one renews the lease of the run, one saves positions, two ask the ledger. */
const coordinatorConnections = 4

const help = `
Exit code: 0 when the run is done or --limit was reached; 3 when it is done but some objects were rejected or deleted before
they were read; 1 when it was stopped, or a shard failed. A run that is not done can be resumed.

One process uses one core. --workers 8 loads with eight processes, each with its own worker.inFlight objects in flight, about
250 MB of memory and database.poolMax connections; this process lists the bucket and takes ${coordinatorConnections} connections. A worker
that dies is replaced, and its objects are loaded by another one.`

/** `aftercall backfill --source S [--dry-run] [--via direct|queue] [--workers N] [--resume RUN] …` */
export function addBackfillCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'backfill', 'load what is in the bucket; can be interrupted and resumed at any point', [
    'aftercall backfill --source acme --dry-run',
    'aftercall backfill --source acme',
    'aftercall backfill --source acme --since 2025-01-01 --until 2025-07-01 --order oldest',
    'aftercall backfill --source acme --workers 8',
    'aftercall backfill --source acme --via queue --max-rate 2000',
    'aftercall backfill --source acme --inventory s3://acme-inventory/…/2026-03-01T01-00Z/manifest.json',
    'aftercall backfill --resume 12',
  ])
    .option('--source <name>', 'a configured source')
    .option('--prefix <prefix>', 'only keys with this prefix, which must begin with the prefix of the source')
    .option('--since <time>', 'only objects at or after this ISO date or time')
    .option('--until <time>', 'only objects before this ISO date or time')
    .addOption(
      new Option(
        '--dates <which>',
        'what --since and --until compare: the day in the key, the modification time, or (auto) the day if the key has one, else the modification time',
      )
        .choices(['auto', 'key', 'modified'])
        .default('auto'),
    )
    .addOption(
      new Option('--order <order>', 'which keys to load first')
        .choices(['newest', 'oldest'])
        .default('newest'),
    )
    .option(
      '--inventory <url>',
      'read this S3 Inventory (s3://…/manifest.json) instead of listing the bucket',
    )
    .addOption(
      new Option(
        '--via <way>',
        'load here (direct), send all objects to the workers through queues.backfill (queue), or ask one worker to load (worker)',
      )
        .choices(['direct', 'queue', 'worker'])
        .default('direct'),
    )
    .option('--workers <n>', 'number of processes that load; 1 is this process alone', '1')
    .option('--limit <n>', 'stop after this many objects; the run can be resumed')
    .option('--max-rate <n>', 'maximum number of objects per second')
    .option(
      '--listers <n>',
      'number of shards to list at the same time (default: 8, or as many as there are workers)',
    )
    .option('--dry-run', 'only count, and estimate time and cost')
    .option('--resume <run>', 'continue an earlier run, on any machine')
    .addHelpText('after', help)
    .action(async (options: BackfillFlags) => {
      if (options.via === 'worker') {
        const { askForBackfill } = await import('./ask-for-backfill.ts')
        return askForBackfill(context, options)
      }
      const { via } = options
      const config = await requireConfig(context, options, ['database', 'sources'])
      const { performBackfill } = await import('./perform-backfill.ts')
      const numbers = readNumbers(options)
      // In addition to the loader's connections: one that renews the lease of the run, one for its positions.
      const poolMax = numbers.workers === 1 ? config.database.poolMax + 2 : coordinatorConnections
      await withLoadingDatabase({ ...config.database, poolMax }, async ({ db }) => {
        const ended = await performBackfill(context, {
          ...{ ...numbers, config, db },
          options: { ...options, via },
        })
        context.stdout.write(`${formatCommands(context, ended.text, options)}\n`)
        add.end(exitCodes[ended.exit])
      })
    })
}

function readNumbers(options: Pick<BackfillCommandOptions, 'limit' | 'maxRate' | 'workers' | 'listers'>) {
  const { limit, maxRate } = options
  const bounds = { min: 1, max: 1_000_000_000_000 }
  const workers = readWholeNumber('--workers', options.workers, { min: 1, max: 64 })
  const listers = options.listers ?? String(Math.max(8, workers))
  return {
    limit: limit === undefined ? undefined : readWholeNumber('--limit', limit, bounds),
    maxRate: maxRate === undefined ? undefined : readWholeNumber('--max-rate', maxRate, bounds),
    listersMax: readWholeNumber('--listers', listers, { min: 1, max: 64 }),
    workers,
  }
}
