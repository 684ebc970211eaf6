import { readFileSync } from 'node:fs'
import { readTable, type TableRow } from './read-table.ts'

const page = readFileSync(new URL('expected.md', import.meta.url), 'utf8')

/** A table of expected.md, without the columns that nothing is compared with. */
export function below(heading: string, ...without: string[]): TableRow[] {
  return readTable(page, heading).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name))),
  )
}
