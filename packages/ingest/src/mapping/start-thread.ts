import { Worker } from 'node:worker_threads'
import { threadHeapMiB } from './cost-bounds.ts'

/** The build puts the script in; the sources start the file instead. */
declare const AFTERCALL_MAP_THREAD: string | undefined

/** For short-lived values. A larger one would only use more memory. */
const youngMiB = 48

/** The thread gets no environment, because that may hold credentials. */
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
