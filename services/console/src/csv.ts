/** A table to download. Times are in UTC, as in JSON. */
export type CsvTable = {
  columns: readonly string[]
  rows: readonly (readonly (string | number | Date | null)[])[]
}

/** https://www.rfc-editor.org/rfc/rfc4180: every text is quoted, so that a key may hold anything. */
export function formatCsv({ columns, rows }: CsvTable): string {
  return [columns, ...rows].map((cells) => `${cells.map(formatCell).join(',')}\r\n`).join('')
}

function formatCell(value: string | number | Date | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = typeof value === 'string' ? value : value.toISOString()
  return `"${text.replaceAll('"', '""')}"`
}
