import { buildAftercall, startAftercall } from '../contenders/aftercall.ts'
import type { Contender } from '../harness/contender.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, summarize } from '../harness/print-trials.ts'
import { takeTurns } from '../harness/take-turns.ts'
import { runTrial } from '../harness/trial.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

export const workers: Comparison = {
  name: 'workers',
  about: '1, 2 and 4 worker processes on one queue and one database',
  run: (options) => withBench((bench) => compareCounts(bench, options)),
}

async function compareCounts(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  const command = await buildAftercall()
  const groups: Contender[] = []
  for (const count of [1, 2, 4]) groups.push(await startGroup(bench, command, count))
  const turns = groups.map((group) => ({
    ...{ name: group.name, firstSessions: 600, sessionsMin: quick ? 600 : 1_200, seconds: quick ? 2.5 : 7 },
    run: (sessions: number) => runTrial(bench, group, bench.nextLoad(sessions)),
  }))
  const trials = await takeTurns(turns, { rounds: quick ? 3 : 5 })
  const summaries = summarize(trials)
  printSummaries(summaries, print)
  return { name: workers.name, figures: { summaries, trials }, lastLines: [] }
}

/** Workers that share a queue, as one contender. */
async function startGroup(bench: Bench, command: string, count: number): Promise<Contender> {
  const name = `${count} ${count === 1 ? 'worker' : 'workers'}`
  const place = await bench.makePlace(name)
  const started: Contender[] = []
  const stop = async (): Promise<void> => void (await Promise.all(started.map((one) => one.stop())))
  bench.releasers.own(name, stop)
  for (let at = 0; at < count; at += 1) started.push(await startAftercall(place, command))
  return { name, pids: started.flatMap(({ pids }) => pids), queue: place.queue, stop }
}
