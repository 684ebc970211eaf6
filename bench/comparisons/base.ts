import { startCheckout } from '../contenders/checkout.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, summarize } from '../harness/print-trials.ts'
import { spreadOf } from '../harness/statistics.ts'
import { printTableUsage, readTableUsage } from '../harness/table-usage.ts'
import { takeTurns } from '../harness/take-turns.ts'
import { runTrial, type Trial } from '../harness/trial.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** What a change costs or saves: this checkout and others in turns, each with its own migrations. */
export const base: Comparison = {
  name: 'base',
  about: 'this checkout beside those of --base, in turns: CPU and log per file',
  run: (options) => withBench((bench) => compare(bench, options), { tls: options.tls }),
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
  for (const { name, databaseUrl } of contenders) {
    print(`bytes per session of ${name}`)
    printTableUsage(await readTableUsage(databaseUrl), print)
  }
  const lastLines = [...folders].slice(1).flatMap(([name, folder]) => ratioLines(trials, name, folder))
  return { name: base.name, figures: { trials }, lastLines }
}

/** Each ratio is of one round, so that the drift of the machine's speed falls out; then the median of the rounds. */
function ratioLines(trials: readonly Trial[], name: string, folder: string): string[] {
  const ofBase = trials.filter((trial) => trial.name === name)
  const ofHere = trials.filter((trial) => trial.name === 'here')
  const ratioOf = (figure: (trial: Trial) => number): string => {
    const { median, min, max } = spreadOf(
      ofHere.map((trial, round) => figure(trial) / figure(ofBase[round] ?? trial)),
    )
    return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`
  }
  return [
    `here / ${folder}:`,
    `  worker CPU    ${ratioOf((trial) => trial.workerCpuMsPerFile)}`,
    `  Postgres CPU  ${ratioOf((trial) => trial.postgresCpuMsPerFile)}`,
    `  total CPU     ${ratioOf((trial) => trial.workerCpuMsPerFile + trial.postgresCpuMsPerFile)}`,
    `  log           ${ratioOf((trial) => trial.walKbPerFile)}`,
  ]
}
