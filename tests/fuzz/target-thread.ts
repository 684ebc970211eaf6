import { parentPort, workerData } from 'node:worker_threads'
import { fuzz } from './fuzz.ts'
import type { Work } from './run-watched.ts'
import { createTarget } from './targets.ts'

/** The thread of one target. */
const { name, seed, minutes, inputs, findingsMax, from, isReplay, current } = workerData as Work
const untilMs = performance.now() + minutes * 60_000
const target = await createTarget(name)
const result = await fuzz({
  target: isReplay ? { ...target, seeds: () => [] } : target,
  ...{ seed, findingsMax, corpus: from },
  goesOn: (done) => !isReplay && done < inputs && performance.now() < untilMs,
  onInput: (input) => {
    current.bytes.set(input.subarray(0, current.bytes.byteLength))
    current.head[0] = input.byteLength
    current.head[1] = (current.head[1] ?? 0) + 1
  },
})
await target.close?.()
parentPort?.postMessage(result)
