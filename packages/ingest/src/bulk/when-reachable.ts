import { retryWithBackoff } from '@aftercall/runtime/limits/backoff'
import { isOutage } from '@aftercall/warehouse/connection/error-class'

/** Asks the database, and waits for it while it is away, as the loader does. Only the signal ends the waiting. */
export function whenReachable<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return retryWithBackoff(ask, {
    baseMs: 200,
    capMs: 10_000,
    signal,
    retryable: isOutage,
    onRetry() {
      // The loader, which runs into the same, says so.
    },
  })
}
