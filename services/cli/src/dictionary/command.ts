import { readDictionary } from '@aftercall/warehouse/schema/dictionary'
import { Option } from 'commander'
import {
  type AddCommand,
  addCommand,
  type CommonOptions,
  exitCodes,
  findDatabase,
  formatCommands,
} from '../cli-context.ts'
import { withDatabase } from '../with-database.ts'
import { type DictionaryFormat, dictionaryFormats, formatDictionary } from './print-dictionary.ts'

type Options = CommonOptions & { format?: DictionaryFormat }

/** `aftercall dictionary [--format md|dbt|json]` */
export function addDictionaryCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'dictionary',
    'describe every table and column: meaning, origin, and whether it is personal data',
    [
      'aftercall dictionary > data-dictionary.md',
      'aftercall dictionary --format dbt > models/aftercall/sources.yml',
      'aftercall dictionary --format json',
    ],
  )
    .addOption(
      new Option(
        '--format <format>',
        'Markdown (the default), a dbt sources.yml, or JSON (the default with --json)',
      ).choices(dictionaryFormats),
    )
    .action(async (options: Options) => {
      const config = await findDatabase(context, options)
      await withDatabase(config, async ({ db }) => {
        const dictionary = await readDictionary(db)
        if (dictionary.schemas.length === 0) {
          const text = 'error: the database has no tables yet; to create them: aftercall migrate'
          context.stderr.write(`${formatCommands(context, text, {})}\n`)
          add.end(exitCodes.failed)
          return
        }
        const format = options.format ?? (options.json === true ? 'json' : 'md')
        context.stdout.write(formatDictionary(dictionary, format))
      })
    })
}
