import { Worker } from 'node:worker_threads'
import type { FuzzResult } from './fuzz.ts'

/** One turn of a target. */
export type Work = {
  name: string
  seed: string
  minutes: number
  inputs: number
  findingsMax: number
  cpuMsMax: number
  /** Inputs to start from, besides the target's own. */
  from: readonly Uint8Array[]
  /** Only these inputs are read. */
  isReplay: boolean
  /** The length of the current input, its number, and its bytes. */
  current: { head: Int32Array; bytes: Uint8Array }
}

const currentBytesMax = 1_048_576

export type Ended =
  | { kind: 'done'; result: FuzzResult }
  /** An input that ends by nothing, not even an error. */
  | { kind: 'stuck'; inputs: number; input: Uint8Array; message: string }

/** Runs a target on a thread, and ends it if one input takes too much CPU time or ends the thread. */
export async function runWatched(work: Omit<Work, 'current'>): Promise<Ended> {
  const current = {
    head: new Int32Array(new SharedArrayBuffer(8)),
    bytes: new Uint8Array(new SharedArrayBuffer(currentBytesMax)),
  }
  const thread = new Worker(new URL('target-thread.ts', import.meta.url), {
    workerData: { ...work, current } satisfies Work,
  })
  const { promise, resolve } = Promise.withResolvers<Ended>()
  const stuck = (message: string): void =>
    resolve({
      ...{ kind: 'stuck', inputs: current.head[1] ?? 0, message },
      input: current.bytes.slice(0, current.head[0]),
    })
  thread.once('message', (result: FuzzResult) => resolve({ kind: 'done', result }))
  thread.once('error', (error) => stuck(`the thread ended: ${error.stack}`))
  let [number, sinceMs] = [-1, 0]
  const timer = setInterval(async () => {
    const { user, system } = await thread.cpuUsage().catch(() => ({ user: 0, system: 0 }))
    const cpuMs = (user + system) / 1_000
    if (current.head[1] !== number) [number, sinceMs] = [current.head[1] ?? 0, cpuMs]
    else if (cpuMs - sinceMs > work.cpuMsMax)
      stuck(`an input took more than ${work.cpuMsMax / 1_000} s of CPU time`)
  }, 1_000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
    await thread.terminate()
  }
}
