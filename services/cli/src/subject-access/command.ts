import { readDocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import { findSourceByName } from '../arguments/find-source-by-name.ts'
import {
  type AddCommand,
  addCommand,
  type CommonOptions,
  exitCodes,
  requireConfig,
  UsageError,
} from '../cli-context.ts'
import { databaseForSearch } from '../erase/database-for-search.ts'
import { parseSelector, type SelectorFlags } from '../erase/parse-selector.ts'
import { addSelectorOptions, skipUnreadableHelp } from '../erase/selector-options.ts'
import { formatJson } from '../terminal/format-json.ts'
import { withDatabase } from '../with-database.ts'

type Options = CommonOptions & SelectorFlags & { out?: string; skipUnreadable?: boolean }

/** `aftercall subject-access --source S (--end-user ID | …) --out FILE` */
export function addSubjectAccessCommand(add: AddCommand): void {
  const { context } = add
  const command = addCommand(add, 'subject-access', 'write all that is stored about one person to a file', [
    'aftercall subject-access --source acme --end-user 880042 --out pat.ndjson',
    'aftercall subject-access --session acme/call/1418 --out pat.ndjson',
  ])
  addSelectorOptions(command)
    .option('--out <file>', 'a new file, one JSON a line; only you may read it')
    .option('--skip-unreadable', skipUnreadableHelp)
    .addHelpText(
      'after',
      '\nReads what aftercall erase would erase; a login of aftercall_owner is needed. Check the file before you hand it over: sessions\n' +
        'have agents, and may name other people.\nExit code: 3 when something encrypted could not be read; the output says what.',
    )
    .action(async (options: Options) => {
      const selector = parseSelector(options)
      const { out } = options
      if (out === undefined) throw new UsageError('--out is missing: the file to write')
      const config = await requireConfig(context, options, ['database', 'sources'])
      findSourceByName(config.sources, selector.source)
      const keys = readDocumentKeys(config.encryption)
      const [{ writeSubject }, { createOpener }, { readableWithKeys }, { unreadableLines }] =
        await Promise.all([
          import('./write-subject.ts'),
          import('@aftercall/warehouse/sealing/create-opener'),
          import('@aftercall/warehouse/erasure/unreadable'),
          import('../erase/print-erase.ts'),
        ])
      await withDatabase(databaseForSearch(config.database), async ({ db }) => {
        const { counts, unreadable } = await writeSubject(db, {
          ...{ selector, path: out, opener: createOpener(db, keys) },
          skipsUnreadable: options.skipUnreadable === true,
        })
        const lines = Object.entries(counts).map(([kind, count]) => `  ${kind}: ${count}`)
        const text =
          options.json === true
            ? formatJson({ file: out, counts, unreadable })
            : [
                `wrote ${out}`,
                ...lines,
                ...unreadableLines(unreadable, 'With the key, run this command again'),
              ].join('\n')
        context.stdout.write(`${text}\n`)
        if (readableWithKeys(unreadable).length > 0) add.end(exitCodes.doneInPart)
      })
    })
}
