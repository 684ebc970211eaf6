import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
import type { AdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import { createObjectRef } from '@aftercall/storage/objects/object-ref'
import type { Delivery } from '../delivery.ts'
import { ingestObject } from '../ingest-object.ts'
import type { Ingest } from '../ingest-types.ts'
import type { Outcome } from '../outcome.ts'
import { findSource } from '../sources/find-source.ts'

/** Why an object is loaded that no message announced. The ledger keeps it as the name of its event. */
export type BulkOrigin = 'Backfill' | 'Reconcile' | 'Poll' | 'Load' | 'Replay'

export type LoadListed = {
  /** Its `fetchObject` sends one request: this is the place that tries again. */
  ingest: Ingest
  /** Of the object's source. It slows down when the store throttles. */
  limit: AdaptiveLimit
  origin: BulkOrigin
  /** Once it fires, nothing more begins, not even another try; the other signal ends what is in flight. */
  stopping?: AbortSignal
}

export type ListedPlace = {
  bucket: string
  key: string
  etag?: string | undefined
  sizeBytes?: number | undefined
}

/**
 * Tries of one object, over a minute or so, before the caller has to keep it for later. It is also the number of GET requests
 * for an object that fails each time; one that is larger than listed takes two requests a try.
 */
export const attemptsMax = 6
export const retryBackoff = { baseMs: 1_000, capMs: 20_000 }
const throttledBackoff = { baseMs: 2_000, capMs: 30_000 }

/**
 * Takes one object of a listing through the path, as if it had been announced now. There is no queue to bring it back, so
 * a failure that may pass is tried again here, each time with a permit of its own. Rejects only with a signal's reason, when
 * the signal fires before the object has ended.
 */
export async function loadListed(
  { ingest, limit, origin, stopping }: LoadListed,
  { bucket, key, etag, sizeBytes }: ListedPlace,
  signal: AbortSignal,
): Promise<Outcome> {
  // Without the listed version: what is there now counts. The ledger notes the ETag of an object that cannot be read.
  const ref = createObjectRef({
    ...{ bucket, key, etag, sizeBytes },
    ...{ rawKey: undefined, versionId: undefined, sequencer: undefined },
  })
  const waiting = stopping ?? signal
  for (let attempt = 1; ; attempt += 1) {
    const delivery: Delivery = {
      event: { kind: 'created', ref, eventName: origin },
      messageId: null,
      receiveCount: attempt,
    }
    const outcome = await limit.run(() => ingestObject(ingest, delivery, signal), waiting, hasEnded)
    if (outcome.kind !== 'failed') return outcome
    signal.throwIfAborted()
    const error = outcome.cause instanceof ObjectFetchError ? outcome.cause : undefined
    if (error?.slowsDown) limit.slowDown()
    if (attempt === attemptsMax) return outcome
    const backoff = error?.slowsDown ? throttledBackoff : retryBackoff
    const waitMs = backoffMs(attempt, { ...backoff, random: ingest.random })
    if (error !== undefined) {
      const source = findSource(ingest.sources, ref)?.name ?? ''
      ingest.events.fetchRetried({ source, code: error.code, attempt, waitMs })
    }
    await abortableWait(waitMs, waiting)
  }
}

function hasEnded({ kind }: Outcome): boolean {
  return kind !== 'failed'
}
