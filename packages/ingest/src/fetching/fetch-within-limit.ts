import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
import { type AdaptiveLimit, createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { errorClassOf, type FailureCode } from '@aftercall/storage/aws/error-class'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import type { ObjectRef } from '@aftercall/storage/objects/object-ref'
import type { Ingest } from '../ingest-object.ts'

export type FetchRetry = { source: string; code: FailureCode; attempt: number; waitMs: number }

export type FetchWithinLimitOptions = {
  fetchObject: Ingest['fetchObject']
  /** Fetches under way at the same time from one source, at the most. */
  inFlightMax: number
  onRetry(retry: FetchRetry): void
  random(): number
}

/**
 * Fetches in all, the first included, before the object is left to the queue. Being throttled is the store's way to ask
 * for a lower rate, and would otherwise use up the receives of hundreds of messages at once; a body that broke off is
 * likely whole the next time, and the SDK, whose own three tries end with the headers, does not know of it. When the clock
 * jumps, the SDK learns the store's time from the first refusals, which are those of whatever was under way.
 */
const attemptsByCode: { readonly [Code in FailureCode]?: number } = {
  throttled: 6,
  service_unavailable: 6,
  body_cut: 3,
  connection_lost: 3,
  unreadable_answer: 3,
  clock_skew: 3,
}
const backoff = { baseMs: 500, capMs: 8_000 }

/**
 * Codes by which a store says that it is asked for too much. What is merely slow leaves at its deadline: waiting here, it
 * would be held for longer.
 */
const slowDownCodes: ReadonlySet<FailureCode> = new Set(['throttled', 'service_unavailable'])

/**
 * Fetches as fast as the source's store bears it: each source has a pace of its own, which halves when the store asks
 * for less, and what was refused waits here for its next try, its message held. Rejects with `ObjectFetchError` only.
 */
export function createFetchWithinLimit(options: FetchWithinLimitOptions): Ingest['fetchObject'] {
  const { fetchObject, inFlightMax, onRetry, random } = options
  const limits = new Map<string, AdaptiveLimit>()

  function limitOf(source: string): AdaptiveLimit {
    const pace = limits.get(source) ?? createAdaptiveLimit({ inFlightMax })
    limits.set(source, pace)
    return pace
  }

  return async (source, ref, signal, bytesMax) => {
    const pace = limitOf(source.name)
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await pace.run(() => fetchObject(source, ref, signal, bytesMax), signal)
      } catch (error) {
        if (!(error instanceof ObjectFetchError)) throw signal.aborted ? abortedFetch(ref, error) : error
        const { code } = error
        if (slowDownCodes.has(code)) pace.slowDown()
        if (attempt >= (attemptsByCode[code] ?? 1)) throw error
        const waitMs = waitAfter(attempt, random)
        onRetry({ source: source.name, code, attempt, waitMs })
        await abortableWait(waitMs, signal).catch((reason: unknown) => {
          throw abortedFetch(ref, reason)
        })
      }
    }
  }
}

/** Whoever fires the signal takes the message away: neither the place in line nor the wait is a failure. */
function abortedFetch(ref: ObjectRef, reason: unknown): ObjectFetchError {
  return new ObjectFetchError(ref, reason, errorClassOf('aborted'))
}

/** Half of it is certain: near zero would only be refused again. */
function waitAfter(attempt: number, random: () => number): number {
  return backoffMs(attempt, { ...backoff, random: () => (1 + random()) / 2 })
}
