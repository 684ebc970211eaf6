import { readFileSync, writeFileSync } from 'node:fs'
import { fillTables } from './fill-tables.ts'
import { formatMeasured, formatScale } from './format-scale.ts'

/** `npm run scale`: writes the tables of docs/scale.md and the one of docs/performance.md from the measured figures. */
const docs = new URL('../../docs/', import.meta.url)
for (const [page, tables] of [
  ['performance.md', { measured: formatMeasured() }],
  ['scale.md', formatScale()],
] as const) {
  const file = new URL(page, docs)
  writeFileSync(file, fillTables(readFileSync(file, 'utf8'), tables))
}
