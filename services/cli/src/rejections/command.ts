import type { Database } from '@aftercall/warehouse/connection/database'
import { Option } from 'commander'
import { readRejectionId } from '../arguments/read-rejection-id.ts'
import { readSpan } from '../arguments/read-time.ts'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  type CommonOptions,
  exitCodes,
  findDatabase,
  formatCommands,
  UsageError,
} from '../cli-context.ts'
import { findDocumentKeys } from '../find-document-keys.ts'
import { withDatabase } from '../with-database.ts'
import type { RejectionsAnswer } from './print-rejections.ts'

type ListOptions = CommonOptions & {
  code?: string
  source?: string
  state: 'open' | 'replayed' | 'ignored'
  since?: string
  limit: string
}
type ShowOptions = CommonOptions & { content?: boolean }
type IgnoreOptions = CommonOptions & {
  code?: string
  source?: string
  undo?: boolean
  via: 'here' | 'worker'
}

/** `aftercall rejections list | show ID | ignore ID…` */
export function addRejectionsCommand(add: AddCommand): void {
  const group = add.program
    .command('rejections')
    .description('list, show and ignore objects and messages that could not be used')
    .helpOption('-h, --help', 'show help with examples')
    .helpCommand(false)
    .showHelpAfterError(formatCommands(add.context, 'For its commands: aftercall rejections --help', {}))
  const addTo = { ...add, program: group }
  addList(addTo)
  addShow(addTo)
  addIgnore(addTo)
}

function addList(add: AddCommand): void {
  addCommand(add, 'list', 'list open rejections, grouped by reason and one by one', [
    'aftercall rejections list',
    'aftercall rejections list --code not_json --source acme',
    'aftercall rejections list --state replayed --since 2026-03-01 --json',
  ])
    .option('--code <code>', 'only rejections with this reason')
    .option('--source <name>', 'only rejections of this source')
    .addOption(
      new Option('--state <state>', 'only rejections in this state')
        .choices(['open', 'replayed', 'ignored'])
        .default('open'),
    )
    .option('--since <time>', 'only rejections seen since this ISO date or time')
    .option('--limit <n>', 'number of rejections to list one by one; all are counted', '20')
    .action(async ({ code, source, state, limit, ...options }: ListOptions) => {
      const filter = { code, source, state, since: readSpan(options).since }
      const limitNumber = readWholeNumber('--limit', limit, { min: 0, max: 100_000 })
      const { formatRejections } = await import('./print-rejections.ts')
      await answer(add, options, (db) => formatRejections(db, filter, limitNumber, options.json === true))
    })
}

function addShow(add: AddCommand): void {
  addCommand(add, 'show <id>', 'show all details of a rejection, and what to do next', [
    'aftercall rejections show 12',
    'aftercall rejections show 12 --content > rejected.json',
  ])
    .option('--content', 'print only the kept bytes (may be personal data)')
    .action(async (text: string, options: ShowOptions) => {
      const id = readRejectionId(text)
      const { printContent, showRejection } = await import('./show-rejection.ts')
      if (options.content === true && options.json === true)
        throw new UsageError('--content prints the original bytes: leave out --json')
      const keys = options.content === true ? await findDocumentKeys(add.context, options) : undefined
      await answer(add, options, (db) =>
        options.content === true
          ? printContent(db, id, { context: add.context, keys })
          : showRejection(db, id, options.json === true),
      )
    })
}

function addIgnore(add: AddCommand): void {
  addCommand(add, 'ignore [ids...]', 'ignore rejections: they are no longer listed as open', [
    'aftercall rejections ignore 12 13',
    'aftercall rejections ignore --code not_json --source acme',
    'aftercall rejections ignore 12 --undo',
  ])
    .option('--code <code>', 'all open rejections with this reason')
    .option('--source <name>', 'with --code: only rejections of this source')
    .option('--undo', 'reopen ignored rejections')
    .addOption(
      new Option('--via <who>', 'change them here, or ask a worker to')
        .choices(['here', 'worker'])
        .default('here'),
    )
    .action(async (texts: string[], options: IgnoreOptions) => {
      const ids = texts.map(readRejectionId)
      const { code, source, undo = false } = options
      if ((ids.length === 0) === (code === undefined))
        throw new UsageError('choose which: rejection numbers, or --code CODE for all with that reason')
      if (source !== undefined && code === undefined) throw new UsageError('--source needs --code')
      const which = code === undefined ? { ids } : { code, source }
      if (options.via === 'worker') {
        const [{ askWorker }, { askIgnore }] = await Promise.all([
          import('../actions/ask-worker.ts'),
          import('@aftercall/warehouse/actions/ask-actions'),
        ])
        return askWorker(add.context, options, (db, asking) =>
          askIgnore(db, { ...which, reopen: undo }, asking),
        )
      }
      const { ignoreRejections } = await import('./ignore-rejections.ts')
      await answer(add, options, (db) => ignoreRejections(db, { which, undo, asJson: options.json === true }))
    })
}

async function answer(
  add: AddCommand,
  options: CommonOptions & { content?: boolean },
  ask: (db: Database) => Promise<RejectionsAnswer>,
): Promise<void> {
  const { stdout, stderr } = add.context
  const config = await findDatabase(add.context, options)
  await withDatabase(config, async ({ db }) => {
    const { out, err } = await ask(db)
    // Content is printed byte for byte.
    const isContent = options.content === true
    if (out !== undefined) stdout.write(`${isContent ? out : formatCommands(add.context, out, options)}\n`)
    if (err === undefined) return
    stderr.write(`error: ${formatCommands(add.context, err, options)}\n`)
    add.end(exitCodes.failed)
  })
}
