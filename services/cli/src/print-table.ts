export type Cell = string | null

export type Table = {
  columns: string[]
  rows: Cell[][] /** Columns whose values stand to the right. */
  right?: boolean[]
}

/** Columns side by side, as wide as their widest value, cut at `cellWidthMax`; without a limit no value is changed. */
export function printTable({ columns, rows, right = [] }: Table, cellWidthMax = 60): string {
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
  // One line for each row still.
  if (!Number.isFinite(widthMax))
    return text.replaceAll(/[\t\n\r]/g, (space) => JSON.stringify(space).slice(1, -1))
  const flat = text.replaceAll(/\s+/g, ' ')
  return flat.length <= widthMax ? flat : `${flat.slice(0, widthMax - 1)}…`
}

/** RFC 4180. Null is an empty field, an empty text is `""`. */
export function printCsv({ columns, rows }: Table): string {
  const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const field = (cell: Cell): string => (cell === null ? '' : cell === '' ? '""' : quote(cell))
  return [columns.map(quote), ...rows.map((row) => row.map(field))].map((row) => row.join(',')).join('\n')
}
