import { formatCount } from '@aftercall/operator/format/plural'
import { visibleJson } from '@aftercall/runtime/text/visible-text'
import type { QueryAnswer } from '@aftercall/warehouse/read-only/read-only-query'
import { formatCsv, formatTable, type Table } from '../terminal/format-table.ts'

export type Format = 'table' | 'csv' | 'json'

export type Screen = { columns: number }

/** More rows than anyone reads on a screen. */
const screenRowsMax = 500

/** Values and rows are cut only on a screen; rows that are wider than it are shown one below the other. */
export function formatAnswer(answer: QueryAnswer, format: Format, screen: Screen | undefined): string {
  const columns = distinctNames(answer.columns.map(({ name }) => name))
  switch (format) {
    case 'csv':
      return formatCsv({ columns, rows: answer.rows }, screen !== undefined)
    case 'json':
      return visibleJson(writeJson(columns, answer))
    case 'table': {
      if (columns.length === 0) return answer.command
      const right = answer.columns.map((column) => numberTypes.has(column.typeId))
      const shown = screen === undefined ? answer.rows : answer.rows.slice(0, screenRowsMax)
      const rows = shown.map((row) => row.map((value) => value ?? 'NULL'))
      return `${formatRows({ columns, rows, right }, screen)}\n${countRows(answer.rows.length, shown.length)}`
    }
  }
}

function formatRows(table: Table, screen: Screen | undefined): string {
  if (screen === undefined) return formatTable(table, Number.POSITIVE_INFINITY)
  const lines = formatTable(table)
  const isWide = lines.split('\n').some((line) => line.length > screen.columns)
  if (!isWide || table.rows.length === 0) return lines
  return table.rows
    .map((row, index) => {
      const cells = row.map((cell, place) => [table.columns[place] ?? '', cell])
      return formatTable({ columns: [`row ${index + 1}`, ''], rows: cells })
    })
    .join('\n\n')
}

function countRows(all: number, shown: number): string {
  const counted = formatCount(all, 'row')
  return all === shown
    ? `(${counted})`
    : `(${counted}; the first ${shown} are shown: add a limit, or print all with --format csv)`
}

/** A query may give two columns the same name; the second becomes `name_2`. */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(names)
  const seen = new Set<string>()
  return names.map((name) => {
    let distinct = name
    for (let number = 2; seen.has(distinct); number += 1) {
      const next = `${name}_${number}`
      if (!taken.has(next)) distinct = next
    }
    seen.add(distinct)
    return distinct
  })
}

/** Written as text because JavaScript values would round numbers in `jsonb`. */
function writeJson(names: readonly string[], { columns, rows }: QueryAnswer): string {
  if (rows.length === 0) return '[]'
  const objects = rows.map((row) => {
    const members = names.map((name, index) => {
      const value = jsonOf(row[index] ?? null, columns[index]?.typeId ?? 0)
      return `    ${JSON.stringify(name)}: ${value}`
    })
    return members.length === 0 ? '  {}' : `  {\n${members.join(',\n')}\n  }`
  })
  return `[\n${objects.join(',\n')}\n]`
}

/** int8, int2, int4, float4, float8, numeric: https://www.postgresql.org/docs/current/catalog-pg-type.html */
const numberTypes = new Set([20, 21, 23, 700, 701, 1700])
const jsonTypes = new Set([114, 3802])
const booleanType = 16

/** NaN, Infinity and numbers that do not fit a double are text. JSON stays as Postgres wrote it. */
function jsonOf(text: string | null, typeId: number): string {
  if (text === null) return 'null'
  if (typeId === booleanType) return text === 't' ? 'true' : 'false'
  if (jsonTypes.has(typeId)) return text
  const isNumber = numberTypes.has(typeId) && Number.isFinite(Number(text)) && String(Number(text)) === text
  return isNumber ? text : JSON.stringify(text)
}
