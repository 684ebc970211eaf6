import { removePlace } from '@aftercall/warehouse/lake/places'
import { readDatedViews } from '@aftercall/warehouse/lake/read-lake-views'
import { type AddCommand, addCommand, createCliLogger, findDatabase, UsageError } from '../cli-context.ts'
import { openPlace } from '../export/open-place.ts'
import { formatJson } from '../terminal/format-json.ts'
import { withDatabase } from '../with-database.ts'
import { findPublishedViews, type PublishFlags, readFlags } from './parse-options.ts'
import { explainPublishRefusal } from './publish-errors.ts'

/** `aftercall publish [VIEW…] --to DIR|s3://… [--every 15m | --once] [--all]` */
export function addPublishCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'publish [views...]',
    'keep a Parquet copy of the views of analytics up to date in a folder or a bucket: the days that changed',
    [
      'aftercall publish --to s3://acme-lake/aftercall                  # until it is stopped',
      'aftercall publish --to s3://acme-lake/aftercall --once           # for cron',
      'aftercall publish session queue_entry --to ./lake --every 5m',
    ],
  )
    .option('--to <place>', 'a folder, or s3://BUCKET/PREFIX')
    .option(
      '--every <duration>',
      'how long to wait between two turns, or how often cron starts --once',
      '15m',
    )
    .option('--once', 'publish what has changed, and end')
    .option('--all', 'write all days again, such as after files were changed by hand')
    .option('--forget', 'write nothing: stop keeping what is known about this place; its files stay')
    .addHelpText(
      'after',
      '\nThe login needs the roles aftercall_analyst and aftercall_publisher. One publisher works on a place at a time;\n' +
        'another one waits for it. Months that retention removes from Postgres stay in the place. More: docs/lake.md',
    )
    .action(async (names: string[], options: PublishFlags) => {
      const request = readFlags(options)
      const config = await findDatabase(context, options)
      await withDatabase(config, async ({ db }) => {
        if (request.forget) {
          if (!(await removePlace(db, request.to)))
            throw new UsageError(`${request.to} is no place that is published to`)
          context.stdout.write(`Forgot ${request.to}. Its files are as they were.\n`)
          return
        }
        const views = findPublishedViews(names, await readDatedViews(db))
        const [{ performPublish }, { formatPublished }] = await Promise.all([
          import('./perform-publish.ts'),
          import('./print-publish.ts'),
        ])
        const lake = openPlace(context, request.to)
        const logger = createCliLogger(context, request.once ? 'warn' : 'info')
        try {
          const report = await performPublish(context, { db, lake, logger }, { ...request, views })
          if (report === undefined) return
          const text = options.json ? formatJson(report) : formatPublished(report)
          context.stdout.write(`${text}\n`)
        } finally {
          await lake.close()
        }
      }).catch((error: unknown) => {
        throw explainPublishRefusal(error)
      })
    })
}
