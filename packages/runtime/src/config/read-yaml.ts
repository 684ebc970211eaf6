import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument, type YAMLError } from 'yaml'
import type { ValuePath } from './expand-variables.ts'

export type YamlResult =
  | {
      kind: 'readable'
      value: unknown
      /** The line of what is at `path`, or of the nearest place above it that the file has. */
      lineOf(path: ValuePath): number | undefined
    }
  | { kind: 'unreadable'; problems: { line: number; message: string }[] }

/** Parses one YAML document. Messages are our own, because the parser's quote the text: maybe a secret. */
export function readYaml(text: string): YamlResult {
  const lines = new LineCounter()
  // Warnings would quote the text too, and be printed by the parser itself.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const errors: YAMLError[] = [...document.errors, ...document.warnings]
  if (errors.length > 0) return { kind: 'unreadable', problems: describeErrors(errors, text, lines) }
  try {
    const value: unknown = document.toJS()
    if (holdsItself(value)) return unreadable('an alias (*name) stands within what it is a name for')
    return { kind: 'readable', value, lineOf: (path) => lineOf(document.contents, path, lines) }
  } catch {
    // Only aliases fail this late: one without its anchor, or so many that they would fill the memory.
    return unreadable('an alias (*name) cannot be resolved')
  }
}

function unreadable(message: string): YamlResult {
  return { kind: 'unreadable', problems: [{ line: 1, message }] }
}

function holdsItself(value: unknown, above: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (above.includes(value)) return true
  return Object.values(value).some((entry) => holdsItself(entry, [...above, value]))
}

/** The first error of each line: what follows on the same line is mostly its echo. */
function describeErrors(errors: YAMLError[], text: string, lines: LineCounter) {
  const byLine = new Map<number, string>()
  for (const error of errors) {
    const { line } = lines.linePos(error.pos[0])
    if (!byLine.has(line)) byLine.set(line, describeError(error, text.split('\n')[line - 1] ?? ''))
  }
  return [...byLine].map(([line, message]) => ({ line, message }))
}

const sentences: { [code in YAMLError['code']]?: string } = {
  BAD_ALIAS: 'an alias (*name) cannot be resolved; put a value that begins with * in quotes',
  BAD_DQ_ESCAPE: 'a backslash in double quotes escapes no known character; use single quotes',
  BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
  BAD_SCALAR_START: 'a value that begins with @ or a backtick needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'there are two keys on one line, or a value with ": " that needs quotes',
  DUPLICATE_KEY: 'this key is there twice',
  MISSING_CHAR: 'a closing quote, a colon or a comma is missing',
  MULTIPLE_DOCS: 'only one document (---) may be in the file',
  RESOURCE_EXHAUSTION: 'lists or sections are nested too deep',
  TAB_AS_INDENT: 'a tab is used as indentation; use spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag; put a value that begins with ! in quotes',
  UNEXPECTED_TOKEN: 'a quote is not closed, or something follows where the value has ended',
}

function describeError(error: YAMLError, line: string): string {
  if (/\{.*\$\{/.test(line)) return `not valid YAML: between { and }, a value with \${…} needs quotes`
  return `not valid YAML: ${sentences[error.code] ?? `the parser calls it ${error.code}`}`
}

function lineOf(root: ParsedNode | null, path: ValuePath, lines: LineCounter): number | undefined {
  let node: unknown = root
  let offset = root?.range[0]
  for (const step of path) {
    const found = isMap(node) ? pairOf(node.items, step) : isSeq(node) ? entryOf(node.items, step) : undefined
    if (found === undefined) break
    node = found.node
    offset = found.offset ?? offset
  }
  return offset === undefined ? undefined : lines.linePos(offset).line
}

function pairOf(pairs: { key: unknown; value: unknown }[], step: string | number) {
  const pair = pairs.find((one) => isScalar(one.key) && String(one.key.value) === String(step))
  return pair === undefined ? undefined : { node: pair.value, offset: offsetOf(pair.key) }
}

function entryOf(entries: unknown[], step: string | number) {
  const entry = typeof step === 'number' ? entries[step] : undefined
  return entry === undefined ? undefined : { node: entry, offset: offsetOf(entry) }
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined
}
