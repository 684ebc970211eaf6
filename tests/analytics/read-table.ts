/** A row of a Markdown table by its column names; an empty cell is an empty text. */
export type TableRow = Record<string, string>

/** The first table below a heading. */
export function readTable(page: string, heading: string): TableRow[] {
  const lines = page.split('\n')
  const start = lines.indexOf(heading)
  if (start === -1) throw new Error(`the page has no heading "${heading}"`)
  const first = lines.findIndex((line, at) => at > start && line.startsWith('|'))
  const end = lines.findIndex((line, at) => at > first && !line.startsWith('|'))
  const [names = [], , ...rows] = lines.slice(first, end === -1 ? undefined : end).map(cellsOf)
  return rows.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])))
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
}
