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
  StoppedError,
  UsageError,
} from '../cli-context.ts'
import { findDatabase } from '../find-database.ts'
import { DatabaseUnreachableError } from '../with-database.ts'
import { type Format, printAnswer } from './print-answer.ts'
import { runPrompt } from './run-prompt.ts'

type Options = CommonOptions & { format?: Format }

/** `aftercall sql [QUERY] [--format table|csv|json]` */
export function addSqlCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'sql [query]', 'a read-only query, or a prompt', [
    'aftercall sql "select status, count(*) from session group by 1 order by 2 desc"',
    'aftercall sql "select * from call_participant limit 5" --format csv',
    'aftercall sql                  # a prompt',
  ])
    .addOption(new Option('--format <format>', 'how to print the answer').choices(['table', 'csv', 'json']))
    .action(async (query: string | undefined, options: Options) => {
      if (query !== undefined && everyStatement(query).length === 0) {
        throw new UsageError('there is no statement in the query')
      }
      const session = await openSession(context, options)
      const asking = createAsking(
        context,
        session,
        options.format ?? (options.json === true ? 'json' : 'table'),
      )
      const signals = onStopSignals({
        signals: context.signals,
        onFirst: (signal) => {
          if (!asking.cancel()) context.exitNow(signal === 'SIGINT' ? 130 : 143)
        },
        onSecond: (code) => context.exitNow(code),
      })
      try {
        if (query !== undefined) await asking.ask(query)
        else if (!(await runPrompt(context, asking))) add.end(exitCodes.wrongUsage)
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

function createAsking({ stdout, stderr }: CliContext, session: ReadOnlySession, format: Format) {
  let isUnderWay = false
  let isCancelled = false

  async function ask(query: string): Promise<void> {
    isUnderWay = true
    isCancelled = false
    try {
      const answers = await session.query(query)
      for (const one of answers) stdout.write(`${printAnswer(one, format, stdout.isTTY === true)}\n`)
    } catch (error) {
      if (isCancelled) throw new StoppedError('the query was cancelled')
      throw new UsageError(`the query failed: ${describeError(error)}`)
    } finally {
      isUnderWay = false
    }
  }

  async function run(statement: string): Promise<boolean> {
    try {
      await ask(statement)
      return true
    } catch (error) {
      stderr.write(`${describeError(error)}\n`)
      return false
    }
  }

  function cancel(): boolean {
    if (!isUnderWay) return false
    isCancelled = true
    session.cancel().catch((error: unknown) => {
      stderr.write(`the query could not be cancelled: ${describeError(error)}\n`)
    })
    return true
  }

  return { ask, run, cancel }
}
