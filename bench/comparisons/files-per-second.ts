import { availableParallelism } from 'node:os'
import type { CeilingName } from '../ceilings/ceiling-process.ts'
import { type Ceilings, startCeilings } from '../ceilings/start-ceilings.ts'
import { type Contenders, type Started, startContenders } from '../contenders/start-all.ts'
import { checkSameRows } from '../harness/check-same-rows.ts'
import { readDatabaseSize } from '../harness/database-size.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, type Summary, summarize } from '../harness/print-trials.ts'
import { spreadOf } from '../harness/statistics.ts'
import { type Turn, takeTurns } from '../harness/take-turns.ts'
import { runTrial, type Trial } from '../harness/trial.ts'
import { revisionsPerSession } from '../mix/session-templates.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** Everything against everything, in one run. */
export const filesPerSecond: Comparison = {
  name: 'files-per-second',
  about: 'aftercall, conventional, elt and the ceilings, in turn: files per second and CPU per file',
  run: (options) => withBench((bench) => compare(bench, options), { tls: options.tls }),
}

/** Sessions that all contenders load before anything is measured, to see that they store the same. */
const checkedSessions = 30
/** With the sessions of the first trial of each, and the seconds of every other: shorter ones end before all is warm. */
const ceilingTurns: readonly (readonly [CeilingName, number, number])[] = [
  ['GET and sign only', 800, 0.7],
  ['JSON.parse only', 600, 0.2],
  ['parse and map only', 400, 0.4],
  ['COPY of ready rows', 200, 0.6],
  ['upsert of ready rows', 600, 1.8],
]
/** What a file needs at the least, whoever loads it: the queue is left out. */
const neededStages: readonly CeilingName[] = [
  'GET and sign only',
  'parse and map only',
  'upsert of ready rows',
]

async function compare(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  const [contenders, place] = await Promise.all([startContenders(bench), bench.makePlace('ceilings')])
  const ceilings = startCeilings(place, bench.postgres)
  bench.releasers.own('ceilings', ceilings.stop)
  await checkContenders(bench, contenders)
  const turns = turnsOf(bench, contenders, ceilings)
  const scaleOf = (roundsLeft: number): number => (quick ? scaleToFit(turns, roundsLeft) : 3)
  const trials = await takeTurns(turns, { rounds: quick ? 3 : 5, scaleOf })
  const summaries = summarize(trials)
  printSummaries(summaries, print)
  const size = await readDatabaseSize(contenders.aftercall.databaseUrl)
  const { tableKbPerSession: table, indexKbPerSession: index } = size
  print(tellBound(summaries))
  print(
    `a session takes ${table.toFixed(1)} kB of tables and ${index.toFixed(1)} kB of indexes (${size.sessions})`,
  )
  return { name: filesPerSecond.name, figures: { summaries, trials, size }, lastLines: lastLinesOf(trials) }
}

/** Since this process was started; what comes after it takes a few seconds. */
const quickSecondsMax = 50
/** Of a round, what goes into making rows ready and into waiting. */
const besideSeconds = 3.5
/** Shorter trials say nothing: then there are fewer rounds. */
const scaleMin = 0.5

/** On a machine that has other things to do, trials are shorter. */
function scaleToFit(turns: readonly Turn[], roundsLeft: number): number {
  const leftSeconds = quickSecondsMax - performance.now() / 1_000
  const roundSeconds = turns.reduce((sum, { seconds }) => sum + seconds, besideSeconds)
  const isTooLate = leftSeconds < roundSeconds * scaleMin
  return isTooLate ? 0 : Math.min(1, Math.max(scaleMin, leftSeconds / roundsLeft / roundSeconds))
}

async function checkContenders(bench: Bench, { aftercall, conventional, elt }: Contenders): Promise<void> {
  const load = bench.nextLoad(checkedSessions)
  for (const { contender } of [aftercall, conventional, elt]) await runTrial(bench, contender, load)
  await checkSameRows(aftercall.databaseUrl, conventional.databaseUrl, elt.databaseUrl)
}

function turnsOf(bench: Bench, { aftercall, conventional, elt }: Contenders, ceilings: Ceilings): Turn[] {
  const loading = ({ contender }: Started, firstSessions: number, sessionsMin: number): Turn => ({
    ...{ name: contender.name, firstSessions, sessionsMin, seconds: 2.5 },
    run: (sessions) => runTrial(bench, contender, bench.nextLoad(sessions)),
  })
  const bounding = ceilingTurns.map(([name, firstSessions, seconds]) => ({
    ...{ name, firstSessions, sessionsMin: 100, seconds },
    // COPY writes sessions in one revision only.
    run: (sessions: number) =>
      ceilings.run(
        name,
        bench.nextLoad(name === 'COPY of ready rows' ? sessions * revisionsPerSession : sessions),
      ),
  }))
  return [loading(conventional, 100, 20), loading(elt, 700, 500), loading(aftercall, 1_500, 400), ...bounding]
}

/** Whatever the order, the cores of this machine have so much to do for a file. */
function tellBound(summaries: readonly Summary[]): string {
  const needed = summaries.filter(({ name }) => neededStages.some((stage) => stage === name))
  const cpuMs = needed.reduce(
    (sum, one) =>
      sum + one.workerCpuMsPerFile.median + one.postgresCpuMsPerFile.median + one.awsCpuMsPerFile.median,
    0,
  )
  const cores = availableParallelism()
  return (
    `${neededStages.join(', ')}: one by one they take ${cpuMs.toFixed(2)} ms of CPU a file, ` +
    `at most ${Math.round((cores * 1_000) / cpuMs)} files/s on ${cores} cores`
  )
}

/** Ratios are of one round each, so that the drift of the machine's speed falls out; then the median of the rounds. */
function lastLinesOf(trials: readonly Trial[]): string[] {
  const of = (name: string): Trial[] => trials.filter((trial) => trial.name === name)
  const ratioTo = (rateOf: (round: number) => number): number =>
    spreadOf(of('aftercall').map((trial, round) => trial.filesPerSecond / rateOf(round))).median
  const rateIn = (name: string) => (round: number) => of(name)[round]?.filesPerSecond ?? Number.NaN
  const lowestCeiling = (round: number): number =>
    Math.min(...ceilingTurns.map(([name]) => rateIn(name)(round)))
  const cpu = spreadOf(of('aftercall').map((trial) => trial.workerCpuMsPerFile)).median
  return [
    `ratio to conventional: ${ratioTo(rateIn('conventional')).toFixed(1)}`,
    `ratio to elt: ${ratioTo(rateIn('elt')).toFixed(1)}`,
    `share of ceiling: ${ratioTo(lowestCeiling).toFixed(2)}`,
    `worker cpu ms per file: ${cpu.toFixed(3)}`,
  ]
}
