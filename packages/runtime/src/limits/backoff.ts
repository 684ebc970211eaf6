import { abortableWait } from './abortable-wait.ts'

export type Backoff = {
  /** The longest wait after the first failure. It doubles with each further one. */
  baseMs: number
  /** The longest wait after any failure. */
  capMs: number
  /** From 0 up to, not including, 1. */
  random?: () => number
}

export type RetryOptions = Backoff & {
  /** Runs in all, the first included. Without it, only the signal ends the tries. */
  attemptsMax?: number
  /** False for an error that another try cannot help. It is thrown right away. */
  retryable(error: unknown): boolean
  /** Before each wait. `attempt` is the one that failed, from 1. */
  onRetry(retry: { attempt: number; waitMs: number; error: unknown }): void
  signal: AbortSignal
}

/**
 * Runs until it succeeds. Throws the error of the last run, or the signal's reason when the signal fires before a run or during
 * a wait. It does not interrupt a run, which gets the same signal from its caller.
 */
export async function retryWithBackoff<Answer>(
  run: (attempt: number) => Promise<Answer>,
  options: RetryOptions,
): Promise<Answer> {
  const { attemptsMax = Number.POSITIVE_INFINITY, signal } = options
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      return await run(attempt)
    } catch (error) {
      if (attempt >= attemptsMax || signal.aborted || !options.retryable(error)) throw error
      const waitMs = backoffMs(attempt, options)
      options.onRetry({ attempt, waitMs, error })
      await abortableWait(waitMs, signal)
    }
  }
}

/**
 * How long to wait after the attempt with this number (from 1) has failed: any time up to a bound that doubles, so that callers
 * that failed together do not come back together ("full jitter").
 */
export function backoffMs(attempt: number, { baseMs, capMs, random = Math.random }: Backoff): number {
  return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1))
}
