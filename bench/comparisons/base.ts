import { startCheckout } from '../contenders/checkout.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, summarize } from '../harness/print-trials.ts'
import { ratiosOf, type Spread } from '../harness/statistics.ts'
import {
  childIndexBytesOf,
  printTableUsage,
  readTableUsage,
  type TableUsage,
} from '../harness/table-usage.ts'
import { takeTurns } from '../harness/take-turns.ts'
import { runTrial, type Trial, totalCpuMsOf } from '../harness/trial.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** What a change costs or saves: this checkout and others in turns, each with its own migrations. */
export const base: Comparison = {
  name: 'base',
  about: 'this checkout beside those of --base, in turns: CPU and log per file',
  run: (options) => withBench((bench) => compare(bench, options), options),
}

const here = new URL('../..', import.meta.url).pathname

async function compare(bench: Bench, { quick, print, baseFolders }: ComparisonOptions): Promise<Found> {
  const folders = new Map([
    ['here', here],
    ...baseFolders.map((folder, at) => [`base ${at + 1}`, folder] as const),
  ])
  const contenders = []
  for (const [name, folder] of folders) contenders.push(await startCheckout(bench, name, folder))
  const turns = contenders.map((contender) => ({
    name: contender.name,
    firstSessions: 600,
    // At least half as many again as are in flight, or revisions of a session meet in one batch.
    sessionsMin: 800,
    seconds: 3,
    run: (sessions: number) => runTrial(bench, contender, bench.nextLoad(sessions)),
  }))
  const trials = await takeTurns(turns, { rounds: quick ? 4 : 10 })
  printSummaries(summarize(trials), print)
  const usages = new Map<string, TableUsage[]>()
  for (const { name, databaseUrl } of contenders) {
    const usage = await readTableUsage(databaseUrl)
    usages.set(name, usage)
    print(`bytes per session of ${name}`)
    printTableUsage(usage, print)
  }
  const ratios = [...folders].slice(1).map(([name, folder]) => {
    const indexes = childIndexBytesOf(usages.get('here') ?? []) / childIndexBytesOf(usages.get(name) ?? [])
    const toBase = { folder, ...ratiosTo(trials, name), childIndexes: indexes }
    printRatios(toBase, print)
    return toBase
  })
  // With several bases, the goals are about the first.
  const [first] = ratios
  const measured =
    first === undefined ? {} : { totalToBase: first.total.median, childIndexesToBase: first.childIndexes }
  return { name: base.name, figures: { trials, ratios, usages: [...usages] }, measured }
}

type ToBase = { worker: Spread; postgres: Spread; total: Spread; log: Spread }

/** Each ratio is of one round, so that the drift of the machine's speed falls out; then the median of the rounds. */
function ratiosTo(trials: readonly Trial[], name: string): ToBase {
  const ratioOf = (figure: (trial: Trial) => number): Spread => {
    const of = (party: string): number[] => trials.filter((trial) => trial.name === party).map(figure)
    return ratiosOf(of('here'), of(name))
  }
  return {
    worker: ratioOf((trial) => trial.workerCpuMsPerFile),
    postgres: ratioOf((trial) => trial.postgresCpuMsPerFile),
    total: ratioOf(totalCpuMsOf),
    log: ratioOf((trial) => trial.walKbPerFile),
  }
}

function printRatios(
  { folder, childIndexes, ...ratios }: ToBase & { folder: string; childIndexes: number },
  print: (line: string) => void,
): void {
  const words = { worker: 'worker CPU', postgres: 'Postgres CPU', total: 'total CPU', log: 'log' }
  print(`here / ${folder}:`)
  for (const [name, { median, min, max }] of Object.entries(ratios)) {
    const spread = `(${min.toFixed(2)} to ${max.toFixed(2)})`
    print(`  ${words[name as keyof typeof words].padEnd(14)}${median.toFixed(2)} ${spread}`)
  }
  print(`  ${'child indexes'.padEnd(14)}${childIndexes.toFixed(2)}`)
}
