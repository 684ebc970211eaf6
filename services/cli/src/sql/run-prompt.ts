import { createInterface } from 'node:readline/promises'
import { splitStatements } from '@aftercall/warehouse/read-only/split-statements'
import type { CliContext } from '../cli-context.ts'
import { describeQuery } from './describe-query.ts'

export type Prompt = {
  /** Resolves with false for a statement that failed, after printing the reason. */
  run(statement: string): Promise<boolean>
  /** Cancels the running statement. False when none is running. */
  cancel(): boolean
}

const help =
  'Type a read-only statement that ends with ; for example: select status, count(*) from session group by 1; \\d lists what you may read, \\d NAME its columns, \\q or Ctrl-D quits, Ctrl-C cancels a query.'

/**
 * Runs statements from the terminal or a pipe, one after the other, and continues after one that fails. Resolves with
 * false when a statement of a pipe failed.
 */
export async function runPrompt(context: CliContext, prompt: Prompt): Promise<boolean> {
  const { stdin: input, stdout: output } = context
  const isTerminal = input.isTTY === true
  const lines = isTerminal ? createInterface({ input, output }) : createInterface({ input })
  let pending = ''
  let allPassed = true
  let isClosed = false
  lines.once('close', () => {
    isClosed = true
  })
  const ask = (): void => {
    if (!isTerminal || isClosed) return
    lines.setPrompt(pending.trim() === '' ? 'aftercall> ' : '        -> ')
    lines.prompt()
  }
  lines.on('SIGINT', () => {
    if (prompt.cancel()) return
    pending = ''
    output.write('\n')
    ask()
  })
  if (isTerminal)
    output.write(
      'Read-only SQL. End each statement with ; list tables with \\d, and quit with \\q or Ctrl-D.\n',
    )
  ask()
  for await (const line of lines) {
    const word = line.trim()
    if (word === '\\q') break
    if (pending.trim() === '' && (word.startsWith('\\') || word === 'help')) {
      if (describeQuery(word) === undefined) output.write(`${help}\n`)
      else allPassed = (await prompt.run(word)) && allPassed
    } else {
      const { statements, rest } = splitStatements(`${pending}${line}\n`)
      pending = rest
      for (const { text } of statements) allPassed = (await prompt.run(text)) && allPassed
    }
    ask()
  }
  lines.close()
  // The last statement may lack its semicolon.
  if (splitStatements(`${pending}\n;`).statements.length > 0)
    allPassed = (await prompt.run(pending)) && allPassed
  return isTerminal || allPassed
}
