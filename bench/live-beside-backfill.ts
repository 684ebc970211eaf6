import { setTimeout as wait } from 'node:timers/promises'
import { openTwoQueueBench, type TwoQueueBench } from './two-queue-bench.ts'

/**
 * How a backfill affects live traffic, and how fast it is: the lag of files that land steadily, alone and with a backlog
 * on the backfill queue, and the rate of the backfill, with and without live files. The worker is a separate process, but
 * Postgres, S3, SQS and the script that lands files share the machine with it, so run nothing else at the same time:
 * `node bench/live-beside-backfill.ts`. It takes about 80 seconds.
 */
const rates = [30, 60]
const rounds = 2
const phaseSeconds = 5
/** Before measuring a phase with a backlog: the time the worker's adaptive limit needs to settle. */
const settleSeconds = 3
/** After this time the worker assumes that live traffic is over. */
const quietMs = 2_500
const backlogFiles = 5_000
const filesAlone = 800
const wholeMsMax = 80_000

const startedAtMs = performance.now()
const bench = await openTwoQueueBench(backlogFiles)
try {
  await measureAll(bench)
} finally {
  await bench.close()
}

async function measureAll(bench: TwoQueueBench): Promise<void> {
  const { liveUrl, backfillUrl } = bench
  // The first files of a process are always slow.
  await bench.lagsOf(await bench.land(40, 3))
  for (const url of [backfillUrl, liveUrl]) await bench.loadAll(url, 200)
  const alone = { backfill: [] as number[], live: [] as number[] }
  const beside = rates.map((rate) => ({
    rate,
    without: [] as number[],
    with: [] as number[],
    perSecond: [] as number[],
  }))
  // Interleaved, because the machine's speed changes over time.
  for (let round = 0; round < rounds; round += 1) {
    await wait(quietMs)
    alone.backfill.push(await bench.loadAll(backfillUrl, filesAlone))
    alone.live.push(await bench.loadAll(liveUrl, filesAlone))
    for (const figures of beside) {
      if (performance.now() - startedAtMs > wholeMsMax) continue
      figures.without.push(...(await bench.lagsOf(await bench.land(figures.rate, phaseSeconds))))
      await bench.fillBacklog()
      await bench.land(figures.rate, settleSeconds)
      const [loaded, fromMs] = [await bench.archiveLoaded(), performance.now()]
      figures.with.push(...(await bench.lagsOf(await bench.land(figures.rate, phaseSeconds))))
      figures.perSecond.push(
        ((await bench.archiveLoaded()) - loaded) / ((performance.now() - fromMs) / 1_000),
      )
      await bench.dropBacklog()
    }
  }
  say(
    `without live traffic: ${whole(alone.backfill)} files/s from the backfill queue, ${whole(alone.live)} from the live queue`,
  )
  for (const { rate, without, with: others, perSecond } of beside) {
    const ratios = [0.5, 0.99].map((share) => (quantile(others, share) / quantile(without, share)).toFixed(2))
    say(`${rate} files/s landing, lag in ms of ${without.length} and ${others.length} files:`)
    say(`  alone                    p50 ${quantile(without, 0.5)}  p99 ${quantile(without, 0.99)}`)
    say(`  with a backlog           p50 ${quantile(others, 0.5)}  p99 ${quantile(others, 0.99)}`)
    say(`  ratio                    p50 ${ratios[0]}  p99 ${ratios[1]}; backfill ${whole(perSecond)} files/s`)
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function whole(values: readonly number[]): string {
  return values.map((value) => value.toFixed(0)).join(' and ')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
