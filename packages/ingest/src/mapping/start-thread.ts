import { Worker } from 'node:worker_threads'
import { threadHeapMiB } from './cost-bounds.ts'

/** Put in by the build, as a script of its own; the sources start the file. */
declare const AFTERCALL_MAP_THREAD: string | undefined

/** What does not live longer than a moment; larger would only add to the memory. */
const youngMiB = 48

/** Without the environment, which may hold credentials. */
export function startThread(objectBytesMax: number): Worker {
  const options = {
    name: 'map',
    env: {},
    execArgv: [],
    resourceLimits: {
      maxOldGenerationSizeMb: threadHeapMiB(objectBytesMax),
      maxYoungGenerationSizeMb: youngMiB,
    },
  }
  return typeof AFTERCALL_MAP_THREAD === 'string'
    ? new Worker(AFTERCALL_MAP_THREAD, { ...options, eval: true })
    : new Worker(new URL('./map-thread-entry.ts', import.meta.url), options)
}
