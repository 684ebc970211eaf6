import type { WatchTimes } from '@aftercall/ingest/local/watch-folder'
import { findSourceByName } from '../arguments/find-source-by-name.ts'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  exitCodes,
  requireConfig,
  UsageError,
} from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { withLoadingDatabase } from '../with-database.ts'
import { countProblems, type LoadReport } from './load-counts.ts'
import { type LoadPlace, readLoadPlace } from './load-place.ts'
import { formatLoad } from './print-load.ts'

type Options = CommonOptions & {
  source: string
  watch?: boolean
  settleSeconds: string
  everySeconds: string
}

/** `aftercall load FILE|DIR|- --source S [--watch]` */
export function addLoadCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'load <place>',
    'load local files: a file, a folder with everything below it, or - for standard input',
    [
      'aftercall load call-1418.json --source acme',
      'aftercall load /srv/sftp/acme --source acme --watch',
      'gunzip -c documents.json.gz | aftercall load - --source acme --json',
    ],
  )
    .requiredOption('--source <name>', 'the configured source that the sessions belong to')
    .option('--watch', 'keep loading new and changed files until Ctrl-C')
    .option('--settle-seconds <n>', 'with --watch: load a file once it has not changed for this long', '2')
    .option('--every-seconds <n>', 'with --watch: how often to scan the folder', '2')
    .addHelpText(
      'after',
      '\nA file is read again only when its size or modification time has changed. In folders, links are not followed, and\n' +
        'files with a hidden or temporary name (.x, x~, x.tmp, x.part, x.filepart, x.crdownload, …) are skipped until they\n' +
        'are renamed.\n\n' +
        'Exit code: 1 when it was stopped before it finished; 3 when some files were rejected, failed or were unreadable.',
    )
    .action(async (text: string, options: Options) => add.end(await load(context, text, options)))
}

async function load(context: CliContext, text: string, options: Options): Promise<number> {
  const config = await requireConfig(context, options, ['database', 'sources'])
  const source = findSourceByName(config.sources, options.source)
  const place = await readLoadPlace(text)
  const watch = options.watch === true ? readWatchTimes(place, options) : undefined
  const [{ performLoad }, { refreshAllRollups }] = await Promise.all([
    import('./perform-load.ts'),
    import('@aftercall/warehouse/rollups/refresh-rollups'),
  ])
  return withLoadingDatabase(config.database, async ({ db }) => {
    const { report, gaveUp } = await performLoad(context, { config, source, db, place, watch })
    context.stdout.write(
      `${options.json === true ? formatJson(report) : formatLoad(report, context.program)}\n`,
    )
    const exitCode = exitCodeOf(report)
    // Perhaps no worker runs that would.
    if (report.isWhole && watch === undefined) await refreshAllRollups(db, { quietMs: 0, patienceMs: 0 })
    // Closing the database would wait for connections that do not answer.
    if (gaveUp) context.exitNow(exitCode)
    return exitCode
  })
}

function exitCodeOf({ isWhole, counts }: LoadReport): number {
  if (!isWhole) return exitCodes.failed
  return countProblems(counts) === 0 ? exitCodes.done : exitCodes.doneInPart
}

function readWatchTimes(place: LoadPlace, { settleSeconds, everySeconds }: Options): WatchTimes {
  if (place.kind !== 'folder') throw new UsageError('--watch needs a folder')
  return {
    settleMs: readWholeNumber('--settle-seconds', settleSeconds, { min: 0, max: 86_400 }) * 1_000,
    everyMs: readWholeNumber('--every-seconds', everySeconds, { min: 1, max: 86_400 }) * 1_000,
  }
}
