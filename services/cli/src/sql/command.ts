import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { openReadOnlySession, type ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { everyStatement } from '@aftercall/warehouse/read-only/split-statements'
import { Option } from 'commander'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  exitCodes,
  findDatabase,
  UsageError,
} from '../cli-context.ts'
import { DatabaseUnreachableError } from '../with-database.ts'
import { createPrompt } from './create-prompt.ts'
import type { Format } from './print-answer.ts'
import { openPromptHistory, type PromptHistory } from './prompt-history.ts'
import { runPrompt } from './run-prompt.ts'

type Options = CommonOptions & { format?: Format }

/** `aftercall sql [QUERY] [--format table|csv|json]` */
export function addSqlCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'sql [query]', 'run a read-only query, or open a prompt', [
    'aftercall sql "select status, count(*) from session group by 1 order by 2 desc"',
    'aftercall sql "select * from queue_entry where local_day = current_date" --format csv',
    "aftercall sql '\\d'               # lists what you may read",
    "aftercall sql '\\d session'       # lists the columns of session",
    'aftercall sql                    # opens a prompt; \\? there lists its commands',
  ])
    .addHelpText(
      'after',
      '\nThe prompt keeps its history in the folder aftercall of XDG_STATE_HOME (~/.local/state).\nTo keep none: AFTERCALL_SQL_HISTORY=off',
    )
    .addOption(new Option('--format <format>', 'how to print the result').choices(['table', 'csv', 'json']))
    .action(async (query: string | undefined, options: Options) => {
      if (query !== undefined && everyStatement(query).length === 0) {
        throw new UsageError('the query is empty')
      }
      const session = await openSession(context, options)
      const format = options.format ?? (options.json === true ? 'json' : 'table')
      const prompt = createPrompt(context, session, format)
      const signals = onStopSignals({
        signals: context.signals,
        onFirst: (signal) => {
          if (!prompt.cancel()) context.exitNow(signal === 'SIGINT' ? 130 : 143)
        },
        onSecond: (code) => context.exitNow(code),
      })
      try {
        if (query !== undefined) await prompt.ask(query)
        else if (!(await runPrompt(context, prompt, await openHistory(context)))) add.end(exitCodes.failed)
      } finally {
        signals.remove()
        await session.close()
      }
    })
}

async function openSession(context: CliContext, options: Options): Promise<ReadOnlySession> {
  const database = await findDatabase(context, options)
  const session = await openReadOnlySession(database).catch((error: unknown) => {
    throw new DatabaseUnreachableError(database.url, error)
  })
  if (session.warning !== undefined && database.allowSuperuser !== true) {
    context.stderr.write(`warning: ${session.warning}\n`)
  }
  return session
}

/** Without a history, the prompt still works. */
async function openHistory(context: CliContext): Promise<PromptHistory> {
  const none = { lines: [], save: async () => {} }
  if (context.stdin.isTTY !== true) return none
  const warn = (error: unknown): void =>
    void context.stderr.write(`warning: the history is not kept: ${describeError(error)}\n`)
  try {
    const history = await openPromptHistory(context)
    return { ...history, save: (typed) => history.save(typed).catch(warn) }
  } catch (error) {
    warn(error)
    return none
  }
}
