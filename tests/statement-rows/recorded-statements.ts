import pg from 'pg'
import { vi } from 'vitest'
import type { DeclaredStatement } from './declared-statements.ts'

/** A query that was run, with the kinds of its columns as the database described them. */
export type RecordedStatement = { text: string; columns: Record<string, string> }

/** Records every query of the driver from now until the test ends. */
export function recordStatements(): RecordedStatement[] {
  const recorded: RecordedStatement[] = []
  const query = pg.Client.prototype.query
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const answer: unknown = Reflect.apply(query, this, args)
    const [text] = args
    if (typeof text === 'string' && answer instanceof Promise) {
      answer.then(
        ({ fields }: pg.QueryResult) => recorded.push({ text, columns: columnsOf(fields) }),
        () => {},
      )
    }
    return answer
  })
  return recorded
}

function columnsOf(fields: readonly pg.FieldDef[]): Record<string, string> {
  return Object.fromEntries(
    fields.map(({ name, dataTypeID }) => [name, kinds[dataTypeID] ?? `type ${dataTypeID}`]),
  )
}

/** What the driver makes of a value, by the type's number in `pg_type`. */
const kinds: Readonly<Record<number, string>> = {
  16: 'boolean',
  17: 'Buffer',
  19: 'string', // name
  20: 'string', // bigint
  21: 'number', // smallint
  23: 'number', // integer
  25: 'string', // text
  114: 'json',
  700: 'number', // real
  701: 'number', // double precision
  1003: 'string[]', // name[]
  1009: 'string[]', // text[]
  1016: 'string[]', // bigint[]
  1043: 'string', // varchar
  1082: 'Date', // date
  1114: 'Date', // timestamp
  1184: 'Date', // timestamptz
  1700: 'string', // numeric
  2950: 'string', // uuid
  3802: 'json', // jsonb
}

/** The statement that the query came from: of those whose texts it holds in order, the one with the longest texts. */
export function statementOf(
  declared: readonly DeclaredStatement[],
  { text }: RecordedStatement,
): DeclaredStatement | undefined {
  const matching = declared.filter(({ texts }) => pattern(texts).test(text))
  return matching.sort((one, other) => lengthOf(other) - lengthOf(one))[0]
}

function pattern(texts: readonly string[]): RegExp {
  return new RegExp(`^${texts.map((text) => RegExp.escape(text)).join('.*')}$`, 's')
}

function lengthOf({ texts }: DeclaredStatement): number {
  return texts.join('').length
}
