import { mappingSettingsOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import { readDocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import { findSourceByName } from '../arguments/find-source-by-name.ts'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  type CommonOptions,
  exitCodes,
  requireConfig,
  UsageError,
} from '../cli-context.ts'
import { withDatabase } from '../with-database.ts'
import { databaseForSearch } from './database-for-search.ts'
import { parseSelector, type SelectorFlags } from './parse-selector.ts'
import { addSelectorOptions, skipUnreadableHelp } from './selector-options.ts'

type Options = CommonOptions &
  SelectorFlags & {
    dryRun?: boolean
    reason?: string
    names?: boolean
    consumersMax?: number
    skipUnreadable?: boolean
  }

const reasonLengthMax = 500

/** `aftercall erase --source S (--end-user ID | --phone N | --email A | --session S/call/ID | --agent ID)` */
export function addEraseCommand(add: AddCommand): void {
  const { context } = add
  const command = addCommand(
    add,
    'erase',
    'erase a person from the database for good, and keep the files from bringing the person back',
    [
      'aftercall erase --source acme --end-user 880042 --dry-run',
      'aftercall erase --source acme --phone "+1 555 010 0100" --reason "request 4711"',
      'aftercall erase --session acme/call/1418',
      'aftercall erase --source acme --agent 101',
    ],
  )
  addSelectorOptions(command)
    .option('--dry-run', 'only count what would be erased')
    .option('--skip-unreadable', skipUnreadableHelp)
    .option('--reason <text>', 'why, for the record; without names')
    .option(
      '--names',
      "also look for the person's full name in free texts and raw documents; others may have that name",
    )
    .option(
      '--consumers-max <count>',
      'erase only if the sessions belong to at most this many consumers (default: 1)',
      (text) => readWholeNumber('--consumers-max', text, { min: 1, max: 1_000_000 }),
    )
    .addHelpText(
      'after',
      '\nNeeds the login that migrates (aftercall_owner), and identity.key in the configuration. Safe to run while workers are\n' +
        'running, to stop, and to run again. Counts and durations stay as they are. It cannot be undone.\n' +
        'Exit code: 3 when something still names the person, or may and cannot be read; the output says what.',
    )
    .action(async (options: Options) => {
      const selector = parseSelector(options)
      const { reason = null } = options
      if (reason !== null && reason.length > reasonLengthMax)
        throw new UsageError(`--reason must have at most ${reasonLengthMax} characters`)
      const config = await requireConfig(context, options, ['database', 'sources'])
      findSourceByName(config.sources, selector.source)
      const { identityKey } = mappingSettingsOf(config)
      if (identityKey === undefined)
        throw new UsageError(
          'identity.key is not set: without it, the files of an erased person could not be told from others, and would bring the person back. Make one with: openssl rand -base64 32',
        )
      const keys = readDocumentKeys(config.encryption)
      const [{ performErase }, { printErase }, { createOpener }, { readableWithKeys }] = await Promise.all([
        import('./perform-erase.ts'),
        import('./print-erase.ts'),
        import('@aftercall/warehouse/sealing/create-opener'),
        import('@aftercall/warehouse/erasure/unreadable'),
      ])
      await withDatabase(databaseForSearch(config.database), async ({ db }) => {
        const ended = await performErase(context, db, {
          ...{ selector, identityKey, reason },
          isDryRun: options.dryRun === true,
          withNames: options.names === true,
          consumersMax: options.consumersMax ?? 1,
          opener: createOpener(db, keys),
          skipsUnreadable: options.skipUnreadable === true,
        })
        context.stdout.write(`${printErase(context, ended, options)}\n`)
        if (ended.kind !== 'erased') return
        const { remaining, openRuns, unreadable } = ended.report
        if (remaining > 0 || openRuns.length > 0 || readableWithKeys(unreadable).length > 0)
          add.end(exitCodes.doneInPart)
      })
    })
}
