import { startBuilt, startTuned, tuned } from '../contenders/start-all.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { spreadOf } from '../harness/statistics.ts'
import { runTrial } from '../harness/trial.ts'
import { revisionsPerSession } from '../mix/session-templates.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** Postgres's log (WAL), which is what replicas and backups take: its pages are written whole once after each checkpoint. */
export const log: Comparison = {
  name: 'log',
  about: 'log a file, without checkpoints and with a stated number of files between them; autovacuum is off',
  run: (options) =>
    withBench((bench) => measureLog(bench, options), { ...options, settings: { autovacuum: 'off' } }),
}

/** Half as many again as are in flight, or revisions of a session meet in one batch. */
const sessions = 800
const filesBetween = sessions * revisionsPerSession

type LogFigure = { name: string; withoutKb: number; withKb: number }

async function measureLog(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  print(bench.postgres.about)
  const trials = quick ? 2 : 4
  const figures: LogFigure[] = []
  for (const { contender } of [await startBuilt(bench), await startTuned(bench, 'elt', tuned.elt)]) {
    const loadOnce = async (): Promise<number> =>
      (await runTrial(bench, contender, bench.nextLoad(sessions))).walKbPerFile
    await loadOnce()
    const withCheckpoints: number[] = []
    for (let trial = 0; trial < trials; trial += 1) {
      await bench.postgres.checkpoint()
      withCheckpoints.push(await loadOnce())
    }
    // The pages that the last checkpoint left to be written whole are behind this one.
    await loadOnce()
    const without: number[] = []
    for (let trial = 0; trial < trials; trial += 1) without.push(await loadOnce())
    const figure = {
      name: contender.name,
      withoutKb: spreadOf(without).median,
      withKb: spreadOf(withCheckpoints).median,
    }
    figures.push(figure)
    print(
      `${figure.name}: ${figure.withoutKb.toFixed(2)} kB a file without checkpoints, ` +
        `${figure.withKb.toFixed(2)} kB with one every ${filesBetween} files`,
    )
    await contender.stop()
  }
  const ours = figures.find(({ name }) => name === 'aftercall')
  const measured = ours !== undefined && bench.postgres.hasLz4 ? { logKb: ours.withoutKb } : {}
  return { name: log.name, figures: { postgres: bench.postgres.about, filesBetween, figures }, measured }
}
