import { setTimeout as wait } from 'node:timers/promises'
import { writeDocument } from '@aftercall/samples/sample-session'
import { sampleSessions } from '@aftercall/samples/sample-stream'
import { type OneQueueBench, openOneQueueBench } from './one-queue-bench.ts'

/**
 * Checks a worker for leaks over a long time: files land at a steady rate, and after the warm-up its memory must grow by
 * less than 1 MiB per minute, and its handles, timers and connections not at all. S3 and SQS run in this process, Postgres
 * and the worker in others. `node bench/soak.ts [minutes] [files per second]`, 10 and 40 by default; exits with 1 on a leak.
 */
const [minutes = 10, perSecond = 40] = process.argv.slice(2).map(Number)
const warmUpMinutes = Math.min(2, minutes / 3)
const sampleEveryMs = 5_000
const growthMiBPerMinuteMax = 1
/** The number of sockets and timers varies with the current work. */
const resourcesGrowthMax = 16

type Sample = { minute: number; residentMiB: number; heapMiB: number; resources: number }

const bench = await openOneQueueBench()
try {
  const ending = new AbortController()
  const landing = landSteadily(bench, ending.signal)
  const samples = await sampleFor(bench, minutes)
  ending.abort()
  const landed = await landing
  process.exitCode = report(samples, landed, await bench.depth()) ? 0 : 1
} finally {
  await bench.close()
}

async function landSteadily({ put }: OneQueueBench, signal: AbortSignal): Promise<number> {
  const startedAtMs = performance.now()
  const puts = new Set<Promise<void>>()
  let landed = 0
  for (const { tenant, revisions } of sampleSessions({ seed: 'soak', sessions: Number.MAX_SAFE_INTEGER })) {
    for (const { key, document } of revisions) {
      if (signal.aborted) {
        await Promise.all(puts)
        return landed
      }
      const putting: Promise<void> = put(`${tenant}/${key}`, Buffer.from(writeDocument(document))).finally(
        () => puts.delete(putting),
      )
      puts.add(putting)
      landed += 1
      await wait(Math.max(0, startedAtMs + (landed * 1_000) / perSecond - performance.now()))
    }
  }
  return landed
}

async function sampleFor({ worker }: OneQueueBench, forMinutes: number): Promise<Sample[]> {
  const startedAtMs = performance.now()
  const samples: Sample[] = []
  for (;;) {
    await wait(sampleEveryMs)
    const minute = (performance.now() - startedAtMs) / 60_000
    const [residentMiB, heapBytes, resources] = await Promise.all([
      worker.residentMiB(),
      worker.metric('nodejs_heap_size_used_bytes'),
      worker.metric('nodejs_active_resources'),
    ])
    const sample = { minute, residentMiB, heapMiB: heapBytes / 2 ** 20, resources }
    samples.push(sample)
    if (samples.length % 12 === 0) say(describe(sample))
    if (minute >= forMinutes) return samples
  }
}

function report(
  samples: readonly Sample[],
  landed: number,
  { visible, deadLetters }: { visible: number; deadLetters: number },
): boolean {
  const steady = samples.filter(({ minute }) => minute >= warmUpMinutes)
  const growth = slopePerMinute(steady, 'residentMiB')
  const resourcesGrowth = slopePerMinute(leastOfMinutes(steady), 'resources') * (minutes - warmUpMinutes)
  const isFlat = growth < growthMiBPerMinuteMax && resourcesGrowth < resourcesGrowthMax
  const keepsUp = visible < perSecond * 5 && deadLetters === 0
  say(`${landed} files in ${minutes} minutes; ${visible} waiting at the end, ${deadLetters} dead letters`)
  say(
    `memory after ${warmUpMinutes.toFixed(1)} min: ${growth.toFixed(2)} MiB per minute (limit ${growthMiBPerMinuteMax})`,
  )
  say(
    `handles, timers, connections: ${resourcesGrowth.toFixed(1)} more over that time (limit ${resourcesGrowthMax})`,
  )
  say(isFlat && keepsUp ? 'no leak' : isFlat ? 'the worker did not keep up' : 'a leak')
  return isFlat && keepsUp
}

/** The minimum of each minute, because the maximum depends on the current work. */
function leastOfMinutes(samples: readonly Sample[]): Sample[] {
  const byMinute = Map.groupBy(samples, ({ minute }) => Math.floor(minute))
  return [...byMinute.values()].map((ofMinute) =>
    ofMinute.reduce((least, sample) => (sample.resources < least.resources ? sample : least)),
  )
}

/** By least squares. */
function slopePerMinute(samples: readonly Sample[], of: 'residentMiB' | 'resources'): number {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const meanMinute = mean(samples.map(({ minute }) => minute))
  const meanValue = mean(samples.map((sample) => sample[of]))
  const joint = mean(samples.map((sample) => (sample.minute - meanMinute) * (sample[of] - meanValue)))
  return joint / mean(samples.map(({ minute }) => (minute - meanMinute) ** 2))
}

function describe({ minute, residentMiB, heapMiB, resources }: Sample): string {
  const memory = `${residentMiB.toFixed(0)} MiB resident, ${heapMiB.toFixed(0)} MiB of heap`
  return `minute ${minute.toFixed(1)}: ${memory}, ${resources} handles, timers and connections`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
