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
import { printJson } from '../terminal/print-json.ts'
import { withLoadingDatabase } from '../with-database.ts'
import { countProblems } from './load-counts.ts'
import { type LoadPlace, readLoadPlace } from './load-place.ts'
import { formatLoad } from './print-load.ts'
import type { LoadReport } from './run-load.ts'

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
    'load local files through the same path: a file, a folder with all below it, or - for standard input',
    [
      'aftercall load call-1418.json --source acme',
      'aftercall load /srv/sftp/acme --source acme --watch',
      'gunzip -c documents.json.gz | aftercall load - --source acme --json',
    ],
  )
    .requiredOption('--source <name>', 'the configured source whose sessions these are')
    .option('--watch', 'go on with what comes into the folder, until Ctrl-C')
    .option('--settle-seconds <n>', 'with --watch: a file is taken once it stays the same for so long', '2')
    .option('--every-seconds <n>', 'with --watch: how often the folder is walked', '2')
    .addHelpText(
      'after',
      '\nA file is read again only when its size or time has changed. In folders, links are not followed, and hidden\n' +
        'and temporary names (.x, x~, x.tmp, x.part, x.filepart, x.crdownload, …) are left out until they are renamed.\n' +
        'Exit code 3: some files were rejected or unreadable, or it was stopped before its end.',
    )
    .action(async (text: string, options: Options) => add.end(await load(context, text, options)))
}

async function load(context: CliContext, text: string, options: Options): Promise<number> {
  const config = await requireConfig(context, options, ['database', 'sources'])
  const source = findSourceByName(config.sources, options.source)
  const place = await readLoadPlace(text)
  const watch = options.watch === true ? readWatchTimes(place, options) : undefined
  const { runLoad } = await import('./run-load.ts')
  return withLoadingDatabase(config.database, async ({ db }) => {
    const { report, gaveUp } = await runLoad(context, { config, source, db, place, watch })
    context.stdout.write(options.json === true ? `${printJson(report)}\n` : `${formatLoad(report)}\n`)
    const exitCode = exitCodeOf(report)
    // Closing would wait for what does not answer.
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
