import type { Expanded } from './print-answer.ts'

/** What a line of the prompt that is no SQL asks for. */
export type PromptCommand =
  | { kind: 'quit' }
  | { kind: 'help' }
  | { kind: 'expanded'; to: Expanded | undefined }
  | { kind: 'timing'; to: boolean | undefined }
  | { kind: 'describe' }
  | { kind: 'unknown'; word: string }

/** Undefined for SQL. The commands are those of psql. */
export function readPromptCommand(line: string): PromptCommand | undefined {
  const [word = '', argument, ...more] = line.trim().replace(/;$/, '').trim().split(/\s+/)
  if (['help', 'quit', 'exit'].includes(word.toLowerCase()) && argument === undefined)
    return { kind: word.toLowerCase() === 'help' ? 'help' : 'quit' }
  if (!word.startsWith('\\')) return undefined
  if (/^\\d[tvf]?\+?$/.test(word) && more.length === 0) return { kind: 'describe' }
  if (word === '\\x' && isOneOf(argument, ['on', 'off', 'auto', undefined]))
    return { kind: 'expanded', to: argument }
  if (word === '\\timing' && isOneOf(argument, ['on', 'off', undefined]))
    return { kind: 'timing', to: argument === undefined ? undefined : argument === 'on' }
  if (argument === undefined && word === '\\q') return { kind: 'quit' }
  if (argument === undefined && ['\\?', '\\h'].includes(word)) return { kind: 'help' }
  return { kind: 'unknown', word: line.trim() }
}

function isOneOf<const One>(value: unknown, all: readonly One[]): value is One {
  return all.some((one) => one === value)
}

export const promptHelp = `\\d               list the tables, views and functions that you may read
\\d NAME          list the columns of a table or view, or the parameters of a function
\\dt \\dv \\df      list only tables, only views, or only functions
\\x [on|off|auto] print one row below the other; auto: only rows that are wider than the screen
\\timing [on|off] print how long each query took
\\? or help       print this list
\\q or Ctrl-D     quit
Ctrl-C           cancel the running query, or the line
Every other line is read-only SQL. A statement ends with ; for example:
  select status, count(*) from session group by 1;`
