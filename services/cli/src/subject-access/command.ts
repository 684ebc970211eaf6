import { findSourceByName } from '../arguments/find-source-by-name.ts'
import { type AddCommand, addCommand, type CommonOptions, requireConfig, UsageError } from '../cli-context.ts'
import { parseSelector, type SelectorFlags } from '../erase/parse-selector.ts'
import { addSelectorOptions } from '../erase/selector-options.ts'
import { formatJson } from '../terminal/format-json.ts'
import { withDatabase } from '../with-database.ts'

type Options = CommonOptions & SelectorFlags & { out?: string }

/** `aftercall subject-access --source S (--end-user ID | …) --out FILE` */
export function addSubjectAccessCommand(add: AddCommand): void {
  const { context } = add
  const command = addCommand(add, 'subject-access', 'write all that is stored about one person to a file', [
    'aftercall subject-access --source acme --end-user 880042 --out pat.ndjson',
    'aftercall subject-access --session acme/call/1418 --out pat.ndjson',
  ])
  addSelectorOptions(command)
    .option('--out <file>', 'a new file, one JSON a line; only you may read it')
    .addHelpText(
      'after',
      '\nReads what aftercall erase would erase; a login of aftercall_owner is needed. Check the file before you hand it over: sessions\n' +
        'have agents, and may name other people.',
    )
    .action(async (options: Options) => {
      const selector = parseSelector(options)
      const { out } = options
      if (out === undefined) throw new UsageError('--out is missing: the file to write')
      const config = await requireConfig(context, options, ['database', 'sources'])
      findSourceByName(config.sources, selector.source)
      const { writeSubject } = await import('./write-subject.ts')
      const database = { ...config.database, statementTimeoutSeconds: 86_400 }
      await withDatabase(database, async ({ db }) => {
        const counts = await writeSubject(db, selector, out)
        const lines = Object.entries(counts).map(([kind, count]) => `  ${kind}: ${count}`)
        const text =
          options.json === true ? formatJson({ file: out, counts }) : [`wrote ${out}`, ...lines].join('\n')
        context.stdout.write(`${text}\n`)
      })
    })
}
