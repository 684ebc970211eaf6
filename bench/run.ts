import { mkdir, writeFile } from 'node:fs/promises'
import { arch, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { twoYears } from './analytics/fill-database.ts'
import { analytics } from './comparisons/analytics.ts'
import { backfill } from './comparisons/backfill.ts'
import { backlog } from './comparisons/backlog.ts'
import { base } from './comparisons/base.ts'
import type { Comparison, ComparisonOptions, Found } from './comparisons/comparison.ts'
import { consolePages } from './comparisons/console.ts'
import { contenders } from './comparisons/contenders.ts'
import { lag } from './comparisons/lag.ts'
import { log } from './comparisons/log.ts'
import { queries } from './comparisons/queries.ts'
import { refresh } from './comparisons/refresh.ts'
import { rollups } from './comparisons/rollups.ts'
import { stages } from './comparisons/stages.ts'
import { stored } from './comparisons/stored.ts'
import { tune } from './comparisons/tune.ts'
import { workers } from './comparisons/workers.ts'
import { goalLines, type Measured } from './goals.ts'

/** `npm run bench`: runs all comparisons, or the named ones. bench/README.md describes them. */
const comparisons = [lag, backlog, workers, backfill, stored, log, queries, stages, contenders]
const onlyWhenNamed = [tune, base, analytics, rollups, refresh, consolePages]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    tls: { type: 'boolean', default: false },
    'postgres-bin': { type: 'string' },
    database: { type: 'string' },
    sessions: { type: 'string', default: '100000' },
    periods: { type: 'string', default: String(twoYears) },
    base: { type: 'string', multiple: true, default: [] },
  },
})
const chosen = choose(positionals, values.quick)
const options: ComparisonOptions = {
  quick: values.quick,
  databaseUrl: values.database,
  sessions: Number(values.sessions),
  periods: Number(values.periods),
  baseFolders: values.base,
  tls: values.tls,
  postgresBin: values['postgres-bin'],
  print: (line) => process.stdout.write(`${line}\n`),
}
const found: Found[] = []
for (const comparison of chosen) {
  options.print(`\n${comparison.name}: ${comparison.about}`)
  found.push(await comparison.run(options))
}
options.print(`\nResults written to ${await writeResults(found)}`)
options.print('\nGoals:')
const measured: Measured = Object.assign({}, ...found.map((one) => one.measured ?? {}))
for (const line of goalLines(measured)) options.print(line)

/** With --quick, only the comparison that gives the ratios. */
function choose(names: readonly string[], quick: boolean): Comparison[] {
  if (names.length === 0) return quick ? [contenders] : comparisons
  const known = [...comparisons, ...onlyWhenNamed]
  const unknown = names.find((name) => known.every((comparison) => comparison.name !== name))
  if (unknown !== undefined) {
    process.stderr.write(
      `unknown comparison ${unknown}; known: ${known.map(({ name }) => name).join(', ')}\n`,
    )
    process.exit(2)
  }
  return known.filter(({ name }) => names.includes(name))
}

async function writeResults(results: readonly Found[]): Promise<string> {
  const dir = new URL('./results/', import.meta.url)
  await mkdir(dir, { recursive: true })
  const at = new Date().toISOString()
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, arch: arch(), node: process.version }
  const file = new URL(`${at.replaceAll(':', '-')}.json`, dir)
  const kept = results.map(({ name, figures, measured }) => ({ name, measured, figures }))
  await writeFile(file, `${JSON.stringify({ at, machine, quick: values.quick, results: kept }, null, 2)}\n`)
  return file.pathname
}
