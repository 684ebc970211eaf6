import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fork as forkRandom, randomFrom } from '@aftercall/samples/random'
import { type BackfillRun, runBackfillCommand } from '../backfill-workers/run-backfill-command.ts'
import { type FileCosts, simulateBackfill } from '../backfill-workers/simulate-backfill.ts'
import { buildAftercall } from '../contenders/aftercall.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { spreadOf } from '../harness/statistics.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** `aftercall backfill --workers`: what it costs here, and what the division of the work allows on more cores. */
export const backfill: Comparison = {
  name: 'backfill',
  about: 'backfill with 1, 2 and 4 workers, in turns, and a simulation of more cores from its figures',
  run: (options) => withBench((bench) => measureBackfill(bench, options), options),
}

const counts = [1, 2, 4]
const simulatedCores = [2, 4, 8, 16, 32]
const simulatedWorkers = [1, 2, 4, 8, 16, 32]

async function measureBackfill(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  const command = await buildAftercall()
  const files = quick ? 8_000 : 16_000
  const store = fork(new URL('../many-objects-s3.ts', import.meta.url).pathname, [String(files)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  bench.releasers.register('bucket', () => void store.kill())
  const [port] = store.stdout === null ? [] : await once(store.stdout, 'data')
  const storeUrl = `http://127.0.0.1:${String(port).trim()}`
  const runs: BackfillRun[] = []
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    for (const workers of counts) {
      const databaseUrl = await bench.postgres.createDatabase(`bench_backfill_${workers}_${round}`)
      const place = { bench, command, storeUrl, databaseUrl }
      const run = await runBackfillCommand(place, { workers, warmFiles: files / 2 })
      if (run.files !== files) throw new Error(`${run.files} of ${files} files were stored`)
      runs.push(run)
    }
  }
  const rows = counts.map((workers) => medianOf(runs.filter((run) => run.workers === workers)))
  const [alone] = rows
  for (const row of rows) {
    const { workers, firstCpuMsPerFile: first, workersCpuMsPerFile: others, postgresCpuMsPerFile } = row
    const total = first + others + postgresCpuMsPerFile
    print(
      `${workers} workers: ${total.toFixed(3)} ms of CPU a file, ${(total / totalOf(alone)).toFixed(2)} of one process ` +
        `(first process ${first.toFixed(3)}, workers ${others.toFixed(3)}, Postgres ${postgresCpuMsPerFile.toFixed(3)}), ` +
        `${row.filesPerSecond.toFixed(0)} files/s`,
    )
  }
  const costs = costsOf(rows)
  const simulated = simulateAll(costs, print)
  return { name: backfill.name, figures: { runs, costs, simulated } }
}

function totalOf(run: BackfillRun | undefined): number {
  if (run === undefined) return Number.NaN
  return run.firstCpuMsPerFile + run.workersCpuMsPerFile + run.postgresCpuMsPerFile
}

function medianOf(runs: readonly BackfillRun[]): BackfillRun {
  const median = (figure: (run: BackfillRun) => number): number => spreadOf(runs.map(figure)).median
  return {
    workers: median(({ workers }) => workers),
    files: median(({ files }) => files),
    filesPerSecond: median(({ filesPerSecond }) => filesPerSecond),
    firstCpuMsPerFile: median(({ firstCpuMsPerFile }) => firstCpuMsPerFile),
    workersCpuMsPerFile: median(({ workersCpuMsPerFile }) => workersCpuMsPerFile),
    postgresCpuMsPerFile: median(({ postgresCpuMsPerFile }) => postgresCpuMsPerFile),
  }
}

/** Of the run with two workers: as many as there are cores here. */
function costsOf(rows: readonly BackfillRun[]): FileCosts {
  const two = rows.find(({ workers }) => workers === 2)
  if (two === undefined) throw new Error('two workers were not measured')
  return {
    listing: two.firstCpuMsPerFile,
    loading: two.workersCpuMsPerFile,
    storing: two.postgresCpuMsPerFile,
  }
}

type SimulatedRow = { cores: number; perSecond: number[] }

function simulateAll(costs: FileCosts, print: (line: string) => void): SimulatedRow[] {
  print('simulated files/s from these costs, without locks, disks, network and throttling:')
  print(`  cores   ${simulatedWorkers.map((workers) => `${workers} workers`.padStart(11)).join('')}`)
  return simulatedCores.map((cores) => {
    const perSecond = simulatedWorkers.map((workers) => {
      const random = forkRandom(randomFrom('bench'), `${cores} ${workers}`)
      return simulateBackfill({ cores, workers, costs, random })
    })
    print(`  ${String(cores).padEnd(8)}${perSecond.map((rate) => rate.toFixed(0).padStart(11)).join('')}`)
    return { cores, perSecond }
  })
}
