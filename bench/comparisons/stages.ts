import { availableParallelism } from 'node:os'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, type Summary, summarize } from '../harness/print-trials.ts'
import { takeTurns } from '../harness/take-turns.ts'
import { revisionsPerSession } from '../mix/session-templates.ts'
import type { StageName } from '../stages/stage-process.ts'
import { startStages } from '../stages/start-stages.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** Where a file's CPU goes: one stage of the path at a time, undisturbed. */
export const stages: Comparison = {
  name: 'stages',
  about: 'one stage of a file alone: GET, parse, map, COPY, load',
  run: (options) => withBench((bench) => measureStages(bench, options), options),
}

/** With the sessions of each first trial and the seconds of the others. Shorter trials end before everything is warm. */
const stageTurns: readonly (readonly [StageName, number, number])[] = [
  ['GET and sign only', 800, 0.7],
  ['JSON.parse only', 600, 0.2],
  ['parse and map only', 400, 0.4],
  ['COPY of ready rows', 200, 0.6],
  ['upsert of ready rows', 600, 1.8],
]
/** The stages that every file needs, without the queue. */
const neededStages: readonly StageName[] = ['GET and sign only', 'parse and map only', 'upsert of ready rows']

async function measureStages(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  print(bench.postgres.about)
  const running = startStages(await bench.makePlace('stages'), bench.postgres)
  bench.releasers.register('stages', running.stop)
  const turns = stageTurns.map(([name, firstSessions, seconds]) => ({
    name,
    firstSessions,
    sessionsMin: 100,
    seconds,
    // COPY writes only one revision per session.
    run: (sessions: number) =>
      running.run(
        name,
        bench.nextLoad(name === 'COPY of ready rows' ? sessions * revisionsPerSession : sessions),
      ),
  }))
  const summaries = summarize(
    await takeTurns(turns, { rounds: quick ? 3 : 5, scaleOf: () => (quick ? 1 : 3) }),
  )
  printSummaries(summaries, print)
  print(tellBound(summaries))
  return { name: stages.name, figures: summaries }
}

/** The CPU time that a file needs at least, and the rate that the cores of this machine can reach with it. */
function tellBound(summaries: readonly Summary[]): string {
  const needed = summaries.filter(({ name }) => neededStages.some((stage) => stage === name))
  const cpuMs = needed.reduce(
    (sum, { totalCpuMsPerFile, awsCpuMsPerFile }) => sum + totalCpuMsPerFile.median + awsCpuMsPerFile.median,
    0,
  )
  const cores = availableParallelism()
  return (
    `${neededStages.join(', ')}: together they take ${cpuMs.toFixed(2)} ms of CPU per file as they are now, ` +
    `which allows at most ${Math.round((cores * 1_000) / cpuMs)} files/s on ${cores} cores`
  )
}
