import type { Worker } from 'node:worker_threads'
import type { ReservedBytes } from '@aftercall/runtime/limits/memory-budget'
import type { StorableSession } from '@aftercall/warehouse/encode-session'
import { settlementBytes } from '@aftercall/warehouse/load/settlement'
import type { MappedRaw } from '../map-raw.ts'
import type { CostBounds } from './cost-bounds.ts'
import type { ThreadAnswer } from './map-thread-entry.ts'
import type { MapWork } from './map-work.ts'
import { unpackSessions, unpackSettlement } from './packed-sessions.ts'
import { createShortestFirst } from './shortest-first.ts'
import { watchCost } from './watch-cost.ts'

export type ThreadWork = {
  work: MapWork
  bytes: number
  bounds: CostBounds
  held: Pick<ReservedBytes, 'isWithin' | 'untilWithin' | 'take'>
}

export type ThreadEnd =
  | { kind: 'worked'; worked: MappedRaw; heapBytes: number }
  /** It was ended, because it took more than its bound. */
  | { kind: 'too-costly'; detail: string }
  /** Nothing is known about the work: the thread was closed, or the machine gave it no time. */
  | { kind: 'stopped' }

export type MapThread = {
  run(job: ThreadWork): Promise<ThreadEnd>
  waiting(): number
  close(): Promise<void>
}

/** An idle thread holds memory: it is ended, and started again when there is work. */
const idleMs = 30_000
/** V8 keeps a heap that has grown large; ending the thread gives it back at once. */
const heapBytesKept = 134_217_728

/**
 * One thread for all that is too large to be mapped between two turns of the event loop: started when it is first needed,
 * one work at a time, watched from here.
 */
export function createMapThread(start: () => Worker): MapThread {
  const line = createShortestFirst()
  const closing = new AbortController()
  let thread: Worker | undefined
  let ending: Promise<unknown> | undefined
  let idle: NodeJS.Timeout | undefined

  function end(): void {
    ending = thread?.terminate()
    thread = undefined
  }

  async function work(job: ThreadWork): Promise<ThreadEnd> {
    if (closing.signal.aborted) return { kind: 'stopped' }
    clearTimeout(idle)
    while (!job.held.isWithin()) await job.held.untilWithin()
    // There are never two.
    await ending
    if (closing.signal.aborted) return { kind: 'stopped' }
    thread ??= start().on('error', () => {})
    const answer = await askThread(thread, job, closing.signal).catch((error: unknown) => {
      end()
      throw error
    })
    if (answer.kind !== 'worked') {
      end()
      return answer
    }
    if (answer.worked.kind === 'mapped') job.held.take(settlementBytes(answer.worked.settlement))
    if (answer.heapBytes > heapBytesKept) end()
    else idle = setTimeout(end, idleMs).unref()
    return answer
  }

  return {
    run: (job) => line.run(job.bytes, () => work(job)),
    waiting: line.waiting,
    async close() {
      closing.abort()
      clearTimeout(idle)
      end()
      await ending
    },
  }
}

async function askThread(
  thread: Worker,
  { work, bounds }: ThreadWork,
  closing: AbortSignal,
): Promise<ThreadEnd> {
  const { promise, resolve, reject } = Promise.withResolvers<ThreadEnd>()
  const onMessage = collectAnswer(work, (worked, heapBytes) => resolve({ kind: 'worked', worked, heapBytes }))
  const onError = (error: Error & { code?: string }): void => {
    if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') reject(error)
    else resolve({ kind: 'too-costly', detail: 'mapping it took more memory than the bound allows' })
  }
  const onEnd = (): void => resolve({ kind: 'stopped' })
  const watch = watchCost(thread, bounds, resolve)
  thread.ref()
  thread.on('message', onMessage).on('error', onError).on('exit', onEnd)
  closing.addEventListener('abort', onEnd)
  try {
    thread.postMessage(work)
    return await promise
  } finally {
    watch.stop()
    closing.removeEventListener('abort', onEnd)
    thread.off('message', onMessage).off('error', onError).off('exit', onEnd)
    // Idle, it keeps no process alive.
    thread.unref()
  }
}

function collectAnswer(
  work: MapWork,
  onWorked: (worked: MappedRaw, heapBytes: number) => void,
): (said: ThreadAnswer) => void {
  const content = work.kind === 'fetched' ? work.fetched.bytes : null
  const sessions: StorableSession[] = []
  return (said) => {
    switch (said.kind) {
      case 'sessions':
        sessions.push(...unpackSessions(said, content))
        break
      case 'mapped':
        onWorked(
          { kind: 'mapped', settlement: unpackSettlement(said.packed, sessions, content) },
          said.heapBytes,
        )
        break
      case 'unusable':
        onWorked({ kind: 'unusable', detail: said.detail }, said.heapBytes)
    }
  }
}
