import type { ValuePath } from './expand-variables.ts'

export type ConfigProblem = {
  /** `sources[0].name`. Empty if the problem concerns the whole file. */
  path: string
  /** In the file, from 1. For a missing key, the line of its section. */
  line?: number
  /** Contains names of keys, variables, and sources, but no other value of the file or the environment. */
  message: string
  /** True if no file was read: `path` is then the name of an environment variable. */
  hasNoFile?: boolean
}

/** All problems, one per line, below a line with the file name if a file was read. */
export function printProblems(problems: readonly ConfigProblem[], fileName: string): string {
  if (problems.every(({ hasNoFile }) => hasNoFile === true))
    return problems.map(({ path, message }) => `${path}: ${message}`).join('\n')
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const rows = problems.map(({ path, line, message }) => ({
    lineText: line === undefined ? '' : `line ${line}`,
    path,
    message,
  }))
  const widest = (width: number, text: string): number => Math.max(width, text.length)
  const lineWidth = rows.map(({ lineText }) => lineText).reduce(widest, 0)
  const pathWidth = rows.map(({ path }) => path).reduce(widest, 0)
  const lines = rows.map(({ lineText, path, message }) =>
    [lineText.padEnd(lineWidth), path.padEnd(pathWidth), message].filter((cell) => cell !== '').join('  '),
  )
  return [`${fileName}: ${count}`, ...lines.map((line) => `  ${line.trimStart()}`)].join('\n')
}

export function printPath(path: ValuePath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? printKey(step) : `${text}.${printKey(step)}`
  }, '')
}

/** A value written in place of a key can be a password, or a URL with one (I10). */
function printKey(key: string): string {
  return /^(<<|[\w.-]{1,64})$/.test(key) ? key : `<a key of ${key.length} characters>`
}
