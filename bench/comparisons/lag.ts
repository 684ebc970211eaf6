import { sql } from 'kysely'
import { buildAftercall, startAftercall } from '../contenders/aftercall.ts'
import { openBenchDatabase } from '../harness/bench-postgres.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { quantileOf } from '../harness/statistics.ts'
import { runTrial } from '../harness/trial.ts'
import { filesOf } from '../mix/mix.ts'
import { revisionsPerSession } from '../mix/session-templates.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** The lag of rows at a steady rate. The event time is when the message was sent. */
export const lag: Comparison = {
  name: 'lag',
  about: 'steady 200 files/s: from the message sent to the rows committed, and to the message deleted',
  run: (options) => withBench((bench) => measureLag(bench, options), options),
}

const perSecond = 200

async function measureLag(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  const place = await bench.makePlace('lag', { keepsDelays: true })
  const aftercall = await startAftercall(place, await buildAftercall())
  bench.releasers.register('aftercall', aftercall.stop)
  await runTrial(bench, aftercall, bench.nextLoad(500))

  const seconds = quick ? 9 : 30
  const load = bench.nextLoad((perSecond * seconds) / revisionsPerSession)
  const sinceMs = Date.now()
  bench.aws.send(place.queue, load, perSecond)
  const { ackDelaysMs } = await bench.aws.untilDeleted(place.queue, filesOf(load), 600_000)
  const figures = {
    perSecond,
    // The ledger keeps only the newest event of each key, which is a third of them.
    ledgerLagMs: quantilesOf(await readLags(place.databaseUrl, new Date(sinceMs))),
    ackDelayMs: quantilesOf(ackDelaysMs),
  }
  for (const [name, { p50, p99, count }] of [
    ['to commit (ingest.object.lag_ms)', figures.ledgerLagMs] as const,
    ['to delete', figures.ackDelayMs] as const,
  ]) {
    print(`${name}: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms of ${count}`)
  }
  return { name: lag.name, figures, measured: { lagP99Ms: figures.ledgerLagMs.p99 } }
}

async function readLags(databaseUrl: string, since: Date): Promise<number[]> {
  const { db, close } = openBenchDatabase(databaseUrl)
  const { rows } = await sql<{ lag_ms: string }>`
    select lag_ms from ingest.object where event_time >= ${since}`.execute(db)
  await close()
  return rows.map((row) => Number(row.lag_ms))
}

function quantilesOf(values: readonly number[]): { p50: number; p99: number; count: number } {
  const sorted = values.toSorted((left, right) => left - right)
  return { p50: quantileOf(sorted, 0.5), p99: quantileOf(sorted, 0.99), count: sorted.length }
}
