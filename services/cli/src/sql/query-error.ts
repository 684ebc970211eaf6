import { describeError } from '@aftercall/runtime/text/describe-error'
import { nearestName } from '@aftercall/runtime/text/nearest-name'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import { sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import type { ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { everyStatement } from '@aftercall/warehouse/read-only/split-statements'
import { describeQuery } from './describe-query.ts'

/** Postgres or `aftercall sql` refused the query. The message has a line for each thing to know. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly code = 'query_failed'
  readonly retryable = false
  constructor(lines: readonly string[], cause?: unknown) {
    super(lines.map(visibleText).join('\n'), { cause })
  }
}

/** With the place, the hint of Postgres, and the name that was probably meant. */
export async function explainQueryFailure(
  error: unknown,
  query: string,
  session: Pick<ReadOnlySession, 'query'>,
): Promise<QueryError> {
  const { hint, position } = readDetails(error)
  return new QueryError(
    [
      `the query failed: ${describeError(error)}`,
      ...(position === undefined ? [] : showPlace(query, position)),
      ...(hint === undefined ? [] : [`hint: ${hint}`]),
      ...(await adviseOnName(error, session)),
    ],
    error,
  )
}

/** What the driver's error may say beside its message. */
function readDetails(error: unknown): { hint: string | undefined; position: number | undefined } {
  if (!(error instanceof Error)) return { hint: undefined, position: undefined }
  return {
    hint: 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined,
    position: 'position' in error && typeof error.position === 'string' ? Number(error.position) : undefined,
  }
}

const lineLengthMax = 120

/** The line of a query that is one statement, and a mark below the character. Postgres counts characters from 1. */
function showPlace(query: string, position: number): string[] {
  const [statement, ...others] = everyStatement(query)
  if (statement === undefined || others.length > 0 || !Number.isInteger(position)) return []
  const before = Array.from(statement.text)
    .slice(0, position - 1)
    .join('')
  const start = before.lastIndexOf('\n') + 1
  const [line = ''] = statement.text.slice(start).split('\n')
  const column = before.length - start
  // The mark stands right only below text in which every character takes one column.
  if (line.length > lineLengthMax || !/^[\x20-\x7e]*$/.test(line)) return []
  return [`  ${line}`, `  ${' '.repeat(column)}^`]
}

/** After a name that Postgres does not know, or that the login may not use. */
async function adviseOnName(error: unknown, session: Pick<ReadOnlySession, 'query'>): Promise<string[]> {
  switch (sqlStateOf(error)) {
    case '42P01': // undefined_table
      return [
        ...(await suggest(error, session, 'relation')),
        '\\d lists the tables and views that you may read',
      ]
    case '42703': // undefined_column
      return ['\\d NAME lists the columns of a table or view']
    case '42883': // undefined_function
      return [...(await suggest(error, session, 'function')), '\\d NAME shows the parameters of a function']
    case '42501': // insufficient_privilege
      return ['\\d lists what you may read']
    default:
      return []
  }
}

/** The same form as commander's for commands and options. */
async function suggest(
  error: unknown,
  session: Pick<ReadOnlySession, 'query'>,
  kind: 'relation' | 'function',
): Promise<string[]> {
  const [, relation, called] = /"([^"]+)"|([\w.]+)\(/.exec(describeError(error)) ?? []
  const written = relation ?? called
  if (written === undefined) return []
  const near = await findNearName(written, session, kind)
  return near === undefined ? [] : [`(Did you mean ${near}?)`]
}

/** A readable table, view or function with a similar name; undefined if there is none, or if they cannot be read. */
export async function findNearName(
  written: string,
  session: Pick<ReadOnlySession, 'query'>,
  kind?: 'relation' | 'function',
): Promise<string | undefined> {
  const [answer] = await session.query(describeQuery('\\d') ?? '').catch(() => [])
  const known = (answer?.rows ?? []).flatMap(([name]) => name ?? [])
  const ofKind = known.filter((name) => kind === undefined || name.endsWith('()') === (kind === 'function'))
  const plain = ofKind.map((name) => name.replace(/\(\)$/, ''))
  const hasSchema = written.includes('.')
  return nearestName(written, hasSchema ? plain : plain.map((name) => name.replace(/^[^.]*\./, '')))
}
