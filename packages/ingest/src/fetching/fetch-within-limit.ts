import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
import { type AdaptiveLimit, createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { errorClassOf, type FailureCode } from '@aftercall/storage/aws/error-class'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import type { ObjectRef } from '@aftercall/storage/objects/object-ref'
import type { FetchObject, Ingest } from '../ingest-types.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'

export type FetchWithinLimitOptions = {
  /** Sends one request. */
  fetchObject: FetchObject
  /** Fetches in flight from one source. */
  inFlightMax: number
  onRetry: Ingest['events']['fetchRetried']
  random(): number
}

/**
 * Tries in all before the object is left to the queue. Throttling is the store's way to ask for a lower rate, and would
 * otherwise use up the receives of hundreds of messages at once.
 */
const throttledAttemptsMax = 6
/** Other faults that pass by themselves, such as a body that broke off, are likely gone the next time. */
const transientAttemptsMax = 3
const backoff = { baseMs: 500, capMs: 8_000 }

/**
 * Fetches as fast as the source's store allows. Each source has an adaptive limit of its own, which halves when the store
 * throttles, and a refused object waits here for its next try while its message stays in flight. This is the one place
 * that tries again for objects that a queue announces; `loadListed` is the one for objects of a listing. Rejects with
 * `ObjectFetchError` only.
 */
export function createFetchWithinLimit(options: FetchWithinLimitOptions): FetchObject {
  const { fetchObject, inFlightMax, onRetry, random } = options
  const stores = new Map<string, { limit: AdaptiveLimit; budget: RetryBudget }>()

  function storeOf(source: string): { limit: AdaptiveLimit; budget: RetryBudget } {
    const known = stores.get(source)
    if (known !== undefined) return known
    const store = { limit: createAdaptiveLimit({ inFlightMax }), budget: createRetryBudget() }
    stores.set(source, store)
    return store
  }

  return async (source, ref, signal, bytesMax) => {
    const { limit, budget } = storeOf(source.name)
    for (let attempt = 1; ; attempt += 1) {
      try {
        const fetched = await limit.run(() => fetchObject(source, ref, signal, bytesMax), signal)
        budget.succeeded()
        return fetched
      } catch (error) {
        if (!(error instanceof ObjectFetchError)) throw signal.aborted ? abortedFetch(ref, error) : error
        const { code, slowsDown } = error
        if (slowsDown) limit.slowDown()
        if (attempt >= attemptsMaxOf(code) || !(slowsDown || budget.take())) throw error
        const waitMs = waitAfter(attempt, random)
        onRetry({ source: source.name, code, attempt, waitMs })
        await abortableWait(waitMs, signal).catch((reason: unknown) => {
          throw abortedFetch(ref, reason)
        })
      }
    }
  }
}

function attemptsMaxOf(code: FailureCode): number {
  // A slow object leaves at its deadline: with another try, it would hold its share of the source for longer.
  if (code === 'too_slow') return 1
  // After a jump of the clock, the first refusals teach us the store's time.
  if (code === 'clock_skew') return transientAttemptsMax
  const { slowsDown, transient } = errorClassOf(code)
  if (slowsDown) return throttledAttemptsMax
  return transient ? transientAttemptsMax : 1
}

/** The message goes back when the signal fires: neither the wait for a permit nor the wait for a try is a failure. */
function abortedFetch(ref: ObjectRef, reason: unknown): ObjectFetchError {
  return new ObjectFetchError(ref, reason, errorClassOf('aborted'))
}

/** Half of the delay is certain: a try after almost none would only be refused again. */
function waitAfter(attempt: number, random: () => number): number {
  return backoffMs(attempt, { ...backoff, random: () => (1 + random()) / 2 })
}
