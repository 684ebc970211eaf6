import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument, type YAMLError } from 'yaml'
import type { ValuePath } from './expand-variables.ts'

export type YamlResult =
  | {
      kind: 'readable'
      value: unknown
      /** The line of the value at `path`, or of its nearest parent in the file. */
      lineOf(path: ValuePath): number | undefined
    }
  | { kind: 'unreadable'; problems: { line: number; message: string }[] }

/** Parses one YAML document. Uses its own messages, because those of the parser quote the text, which may be a secret. */
export function readYaml(text: string): YamlResult {
  const lines = new LineCounter()
  // Warnings would also quote the text, and the parser itself would print them.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const errors: YAMLError[] = [...document.errors, ...document.warnings]
  if (errors.length > 0) return { kind: 'unreadable', problems: describeErrors(errors, text, lines) }
  try {
    const value: unknown = document.toJS()
    if (containsItself(value)) return unreadable('an alias (*name) is used inside its own anchor (&name)')
    return { kind: 'readable', value, lineOf: (path) => lineOf(document.contents, path, lines) }
  } catch {
    // Only aliases fail this late: an alias without an anchor, or too many aliases for the memory.
    return unreadable('an alias (*name) cannot be resolved')
  }
}

function unreadable(message: string): YamlResult {
  return { kind: 'unreadable', problems: [{ line: 1, message }] }
}

function containsItself(value: unknown, above: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (above.includes(value)) return true
  return Object.values(value).some((entry) => containsItself(entry, [...above, value]))
}

/** The first error of each line. Further errors on the same line mostly follow from it. */
function describeErrors(errors: YAMLError[], text: string, lines: LineCounter) {
  const texts = text.split('\n')
  const byLine = new Map<number, string>()
  for (const error of errors) {
    const { line } = lines.linePos(error.pos[0])
    if (!byLine.has(line)) byLine.set(line, describeError(error, texts[line - 1] ?? ''))
  }
  return [...byLine].map(([line, message]) => ({ line, message }))
}

const sentences: { [code in YAMLError['code']]?: string } = {
  BAD_ALIAS: 'an alias (*name) cannot be resolved; quote values that begin with *',
  BAD_DQ_ESCAPE: 'a backslash in double quotes does not begin a valid escape; use single quotes',
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed',
  BAD_SCALAR_START: 'quote values that begin with @ or a backtick',
  BLOCK_AS_IMPLICIT_KEY: 'there are two keys on one line, or a value with ": " is not quoted',
  DUPLICATE_KEY: 'this key appears twice',
  MISSING_CHAR: 'a closing quote, a colon or a comma is missing',
  MULTILINE_IMPLICIT_KEY:
    'a colon is missing after the key, or a value continues on the next line without quotes',
  MULTIPLE_DOCS: 'the file must have only one document (---)',
  RESOURCE_EXHAUSTION: 'lists or sections are nested too deeply',
  TAB_AS_INDENT: 'a line is indented with a tab; use spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag; quote values that begin with !',
  UNEXPECTED_TOKEN: 'a quote is not closed, or there is text after the end of a value',
}

function describeError(error: YAMLError, line: string): string {
  if (/\{.*\$\{/.test(line)) return `invalid YAML: between { and }, quote values with \${…}`
  return `invalid YAML: ${sentences[error.code] ?? `this line cannot be parsed (${error.code})`}`
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
  const pair = pairs.find(({ key }) => isScalar(key) && String(key.value) === String(step))
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
