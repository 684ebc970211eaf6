import { cutText } from '@aftercall/runtime/text/cut-text'
import { visibleText } from '@aftercall/runtime/text/visible-text'

export type Cell = string | null

export type Table = {
  columns: string[]
  rows: Cell[][]
  /** Which columns are aligned right. */
  right?: boolean[]
}

/** Columns as wide as their widest value, cut at `cellWidthMax`. Control characters and line breaks are made visible. */
export function formatTable({ columns: names, rows, right = [] }: Table, cellWidthMax = 60): string {
  const columns = names.map(visibleText)
  const cells = rows.map((row) => row.map((cell) => cut(cell ?? '', cellWidthMax)))
  const widths = columns.map((name, index) =>
    Math.max(name.length, ...cells.map((row) => row[index]?.length ?? 0)),
  )
  const line = (row: string[]): string =>
    row
      .map((cell, index) =>
        right[index] ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(line)].join('\n')
}

function cut(text: string, widthMax: number): string {
  if (!Number.isFinite(widthMax)) return visibleText(text)
  return cutText(visibleText(text).replaceAll(/\s+/g, ' '), widthMax)
}

/** RFC 4180. Null is an empty field, empty text is `""`. Control characters are made visible only in a terminal. */
export function formatCsv({ columns, rows }: Table, isTerminal: boolean): string {
  const written = (text: string): string => (isTerminal ? visibleText(text) : text)
  const quote = (text: string): string =>
    /[",\r\n]/.test(text) ? `"${written(text).replaceAll('"', '""')}"` : written(text)
  const field = (cell: Cell): string => (cell === null ? '' : cell === '' ? '""' : quote(cell))
  return [columns.map(quote), ...rows.map((row) => row.map(field))].map((row) => row.join(',')).join('\n')
}
