import { performance } from 'node:perf_hooks'
import type { Worker } from 'node:worker_threads'
import type { CostBounds } from './cost-bounds.ts'

export type CostExceeded = { kind: 'too-costly'; detail: string } | { kind: 'stopped' }

const everyMs = 100

/**
 * Calls back when a thread has used more than its bound of CPU time, which does not grow on a busy machine as wall time does. A
 * thread that gets so little CPU time that its wall bound passes first says nothing about its work.
 */
export function watchCost(
  thread: Worker,
  { cpuMs, wallMs }: CostBounds,
  onExceeded: (exceeded: CostExceeded) => void,
): { stop(): void } {
  const startedAt = performance.now()
  let before: number | undefined
  let isAsking = false
  const timer = setInterval(() => {
    if (performance.now() - startedAt > wallMs) return onExceeded({ kind: 'stopped' })
    if (isAsking) return
    isAsking = true
    usedMs(thread)
      .then((now) => {
        before ??= now
        if (now - before > cpuMs) onExceeded({ kind: 'too-costly', detail: detailOf(cpuMs) })
      })
      // The thread has not begun yet, or has ended.
      .catch(() => {})
      .finally(() => {
        isAsking = false
      })
  }, everyMs)
  return { stop: () => clearInterval(timer) }
}

function detailOf(cpuMs: number): string {
  return `mapping it took more than ${Math.ceil(cpuMs / 1000)} s of CPU time, the bound for its bytes`
}

async function usedMs(thread: Worker): Promise<number> {
  // Node 24.6 and later have it for each thread.
  if (typeof thread.cpuUsage !== 'function') return usedBesideMainMs()
  const { user, system } = await thread.cpuUsage()
  return (user + system) / 1000
}

/**
 * For an older Node: the CPU time of the process, less the time that the main thread's event loop was active, which is at least
 * its CPU time. The result is at most what the thread used, so no object is rejected for the work of the main thread.
 */
function usedBesideMainMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000 - performance.eventLoopUtilization().active
}
