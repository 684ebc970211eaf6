import { visibleText } from '@aftercall/runtime/text/visible-text'
import { fitText, padText, textWidth } from './text-width.ts'

export type Cell = string | null

export type Table = {
  columns: string[]
  rows: Cell[][]
  /** Which columns are aligned right. */
  right?: boolean[]
}

/** How a table is drawn, so that rows that come later stand below the first ones. */
export type TableShape = {
  widths: number[]
  right: boolean[]
  cellWidthMax: number
  /** Empty by default. */
  nullText: string
  paintNull(text: string): string
}

const cellWidthUsual = 60

/** Columns as wide as their widest value, cut at `cellWidthMax`. Hidden characters and line breaks are made visible. */
export function formatTable(table: Table, cellWidthMax = cellWidthUsual): string {
  const shape = shapeTable(table, { cellWidthMax })
  return [formatHead(table.columns, shape), ...table.rows.map((row) => formatRow(row, shape))].join('\n')
}

export function shapeTable(
  { columns, rows, right = [] }: Table,
  {
    cellWidthMax = cellWidthUsual,
    nullText = '',
    paintNull = (text) => text,
  }: Partial<Omit<TableShape, 'widths'>>,
): TableShape {
  const widths = columns.map((name, index) => {
    const cells = rows.map((row) => textWidth(fitText(row[index] ?? nullText, cellWidthMax)))
    return cells.reduce((most, width) => Math.max(most, width), textWidth(visibleText(name)))
  })
  return { widths, right, cellWidthMax, nullText, paintNull }
}

/** The names of the columns, and a line below them. */
export function formatHead(columns: readonly string[], { widths, right }: TableShape): string {
  const names = columns.map((name, index) => padText(visibleText(name), widths[index] ?? 0, right[index]))
  return `${names.join('  ').trimEnd()}\n${widths.map((width) => '-'.repeat(width)).join('  ')}`
}

export function formatRow(row: readonly Cell[], shape: TableShape): string {
  const { widths, right, cellWidthMax, nullText, paintNull } = shape
  const cells = row.map((cell, index) => {
    const text = fitText(cell ?? nullText, cellWidthMax)
    const padded = padText(text, widths[index] ?? 0, right[index])
    return cell === null ? padded.replace(text, paintNull) : padded
  })
  return cells.join('  ').trimEnd()
}

/** RFC 4180. Null is an empty field, empty text is `""`. Control characters are made visible only in a terminal. */
export function formatCsv({ columns, rows }: Table, isTerminal: boolean): string {
  return [
    formatCsvRow(
      columns.map((name) => name || null),
      isTerminal,
    ),
    ...rows.map((row) => formatCsvRow(row, isTerminal)),
  ].join('\n')
}

export function formatCsvRow(row: readonly Cell[], isTerminal: boolean): string {
  const written = (text: string): string => (isTerminal ? visibleText(text) : text)
  const quote = (text: string): string =>
    /[",\r\n]/.test(text) ? `"${written(text).replaceAll('"', '""')}"` : written(text)
  return row.map((cell) => (cell === null ? '' : cell === '' ? '""' : quote(cell))).join(',')
}
