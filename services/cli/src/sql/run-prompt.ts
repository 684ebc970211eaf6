import { createInterface } from 'node:readline/promises'
import { splitStatements } from '@aftercall/warehouse/read-only/split-statements'
import type { CliContext } from '../cli-context.ts'

export type Prompt = {
  /** Resolves with false for a statement that failed; the reason is told already. */
  run(statement: string): Promise<boolean>
  /** Ends the statement under way. False when there is none. */
  cancel(): boolean
}

const hints: Readonly<Record<string, string>> = {
  '\\d':
    "Tables and columns: aftercall dictionary, or select table_schema, table_name from information_schema.tables where table_schema in ('analytics', 'warehouse', 'ingest');",
  help: 'SQL that reads, ended with ; for example: select status, count(*) from session group by 1; \\q or Ctrl-D leaves, Ctrl-C ends a query, \\d tells where tables are described.',
}

/**
 * Statements from the terminal, or from a pipe, one after the other; one that fails does not end the rest. Resolves with
 * false when one of a pipe failed.
 */
export async function runPrompt(
  { stdin: input, stdout: output }: CliContext,
  prompt: Prompt,
): Promise<boolean> {
  const isTerminal = input.isTTY === true
  const lines = isTerminal ? createInterface({ input, output }) : createInterface({ input })
  let begun = ''
  let allPassed = true
  let isClosed = false
  lines.once('close', () => {
    isClosed = true
  })
  const ask = (): void => {
    if (!isTerminal || isClosed) return
    lines.setPrompt(begun.trim() === '' ? 'aftercall> ' : '        -> ')
    lines.prompt()
  }
  lines.on('SIGINT', () => {
    if (prompt.cancel()) return
    begun = ''
    output.write('\n')
    ask()
  })
  if (isTerminal) output.write('Read-only SQL. End a statement with ; and leave with \\q or Ctrl-D.\n')
  ask()
  for await (const line of lines) {
    const word = line.trim()
    if (word === '\\q') break
    if (begun.trim() === '' && (word.startsWith('\\') || word === 'help')) {
      output.write(`${word.startsWith('\\d') ? hints['\\d'] : hints.help}\n`)
    } else {
      const { statements, rest } = splitStatements(`${begun}${line}\n`)
      begun = rest
      for (const { text } of statements) allPassed = (await prompt.run(text)) && allPassed
    }
    ask()
  }
  lines.close()
  // Its semicolon may be missing.
  if (splitStatements(`${begun}\n;`).statements.length > 0) allPassed = (await prompt.run(begun)) && allPassed
  return isTerminal || allPassed
}
