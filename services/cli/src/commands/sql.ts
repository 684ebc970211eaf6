import { createInterface } from 'node:readline/promises'
import { describeError } from '@aftercall/runtime/describe-error'
import {
  openReadOnlySession,
  type QueryAnswer,
  type ReadOnlySession,
} from '@aftercall/warehouse/read-only-query'
import { Option } from 'commander'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  UsageError,
} from '../cli-context.ts'
import { findDatabase } from '../find-database.ts'
import { printJson } from '../print-json.ts'
import { printCsv, printTable, type Table } from '../print-table.ts'
import { DatabaseUnreachableError } from '../with-database.ts'

type Format = 'table' | 'csv' | 'json'
type Options = CommonOptions & { format?: Format }

/** `aftercall sql [QUERY] [--format table|csv|json]` */
export function addSqlCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'sql [query]',
    'a read-only query, or a prompt; against a running demo it finds the database by itself',
    [
      'aftercall sql "select status, count(*) from session group by 1 order by 2 desc"',
      'aftercall sql "select * from call_participant limit 5" --format csv',
      'aftercall sql                  # a prompt',
    ],
  )
    .addOption(new Option('--format <format>', 'how to print the answer').choices(['table', 'csv', 'json']))
    .action(async (query: string | undefined, options: Options) => {
      const session = await openSession(context, options)
      try {
        const format = options.format ?? (options.json === true ? 'json' : 'table')
        if (query !== undefined) await answer(context, session, query, format)
        else await prompt(context, session, format)
      } finally {
        await session.close()
      }
    })
}

async function openSession(context: CliContext, options: Options): Promise<ReadOnlySession> {
  const database = await findDatabase(context, options)
  return openReadOnlySession(database).catch((error: unknown) => {
    throw new DatabaseUnreachableError(database.url, error)
  })
}

async function answer(
  context: CliContext,
  session: ReadOnlySession,
  query: string,
  format: Format,
): Promise<void> {
  const answers = await session.query(query).catch((error: unknown) => {
    throw new UsageError(`the query failed: ${describeError(error)}`)
  })
  for (const one of answers) context.stdout.write(`${print(one, format, context.stdout.isTTY === true)}\n`)
}

/** Statements from the terminal, or from a pipe, one after the other; one that fails does not end the rest. */
async function prompt(context: CliContext, session: ReadOnlySession, format: Format): Promise<void> {
  const { stdin: input, stdout: output, stderr } = context
  const lines = input.isTTY
    ? createInterface({ input, output, prompt: 'aftercall> ' })
    : createInterface({ input })
  const ask = (): void => {
    if (input.isTTY) lines.prompt()
  }
  if (input.isTTY) output.write('Read-only SQL. End a statement with ; and leave with \\q or Ctrl-D.\n')
  let statement = ''
  ask()
  for await (const line of lines) {
    if (line.trim() === '\\q') break
    statement += `${line}\n`
    if (statement.trimEnd().endsWith(';')) {
      await answer(context, session, statement, format).catch((error: unknown) => {
        stderr.write(`${describeError(error)}\n`)
      })
      statement = ''
    }
    ask()
  }
  lines.close()
  if (statement.trim() !== '') await answer(context, session, statement, format)
}

function print(answered: QueryAnswer, format: Format, isTerminal: boolean): string {
  const table: Table = {
    columns: answered.columns.map((column) => column.name),
    rows: answered.rows,
    right: answered.columns.map((column) => numberTypes.has(column.typeId)),
  }
  if (format === 'csv') return printCsv(table, isTerminal)
  if (format === 'json')
    return printJson(
      answered.rows.map((row) => toObject(answered, row)),
      2,
    )
  if (table.columns.length === 0) return answered.command
  const count = table.rows.length === 1 ? '1 row' : `${table.rows.length} rows`
  return `${printTable(table)}\n(${count})`
}

/** int8, int2, int4, float4, float8, numeric: https://www.postgresql.org/docs/current/catalog-pg-type.html */
const numberTypes = new Set([20, 21, 23, 700, 701, 1700])
const jsonTypes = new Set([114, 3802])
const booleanType = 16

function toObject(answered: QueryAnswer, row: (string | null)[]): Record<string, unknown> {
  return Object.fromEntries(
    answered.columns.map((column, index) => [column.name, toJson(row[index] ?? null, column.typeId)]),
  )
}

function toJson(text: string | null, typeId: number): unknown {
  if (text === null) return null
  if (typeId === booleanType) return text === 't'
  if (jsonTypes.has(typeId)) return JSON.parse(text)
  return numberTypes.has(typeId) && String(Number(text)) === text ? Number(text) : text
}
