import { formatCount } from '@aftercall/operator/format/plural'
import { visibleJson } from '@aftercall/runtime/text/visible-text'
import type { AnswerPage } from '@aftercall/warehouse/read-only/read-pages'
import {
  type Cell,
  formatCsvRow,
  formatHead,
  formatRow,
  shapeTable,
  type TableShape,
} from '../terminal/format-table.ts'
import { textWidth } from '../terminal/text-width.ts'

export type Format = 'table' | 'csv' | 'json'

/** One row below the other, with a line for each column. `auto`: if the rows are wider than the screen. */
export type Expanded = 'auto' | 'on' | 'off'

export type PrintStyle = {
  format: Format
  expanded: Expanded
  /** Undefined for a pipe or a file, in which nothing is cut. */
  screen: { columns: number } | undefined
  paintNull(text: string): string
}

/** Prints one answer, page by page. */
export type AnswerPrinter = {
  /** The text of the page, without the last line end; undefined if there is nothing to print. */
  print(page: AnswerPage): string | undefined
  /** Whether the next page is needed. */
  wantsMore(): boolean
}

export function createAnswerPrinter(style: PrintStyle): AnswerPrinter {
  switch (style.format) {
    case 'csv':
      return createCsvPrinter(style)
    case 'json':
      return createJsonPrinter()
    case 'table':
      return createTablePrinter(style)
  }
}

/** More rows than anyone reads on a screen. */
const screenRowsMax = 500

function createTablePrinter({ expanded, screen, paintNull }: PrintStyle): AnswerPrinter {
  const rowsMax = screen === undefined ? Number.POSITIVE_INFINITY : screenRowsMax
  const nulls = { nullText: 'NULL', paintNull }
  let columns: string[] = []
  let shape: TableShape | undefined
  let isExpanded = false
  let shown = 0
  let isCut = false

  function begin({ columns: described, rows }: AnswerPage): void {
    columns = distinctNames(described.map(({ name }) => name))
    const right = described.map(({ typeId }) => numberTypes.has(typeId))
    const cut = screen === undefined ? { cellWidthMax: Number.POSITIVE_INFINITY } : {}
    shape = shapeTable({ columns, rows, right }, { ...nulls, ...cut })
    const width = shape.widths.reduce((sum, one) => sum + one + 2, -2)
    isExpanded =
      rows.length > 0 && (expanded === 'on' || (expanded === 'auto' && width > (screen?.columns ?? width)))
  }

  function expand(row: readonly Cell[], number: number): string {
    const cells = row.map((cell, place) => [columns[place] ?? '', cell])
    const table = { columns: [`row ${number}`, ''], rows: cells }
    const own = shapeTable(table, { ...nulls, cellWidthMax: valueWidth(columns, screen) })
    return [formatHead(table.columns, own), ...cells.map((line) => formatRow(line, own)), ''].join('\n')
  }

  function print(page: AnswerPage): string | undefined {
    if (page.isFirst) begin(page)
    const drawn = shape
    if (columns.length === 0 || drawn === undefined) return page.isFirst ? page.command : undefined
    const rows = page.rows.slice(0, rowsMax - shown)
    isCut = rows.length < page.rows.length
    const lines = rows.map((row, index) =>
      isExpanded ? expand(row, shown + index + 1) : formatRow(row, drawn),
    )
    shown += rows.length
    const head = page.isFirst && !isExpanded ? [formatHead(columns, drawn)] : []
    const foot = page.isLast || isCut ? [countRows(shown, isCut)] : []
    const all = [...head, ...lines, ...foot]
    return all.length === 0 ? undefined : all.join('\n')
  }

  return { print, wantsMore: () => !isCut }
}

/** The rest of the line, for the value of an expanded row. */
function valueWidth(columns: readonly string[], screen: PrintStyle['screen']): number {
  if (screen === undefined) return Number.POSITIVE_INFINITY
  const names = columns.reduce((most, name) => Math.max(most, textWidth(name)), 0)
  return Math.max(60, screen.columns - names - 3)
}

function countRows(shown: number, isCut: boolean): string {
  return isCut
    ? `(the first ${shown} rows; there are more: add a limit, or print all with --format csv)`
    : `(${formatCount(shown, 'row')})`
}

function createCsvPrinter({ screen }: PrintStyle): AnswerPrinter {
  const line = (row: readonly Cell[]): string => formatCsvRow(row, screen !== undefined)
  return {
    print({ columns, rows, isFirst }) {
      const names = distinctNames(columns.map(({ name }) => name))
      const lines = [...(isFirst ? [names] : []), ...rows].map(line)
      return lines.length === 0 ? undefined : lines.join('\n')
    },
    wantsMore: () => true,
  }
}

/** Members are written as text because JavaScript values would round numbers in `jsonb`. */
function createJsonPrinter(): AnswerPrinter {
  return {
    print(page) {
      if (page.isFirst && page.isLast && page.rows.length === 0) return '[]'
      const names = distinctNames(page.columns.map(({ name }) => name))
      const objects = page.rows.map((row, index) => {
        const mark = page.isFirst && index === 0 ? '[\n' : ',\n'
        return mark + formatObject(names, row, page.columns)
      })
      // The line end of the page before stands in front of the comma, which JSON allows.
      const text = objects.join('') + (page.isLast ? '\n]' : '')
      return text === '' ? undefined : visibleJson(text)
    },
    wantsMore: () => true,
  }
}

function formatObject(
  names: readonly string[],
  row: readonly (string | null)[],
  columns: AnswerPage['columns'],
): string {
  const members = names.map((name, index) => {
    const value = jsonOf(row[index] ?? null, columns[index]?.typeId ?? 0)
    return `    ${JSON.stringify(name)}: ${value}`
  })
  return members.length === 0 ? '  {}' : `  {\n${members.join(',\n')}\n  }`
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
