import { readFileSync, writeFileSync } from 'node:fs'
import { printCost } from '../src/backfill/cost/print-cost.ts'

const file = new URL('../../../docs/cost.md', import.meta.url)

/** The tables of docs/cost.md, made anew by the model that also makes the bill of `backfill --dry-run`. */
const text = readFileSync(file, 'utf8')
const tables = /(?<=<!-- by write-cost\.ts -->\n\n).*?(?=\n\n<!-- until here -->)/s
writeFileSync(
  file,
  text.replace(tables, () => printCost()),
)
