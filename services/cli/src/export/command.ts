import { readDatedViews, readLakeSources } from '@aftercall/warehouse/lake/read-lake-views'
import { Option } from 'commander'
import { type AddCommand, addCommand, type CommonOptions, findDatabase, UsageError } from '../cli-context.ts'
import { findPublishedViews } from '../publish/parse-options.ts'
import { formatJson } from '../terminal/format-json.ts'
import { withDatabase } from '../with-database.ts'
import { type Engine, engines, formatStatements } from './ddl/format-statements.ts'
import { findSources, findViews, readDays } from './export-request.ts'
import { explainRefusal } from './export-rights-error.ts'
import { openPlace } from './open-place.ts'
import { type PartFormat, partFormats } from './part.ts'
import { formatReport } from './print-export.ts'

type Options = CommonOptions & {
  from?: string
  through?: string
  source?: string[]
  format: PartFormat
  to?: string
  emptyDays?: boolean
  ddl?: Engine
}

/** `aftercall export VIEW… --from DAY [--through DAY] [--format parquet|csv|ndjson] --to DIR|s3://…`, or `--ddl ENGINE` */
export function addExportCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'export [views...]',
    'write days of views of analytics as Parquet, CSV or NDJSON into a folder or a bucket',
    [
      'aftercall export session queue_entry --from 2026-11-01 --through 2026-11-30 --to ./lake',
      'aftercall export session --from 2026-11-29 --to s3://acme-lake/aftercall',
      'aftercall export --ddl athena --to s3://acme-lake/aftercall   # prints SQL for all published views',
    ],
  )
    .option('--from <day>', 'first local day, such as 2026-11-29')
    .option('--through <day>', 'last local day, which is included (default: the first)')
    .option('--source <name...>', 'only these sources (default: all)')
    .addOption(new Option('--format <format>', 'format of the files').choices(partFormats).default('parquet'))
    .option(
      '--empty-days',
      'empty days that have lost all their rows; kept by default, as retention drops months',
    )
    .option('--to <place>', 'a folder, or s3://BUCKET/PREFIX')
    .addOption(
      new Option(
        '--ddl <engine>',
        'write no files: print the SQL by which this engine reads them; of all published views, if none is named',
      ).choices(engines),
    )
    .addHelpText(
      'after',
      '\nEach day of a source is one file, which is replaced whole: run it again to bring days up to date.\n' +
        'Run one export into a place at a time. The layout and the types: docs/lake.md',
    )
    .action(async (names: string[], options: Options) => {
      const { to, ddl, source = [], format, emptyDays = false, json = false } = options
      if (to === undefined) throw new UsageError('say where: --to DIR or --to s3://BUCKET/PREFIX')
      const days = ddl === undefined ? readDays(options) : []
      const config = await findDatabase(context, options)
      await withDatabase(config, async ({ db }) => {
        const dated = await readDatedViews(db)
        const isForAll = ddl !== undefined && names.length === 0
        const views = isForAll ? findPublishedViews([], dated) : findViews(names, dated)
        const sources = findSources(source, await readLakeSources(db))
        if (ddl !== undefined) {
          context.stdout.write(formatStatements(ddl, { views, sources, place: to }))
          return
        }
        const { performExport } = await import('./perform-export.ts')
        const place = openPlace(context, to)
        try {
          const report = await performExport(context, db, place, { views, sources, days, format, emptyDays })
          const text = json ? formatJson({ ...report, format, place: to }) : formatReport(report, to)
          context.stdout.write(`${text}\n`)
        } finally {
          await place.close()
        }
      }).catch((error: unknown) => {
        throw explainRefusal(error)
      })
    })
}
