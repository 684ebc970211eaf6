import { setTimeout as wait } from 'node:timers/promises'
import { buildAftercall, startAftercall } from '../contenders/aftercall.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { residentMiBOf } from '../harness/process-usage.ts'
import { revisionsPerSession } from '../mix/session-templates.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

export const backlog: Comparison = {
  name: 'backlog',
  about: 'memory of a worker that works off a queue of 100,000 and of 1,000,000 messages',
  run: (options) => withBench((bench) => measureAll(bench, options), options),
}

type Memory = { messages: number; settled: number; seconds: number; peakMiB: number; lastMiB: number }

async function measureAll(bench: Bench, { quick, print }: ComparisonOptions): Promise<Found> {
  const command = await buildAftercall()
  const figures: Memory[] = []
  for (const messages of [100_000, 1_000_000]) {
    const memory = await measureMemory(bench, command, { messages, seconds: quick ? 10 : 45 })
    const { settled, seconds, peakMiB, lastMiB } = memory
    const resident = `peak ${peakMiB.toFixed(0)} MiB resident, ${lastMiB.toFixed(0)} MiB at the end`
    print(`${messages} messages queued: ${resident} (${settled} files in ${seconds} s)`)
    figures.push(memory)
  }
  return { name: backlog.name, figures, measured: { residentMiB: figures.at(-1)?.peakMiB ?? Number.NaN } }
}

/** Runs for a while, not until the queue is empty, because a worker's memory does not grow over time. */
async function measureMemory(
  bench: Bench,
  command: string,
  { messages, seconds }: { messages: number; seconds: number },
): Promise<Memory> {
  const place = await bench.makePlace(`backlog ${messages}`)
  bench.aws.send(place.queue, bench.nextLoad(Math.ceil(messages / revisionsPerSession)))
  const aftercall = await startAftercall(place, command)
  try {
    await wait(seconds * 1_000)
    const { now, peak } = residentMiBOf(aftercall.pids[0] ?? 0)
    const { deleted } = await bench.aws.stateOf(place.queue)
    return { messages, settled: deleted, seconds, peakMiB: peak, lastMiB: now }
  } finally {
    await aftercall.stop()
  }
}
