import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import {
  openReadOnlySession,
  type QueryAnswer,
  type ReadOnlySession,
} from '@aftercall/warehouse/read-only/read-only-query'
import { everyStatement } from '@aftercall/warehouse/read-only/split-statements'
import { Option } from 'commander'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  exitCodes,
  findDatabase,
  StoppedError,
  UsageError,
} from '../cli-context.ts'
import { DatabaseUnreachableError } from '../with-database.ts'
import { describeQuery } from './describe-query.ts'
import { type Format, formatAnswer, type Screen } from './print-answer.ts'
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
    'aftercall sql                    # opens a prompt',
  ])
    .addOption(new Option('--format <format>', 'how to print the result').choices(['table', 'csv', 'json']))
    .action(async (query: string | undefined, options: Options) => {
      if (query !== undefined && everyStatement(query).length === 0) {
        throw new UsageError('the query is empty')
      }
      const session = await openSession(context, options)
      const prompt = createPrompt(
        context,
        session,
        options.format ?? (options.json === true ? 'json' : 'table'),
      )
      const signals = onStopSignals({
        signals: context.signals,
        onFirst: (signal) => {
          if (!prompt.cancel()) context.exitNow(signal === 'SIGINT' ? 130 : 143)
        },
        onSecond: (code) => context.exitNow(code),
      })
      try {
        if (query !== undefined) await prompt.ask(query)
        else if (!(await runPrompt(context, prompt))) add.end(exitCodes.wrongUsage)
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

function createPrompt({ stdout, stderr }: CliContext, session: ReadOnlySession, format: Format) {
  let isRunning = false
  let isCancelled = false

  const screen = (): Screen | undefined =>
    stdout.isTTY === true ? { columns: stdout.columns ?? 80 } : undefined

  async function answersTo(query: string): Promise<QueryAnswer[]> {
    isRunning = true
    isCancelled = false
    try {
      return await session.query(query)
    } catch (error) {
      if (isCancelled) throw new StoppedError('the query was cancelled')
      throw new UsageError(`the query failed: ${describeError(error)}${hintFor(error)}`)
    } finally {
      isRunning = false
    }
  }

  async function ask(query: string): Promise<void> {
    const described = describeQuery(query)
    for (const answer of await answersTo(described ?? query)) {
      if (described !== undefined && answer.rows.length === 0) {
        throw new UsageError(
          'you may read no table, view or function with this name; \\d lists those that you may',
        )
      }
      // A description is not cut: it is there to be read.
      stdout.write(`${formatAnswer(answer, format, described === undefined ? screen() : undefined)}\n`)
    }
  }

  async function run(statement: string): Promise<boolean> {
    try {
      await ask(statement)
      return true
    } catch (error) {
      stderr.write(`error: ${describeError(error)}\n`)
      return false
    }
  }

  function cancel(): boolean {
    if (!isRunning) return false
    isCancelled = true
    session.cancel().catch((error: unknown) => {
      stderr.write(`error: the query could not be cancelled: ${describeError(error)}\n`)
    })
    return true
  }

  return { ask, run, cancel }
}

/** After a name that Postgres does not know, or that the login may not use. */
function hintFor(error: unknown): string {
  switch (sqlStateOf(error)) {
    case '42P01': // undefined_table
      return '; \\d lists the tables and views that you may read'
    case '42703': // undefined_column
      return '; \\d NAME lists the columns of a table or view'
    case '42883': // undefined_function
      return '; \\d NAME shows the parameters of a function'
    case '42501': // insufficient_privilege
      return '; \\d lists what you may read'
    default:
      return ''
  }
}
