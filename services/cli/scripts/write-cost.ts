import { readFileSync, writeFileSync } from 'node:fs'
import { formatCost } from '../src/backfill/cost/print-cost.ts'

const file = new URL('../../../docs/cost.md', import.meta.url)

/** Updates the tables of docs/cost.md, computed by the code that also estimates `backfill --dry-run`. */
const text = readFileSync(file, 'utf8')
const tables = /(?<=<!-- by write-cost\.ts -->\n\n).*?(?=\n\n<!-- until here -->)/s
writeFileSync(
  file,
  text.replace(tables, () => formatCost()),
)
