/** A string constant of SQL, for engines where a backslash means nothing special, and for paths, which have none. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Columns as lines of a table, with two spaces in front. */
export function columnLines(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join(',\n')
}
