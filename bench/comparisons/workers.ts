import { buildAftercall, startAftercall } from '../contenders/aftercall.ts'
import type { Contender } from '../harness/contender.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, type Summary, summarize } from '../harness/print-trials.ts'
import { takeTurns } from '../harness/take-turns.ts'
import { runTrial, type Trial } from '../harness/trial.ts'
import type { Comparison, ComparisonOptions } from './comparison.ts'

export const workers: Comparison = {
  name: 'workers',
  about: '1, 2 and 4 worker processes on one queue and one database',
  run: async (options) => {
    options.print('sharing the cores of this machine:')
    const shared = await withBench((bench) => compareCounts(bench, options, {}), options)
    options.print(`as if each had its own cores: ${slowPlace}`)
    const apart = await withBench((bench) => compareCounts(bench, options, fewPlaces), {
      ...options,
      objectDelayMs,
    })
    return { name: workers.name, figures: { shared, apart } }
  },
}

/** Then waiting limits a worker, not the cores that it shares with the others and the database. */
const objectDelayMs = 150
const fewPlaces = { inFlight: 48 }
const slowPlace = `S3 takes ${objectDelayMs} ms for an object, and a worker has ${fewPlaces.inFlight} places`

async function compareCounts(
  bench: Bench,
  { quick, print }: ComparisonOptions,
  settings: Record<string, number>,
): Promise<{ summaries: Summary[]; trials: Trial[] }> {
  const command = await buildAftercall()
  const groups: Contender[] = []
  for (const count of [1, 2, 4]) groups.push(await startGroup(bench, command, count, settings))
  const turns = groups.map((group) => ({
    name: group.name,
    firstSessions: 600,
    sessionsMin: quick ? 600 : 1_200,
    seconds: quick ? 2.5 : 7,
    run: (sessions: number) => runTrial(bench, group, bench.nextLoad(sessions)),
  }))
  const trials = await takeTurns(turns, { rounds: quick ? 3 : 5 })
  const summaries = summarize(trials)
  printSummaries(summaries, print)
  return { summaries, trials }
}

/** Workers that share a queue, as one contender. */
async function startGroup(
  bench: Bench,
  command: string,
  count: number,
  settings: Record<string, number>,
): Promise<Contender> {
  const name = `${count} ${count === 1 ? 'worker' : 'workers'}`
  const place = await bench.makePlace(name)
  const started: Contender[] = []
  const stop = async (): Promise<void> => void (await Promise.all(started.map((worker) => worker.stop())))
  bench.releasers.register(name, stop)
  for (let at = 0; at < count; at += 1) started.push(await startAftercall(place, command, settings))
  return {
    name,
    pids: started.flatMap(({ pids }) => pids),
    queue: place.queue,
    databaseUrl: place.databaseUrl,
    stop,
  }
}
