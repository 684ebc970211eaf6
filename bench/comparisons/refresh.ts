import { setTimeout as wait } from 'node:timers/promises'
import { leased } from '@aftercall/warehouse/leases/leases'
import { withLease } from '@aftercall/warehouse/leases/with-lease'
import { buildAftercall, startAftercall } from '../contenders/aftercall.ts'
import { openBenchDatabase } from '../harness/bench-postgres.ts'
import type { Contender, ContenderPlace } from '../harness/contender.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, summarize } from '../harness/print-trials.ts'
import { ratiosOf, type Spread } from '../harness/statistics.ts'
import { takeTurns } from '../harness/take-turns.ts'
import { runTrial, type Trial, totalCpuMsOf } from '../harness/trial.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

export const refresh: Comparison = {
  name: 'refresh',
  about: 'a worker that refreshes rollups beside one that does not, in turns: CPU and rate of loading',
  run: (options) => withBench((bench) => compare(bench, options), options),
}

async function compare(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  const command = await buildAftercall()
  const places = [await bench.makePlace('refreshing'), await bench.makePlace('not refreshing')] as const
  await keepFromRefreshing(bench, places[1])
  const contenders: Contender[] = []
  for (const place of places) {
    const contender = await startAftercall(place, command)
    bench.releasers.register(contender.name, contender.stop)
    contenders.push(contender)
  }
  const turns = contenders.map((contender) => ({
    name: contender.name,
    firstSessions: 600,
    sessionsMin: 800,
    // Longer than the 30 s for which an hour may wait, so that each trial has its share of refreshes.
    seconds: quick ? 20 : 45,
    run: (sessions: number) => runTrial(bench, contender, bench.nextLoad(sessions)),
  }))
  const trials = await takeTurns(turns, { rounds: quick ? 3 : 8 })
  printSummaries(summarize(trials), print)
  const cpu = ratioOf(trials, totalCpuMsOf)
  const seconds = ratioOf(trials, ({ files, seconds: took }) => took / files)
  print(`refreshing / not refreshing: CPU a file ${textOf(cpu)}, time a file ${textOf(seconds)}`)
  return {
    name: refresh.name,
    figures: { trials, cpu, seconds },
    measured: { refreshingToNot: cpu.median },
  }
}

/** Holds the lease of the refresh. */
async function keepFromRefreshing(bench: Bench, { databaseUrl }: ContenderPlace): Promise<void> {
  const { db, close } = openBenchDatabase(databaseUrl, 2)
  const holding = new AbortController()
  const held = Promise.withResolvers<void>()
  const done = withLease(db, { name: leased.rollups, host: 'bench' }, async () => {
    held.resolve()
    await wait(2 ** 31 - 1, undefined, { signal: holding.signal }).catch(() => {})
  })
  await held.promise
  bench.releasers.register('lease of the refresh', async () => {
    holding.abort()
    await done
    await close()
  })
}

/** Of one round each, so that the drift of the machine's speed falls out. */
function ratioOf(trials: readonly Trial[], figure: (trial: Trial) => number): Spread {
  const [first] = trials
  const of = (isFirst: boolean) => trials.filter(({ name }) => (name === first?.name) === isFirst).map(figure)
  return ratiosOf(of(true), of(false))
}

const textOf = ({ median, min, max }: Spread): string =>
  `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`
