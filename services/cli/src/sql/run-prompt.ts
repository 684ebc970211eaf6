import { createInterface, type Interface } from 'node:readline/promises'
import { splitStatements } from '@aftercall/warehouse/read-only/split-statements'
import type { CliContext } from '../cli-context.ts'
import type { Prompt } from './create-prompt.ts'
import { readPromptCommand } from './prompt-command.ts'
import { historyLinesMax, type PromptHistory } from './prompt-history.ts'

/**
 * Runs statements from the terminal or a pipe, one after the other, and continues after one that fails. Resolves with
 * false when a statement of a pipe failed.
 */
export async function runPrompt(
  context: CliContext,
  prompt: Prompt,
  history: PromptHistory,
): Promise<boolean> {
  const { stdin: input, stdout: output } = context
  const isTerminal = input.isTTY === true
  const lines = isTerminal
    ? createInterface({
        input,
        output,
        history: [...history.lines],
        historySize: historyLinesMax,
        removeHistoryDuplicates: true,
      })
    : createInterface({ input })
  const typed = isTerminal ? rememberLines(lines) : undefined
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
    typed?.joinStatement()
    // Removes what stands on the line: to its end, then from there to its start.
    lines.write(null, { ctrl: true, name: 'e' })
    lines.write(null, { ctrl: true, name: 'u' })
    output.write('\n')
    ask()
  })
  if (isTerminal)
    output.write(
      'Read-only SQL. End each statement with a semicolon. \\? lists the commands, and \\q quits.\n',
    )
  ask()
  for await (const line of lines) {
    typed?.add(line)
    const command = pending.trim() === '' ? readPromptCommand(line) : undefined
    if (command?.kind === 'quit') break
    if (command !== undefined) allPassed = (await prompt.obey(command, line)) && allPassed
    else {
      const { statements, rest } = splitStatements(`${pending}${line}\n`)
      pending = rest
      for (const { text } of statements) allPassed = (await prompt.run(text)) && allPassed
    }
    if (pending.trim() === '') typed?.joinStatement()
    ask()
  }
  lines.close()
  // The last statement may lack its semicolon.
  if (splitStatements(`${pending}\n;`).statements.length > 0)
    allPassed = (await prompt.run(pending)) && allPassed
  typed?.joinStatement()
  if (typed !== undefined) await history.save(typed.lines())
  return isTerminal || allPassed
}

/** Follows what is typed, so that a statement of several lines is one line of the history. */
function rememberLines(readline: Interface) {
  let known: string[] = []
  const own: string[] = []
  let open: string[] = []
  // Readline lets a listener change its list, which begins with the newest line.
  readline.on('history', (all: string[]) => {
    known = all
  })

  function joinStatement(): void {
    const joined = open.join(' ').trim()
    if (joined === '') return
    const places = open.flatMap((line) => (known.includes(line) ? known.indexOf(line) : []))
    if (open.length > 1 && places.length > 0) {
      for (const place of places.toSorted((one, other) => other - one)) known.splice(place, 1)
      known.splice(Math.min(...places), 0, joined)
    }
    own.unshift(joined)
    open = []
  }

  return {
    add(line: string): void {
      if (line.trim() !== '') open.push(line)
    },
    joinStatement,
    /** The newest first. */
    lines: (): string[] => own,
  }
}
