import { formatDuration } from '@aftercall/operator/format/duration'
import type { ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import type { AnswerPage } from '@aftercall/warehouse/read-only/read-pages'
import { type CliContext, StoppedError } from '../cli-context.ts'
import { describeFailure } from '../terminal/describe-failure.ts'
import { paint, paintError } from '../terminal/paint.ts'
import { writeText } from '../terminal/write-text.ts'
import { describedName, describeQuery } from './describe-query.ts'
import {
  type AnswerPrinter,
  createAnswerPrinter,
  type Expanded,
  type Format,
  type PrintStyle,
} from './print-answer.ts'
import { type PromptCommand, promptHelp } from './prompt-command.ts'
import { explainQueryFailure, findNearName, QueryError } from './query-error.ts'

export type Prompt = {
  /** Runs statements, or `\d`, and prints their answers. Rejects with a `QueryError` or a `StoppedError`. */
  ask(query: string): Promise<void>
  /** The same, but prints the error. Resolves with whether all was well. */
  run(query: string): Promise<boolean>
  /** Obeys a line that is no SQL, other than to quit. */
  obey(command: ObeyedCommand, line: string): Promise<boolean>
  /** Cancels the running query, also on the server. False when none is running. */
  cancel(): boolean
}

type ObeyedCommand = Exclude<PromptCommand, { kind: 'quit' }>
type Settings = { expanded: Expanded; timing: boolean }

/** What the lines of `aftercall sql` have in common: the connection and the settings that they change. */
export function createPrompt(context: CliContext, session: ReadOnlySession, format: Format): Prompt {
  const { stdout, stderr } = context
  const settings: Settings = { expanded: 'auto', timing: false }
  let isRunning = false
  let isCancelled = false

  const style = (isDescription: boolean): PrintStyle => ({
    format,
    expanded: isDescription ? 'off' : settings.expanded,
    // A description is not cut: it is there to be read.
    screen: stdout.isTTY === true && !isDescription ? { columns: stdout.columns ?? 80 } : undefined,
    paintNull: (text) => paint(context, 'stdout', 'dim', text),
  })

  async function ask(query: string): Promise<void> {
    const described = describeQuery(query)
    isRunning = true
    isCancelled = false
    const startedAt = performance.now()
    let isKnown = true
    try {
      let printer: AnswerPrinter | undefined
      await session.read(described ?? query, async (page: AnswerPage) => {
        if (isCancelled) throw new StoppedError('the query was cancelled')
        isKnown = described === undefined || !page.isFirst || page.rows.length > 0
        if (!isKnown) return false
        if (page.isFirst || printer === undefined)
          printer = createAnswerPrinter(style(described !== undefined))
        const text = printer.print(page)
        if (text !== undefined) await writeText(stdout, `${text}\n`)
        return printer.wantsMore()
      })
    } catch (error) {
      if (isCancelled) throw new StoppedError('the query was cancelled')
      throw await explainQueryFailure(error, described ?? query, session)
    } finally {
      isRunning = false
    }
    if (!isKnown) throw await notFound(query)
    if (settings.timing) stderr.write(`Time: ${formatDuration(performance.now() - startedAt)}\n`)
  }

  async function run(query: string): Promise<boolean> {
    try {
      await ask(query)
      return true
    } catch (error) {
      printError(context, error)
      return false
    }
  }

  async function notFound(command: string): Promise<QueryError> {
    const near = await findNearName(describedName(command) ?? '', session)
    return new QueryError([
      'you may read no table, view or function with this name; \\d lists those that you may',
      ...(near === undefined ? [] : [`(Did you mean ${near}?)`]),
    ])
  }

  function cancel(): boolean {
    if (!isRunning) return false
    isCancelled = true
    session.cancel().catch((error: unknown) => {
      printError(context, error)
    })
    return true
  }

  return {
    ask,
    run,
    cancel,
    obey: async (command, line) =>
      command.kind === 'describe' ? run(line) : obeySetting(context, settings, command),
  }
}

function printError(context: CliContext, error: unknown): void {
  context.stderr.write(`${paintError(context, describeFailure(error))}\n`)
}

function obeySetting(
  context: CliContext,
  settings: Settings,
  command: Exclude<ObeyedCommand, { kind: 'describe' }>,
): boolean {
  const { stdout } = context
  switch (command.kind) {
    case 'help':
      stdout.write(`${promptHelp}\n`)
      return true
    case 'expanded':
      settings.expanded = command.to ?? (settings.expanded === 'on' ? 'auto' : 'on')
      stdout.write(`One row below the other: ${settings.expanded}.\n`)
      return true
    case 'timing':
      settings.timing = command.to ?? !settings.timing
      stdout.write(`Timing is ${settings.timing ? 'on' : 'off'}.\n`)
      return true
    case 'unknown':
      printError(context, new QueryError([`${command.word} is not a command; \\? lists them`]))
      return false
  }
}
