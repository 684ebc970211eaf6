/** `name`: an identifier or a keyword, as Postgres folds it. `unreadable`: an identifier written with escapes. */
export type Token = { kind: 'name' | 'symbol' | 'value' | 'unreadable'; text: string }

export type Statement = {
  text: string
  /** Without comments and spaces; never empty. */
  tokens: Token[]
}

export type Split = {
  statements: Statement[]
  /** The text after the last semicolon that ends a statement: a statement that may go on, or only spaces and comments. */
  rest: string
}

/**
 * Splits a text at the semicolons that end a statement, by the rules for quotes and comments with
 * standard_conforming_strings on (https://www.postgresql.org/docs/current/sql-syntax-lexical.html). Only messages and the
 * prompt depend on it: the server itself accepts one statement at a time.
 */
export function splitStatements(text: string): Split {
  const statements: Statement[] = []
  let tokens: Token[] = []
  let start = 0
  for (let place = 0; place < text.length; ) {
    const { token, end } = readToken(text, place)
    place = end
    if (token?.text === ';' && token.kind === 'symbol') {
      if (tokens.length > 0) statements.push({ text: text.slice(start, end - 1).trim(), tokens })
      tokens = []
      start = end
    } else if (token !== undefined) tokens.push(token)
  }
  return { statements, rest: text.slice(start) }
}

/** All statements of a text; the last one needs no semicolon. */
export function everyStatement(text: string): Statement[] {
  return splitStatements(`${text}\n;`).statements
}

type Reading = { token: Token | undefined; end: number }

const opening: readonly (readonly [RegExp, (match: RegExpExecArray, text: string) => Reading])[] = [
  [/\s+/y, (match) => ({ token: undefined, end: endOf(match) })],
  [/--[^\n]*/y, (match) => ({ token: undefined, end: endOf(match) })],
  [/\/\*/y, (match, text) => ({ token: undefined, end: endOfComment(text, endOf(match)) })],
  [/e'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/iy, value],
  [
    /u&"(?:[^"]|"")*(?:"|$)/iy,
    (match) => ({ token: { kind: 'unreadable', text: match[0] }, end: endOf(match) }),
  ],
  [/(?:u&|[bxn])?'(?:[^']|'')*(?:'|$)/iy, value],
  [/\$([\p{L}_][\p{L}\p{N}_]*)?\$/uy, (match, text) => dollarQuoted(match, text)],
  [
    /"((?:[^"]|"")*)(?:"|$)/y,
    (match) => ({ token: { kind: 'name', text: (match[1] ?? '').replaceAll('""', '"') }, end: endOf(match) }),
  ],
  [/[\p{L}_\u0080-\u{10ffff}][\p{L}\p{N}_$\u0080-\u{10ffff}]*/uy, name],
  [/\$?\d[\w.]*/y, value],
]

function readToken(text: string, place: number): Reading {
  for (const [pattern, read] of opening) {
    pattern.lastIndex = place
    const match = pattern.exec(text)
    if (match !== null) return read(match, text)
  }
  return { token: { kind: 'symbol', text: text.charAt(place) }, end: place + 1 }
}

function endOf(match: RegExpExecArray): number {
  return match.index + match[0].length
}

function value(match: RegExpExecArray): Reading {
  return { token: { kind: 'value', text: match[0] }, end: endOf(match) }
}

function name(match: RegExpExecArray): Reading {
  return { token: { kind: 'name', text: match[0].toLowerCase() }, end: endOf(match) }
}

function dollarQuoted(match: RegExpExecArray, text: string): Reading {
  const close = text.indexOf(match[0], endOf(match))
  const end = close === -1 ? text.length : close + match[0].length
  return { token: { kind: 'value', text: text.slice(match.index, end) }, end }
}

/** They nest. */
function endOfComment(text: string, from: number): number {
  const mark = /\/\*|\*\//g
  mark.lastIndex = from
  let depth = 1
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return text.length
}
