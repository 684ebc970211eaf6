import { performance } from 'node:perf_hooks'
import type { Worker } from 'node:worker_threads'
import type { CostBounds } from './cost-bounds.ts'

export type CostExceeded = { kind: 'too-costly'; detail: string } | { kind: 'stopped' }

const everyMs = 100

/**
 * Tells when a thread has used more than its bound. CPU time is counted, not time: on a busy machine nothing takes more
 * of it. A thread that gets none for so long that its wall bound is over says nothing about its work.
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
      // It has not begun yet, or has ended by itself.
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
  // Node 24.6 and later say it of each thread.
  if (typeof thread.cpuUsage !== 'function') return usedBesideMainMs()
  const { user, system } = await thread.cpuUsage()
  return (user + system) / 1000
}

/**
 * For an older Node: CPU time of the process, less the time that the main thread's event loop was not idle, which is at
 * least the CPU time that it used. So it is rather less than what the thread took, and no object is rejected for the work
 * of the main thread.
 */
function usedBesideMainMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000 - performance.eventLoopUtilization().active
}
