import { readDictionary } from '@aftercall/warehouse/schema/dictionary'
import { Option } from 'commander'
import { type AddCommand, addCommand, type CommonOptions, exitCodes } from '../cli-context.ts'
import { findDatabase } from '../find-database.ts'
import { withDatabase } from '../with-database.ts'
import { type DictionaryFormat, dictionaryFormats, printDictionary } from './print-dictionary.ts'

type Options = CommonOptions & { format?: DictionaryFormat }

/** `aftercall dictionary [--format md|dbt|json]` */
export function addDictionaryCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'dictionary',
    'what every table and column means, where it comes from, and whether it is personal data',
    [
      'aftercall dictionary > data-dictionary.md',
      'aftercall dictionary --format dbt > models/aftercall/sources.yml',
      'aftercall dictionary --format json',
    ],
  )
    .addOption(
      new Option(
        '--format <format>',
        'Markdown (the default), sources.yml of dbt, or JSON (the default with --json)',
      ).choices(dictionaryFormats),
    )
    .action(async (options: Options) => {
      const config = await findDatabase(context, options)
      await withDatabase(config, async ({ db }) => {
        const dictionary = await readDictionary(db)
        if (dictionary.schemas.length === 0) {
          context.stderr.write('aftercall: the database has no tables yet; aftercall migrate makes them\n')
          add.end(exitCodes.failed)
          return
        }
        const format = options.format ?? (options.json === true ? 'json' : 'md')
        context.stdout.write(printDictionary(dictionary, format))
      })
    })
}
