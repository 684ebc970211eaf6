import { retryWithBackoff } from '@aftercall/runtime/limits/backoff'
import { isOutage } from '@aftercall/warehouse/connection/error-class'

/** Asks the database, and waits while it is out of reach, as the loader does. Only the signal ends the wait. */
export function whenReachable<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return retryWithBackoff(ask, {
    baseMs: 200,
    capMs: 10_000,
    signal,
    retryable: isOutage,
    onRetry() {
      // The loader has the same problem, and logs it.
    },
  })
}
