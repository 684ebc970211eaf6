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

/** All contenders and ceilings against each other, in one run. */
export const filesPerSecond: Comparison = {
  name: 'files-per-second',
  about: 'aftercall, conventional, elt and the ceilings, in turn: files per second and CPU per file',
  run: (options) => withBench((bench) => compare(bench, options), { tls: options.tls }),
}

/** Sessions that all contenders load before measuring, to check that they store the same. */
const checkedSessions = 30
/** With the sessions of each first trial and the seconds of the others. Shorter trials end before everything is warm. */
const ceilingTurns: readonly (readonly [CeilingName, number, number])[] = [
  ['GET and sign only', 800, 0.7],
  ['JSON.parse only', 600, 0.2],
  ['parse and map only', 400, 0.4],
  ['COPY of ready rows', 200, 0.6],
  ['upsert of ready rows', 600, 1.8],
]
/** The stages that every contender needs for a file, without the queue. */
const neededStages: readonly CeilingName[] = [
  'GET and sign only',
  'parse and map only',
  'upsert of ready rows',
]

async function compare(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  const [contenders, place] = await Promise.all([startContenders(bench), bench.makePlace('ceilings')])
  const ceilings = startCeilings(place, bench.postgres)
  bench.releasers.register('ceilings', ceilings.stop)
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
    `size of a session: ${table.toFixed(1)} kB in tables and ${index.toFixed(1)} kB in indexes (${size.sessions} sessions)`,
  )
  return { name: filesPerSecond.name, figures: { summaries, trials, size }, lastLines: lastLinesOf(trials) }
}

/** Since the start of this process; what follows the trials takes a few seconds. */
const quickSecondsMax = 50
/** The part of a round that goes into preparing rows and waiting. */
const besideSeconds = 3.5
/** Shorter trials are meaningless; there are fewer rounds instead. */
const scaleMin = 0.5

/** On a busy machine, trials are shorter. */
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
    name: contender.name,
    firstSessions,
    sessionsMin,
    seconds: 2.5,
    run: (sessions) => runTrial(bench, contender, bench.nextLoad(sessions)),
  })
  const bounding = ceilingTurns.map(([name, firstSessions, seconds]) => ({
    name,
    firstSessions,
    sessionsMin: 100,
    seconds,
    // COPY writes only one revision per session.
    run: (sessions: number) =>
      ceilings.run(
        name,
        bench.nextLoad(name === 'COPY of ready rows' ? sessions * revisionsPerSession : sessions),
      ),
  }))
  return [loading(conventional, 100, 20), loading(elt, 700, 500), loading(aftercall, 1_500, 400), ...bounding]
}

/** The CPU time that a file needs at least, and the rate that the cores of this machine can reach with it. */
function tellBound(summaries: readonly Summary[]): string {
  const needed = summaries.filter(({ name }) => neededStages.some((stage) => stage === name))
  const cpuMs = needed.reduce(
    (sum, { workerCpuMsPerFile, postgresCpuMsPerFile, awsCpuMsPerFile }) =>
      sum + workerCpuMsPerFile.median + postgresCpuMsPerFile.median + awsCpuMsPerFile.median,
    0,
  )
  const cores = availableParallelism()
  return (
    `${neededStages.join(', ')}: together they take ${cpuMs.toFixed(2)} ms of CPU per file, ` +
    `which allows at most ${Math.round((cores * 1_000) / cpuMs)} files/s on ${cores} cores`
  )
}

/** The median of the ratios of each round, so that changes in the machine's speed cancel out. */
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
