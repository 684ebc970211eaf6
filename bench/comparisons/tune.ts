import { type Started, startTuned } from '../contenders/start-all.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, summarize } from '../harness/print-trials.ts'
import { takeTurns } from '../harness/take-turns.ts'
import { runTrial } from '../harness/trial.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

export const tune: Comparison = {
  name: 'tune',
  about: 'settings of conventional and elt against each other, so that aftercall is compared with their best',
  run: (options) => withBench((bench) => compareSettings(bench, options), options),
}

const conventionalSettings = [
  { consumers: 1, poolMax: 4 },
  { consumers: 1, poolMax: 10 },
  { consumers: 2, poolMax: 4 },
  { consumers: 2, poolMax: 8 },
  { consumers: 4, poolMax: 8 },
  { consumers: 8, poolMax: 16 },
]
const eltSettings = [
  { batchSize: 250, loaders: 2, receivers: 8 },
  { batchSize: 500, loaders: 1, receivers: 8 },
  { batchSize: 500, loaders: 2, receivers: 8 },
  { batchSize: 500, loaders: 3, receivers: 8 },
  { batchSize: 1_000, loaders: 2, receivers: 8 },
]

async function compareSettings(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  const started: { tuned: Started; sessionsMin: number }[] = []
  for (const setting of conventionalSettings) {
    const name = `conventional ${setting.consumers} consumers ${setting.poolMax} connections`
    started.push({ tuned: await startTuned(bench, 'conventional', setting, name), sessionsMin: 20 })
  }
  for (const setting of eltSettings) {
    const name = `elt ${setting.batchSize} a batch ${setting.loaders} loaders`
    started.push({ tuned: await startTuned(bench, 'elt', setting, name), sessionsMin: setting.batchSize })
  }
  const turns = started.map(({ tuned: { contender }, sessionsMin }) => ({
    name: contender.name,
    firstSessions: 100,
    sessionsMin,
    seconds: quick ? 1.5 : 4,
    run: (sessions: number) => runTrial(bench, contender, bench.nextLoad(sessions)),
  }))
  const summaries = summarize(await takeTurns(turns, { rounds: 3 }))
  printSummaries(summaries, print)
  return { name: tune.name, figures: summaries }
}
