import { setTimeout as wait } from 'node:timers/promises'

/**
 * Full jitter: anything from 0 to the cap, which doubles with each failure up to `maxMs`
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function fullJitterMs(failures: number, limits: { baseMs: number; maxMs: number }): number {
  const capMs = Math.min(limits.maxMs, limits.baseMs * 2 ** Math.min(failures, 30))
  return Math.random() * capMs
}

/** Resolves after `ms`, or at once when the signal fires. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
