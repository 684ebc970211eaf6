import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
import type { AdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { createObjectRef } from '@aftercall/storage/objects/object-ref'
import type { Delivery } from '../delivery.ts'
import { type Ingest, ingestObject } from '../ingest-object.ts'
import type { Outcome } from '../outcome.ts'

/** Why an object is loaded that nobody announced. The ledger keeps it as the name of its event. */
export type BulkOrigin = 'Backfill' | 'Reconcile' | 'Poll' | 'Load' | 'Replay'

export type LoadListed = {
  ingest: Ingest
  /** Told to slow down when the store asks for it. */
  limit: AdaptiveLimit
  origin: BulkOrigin
  /** Begins nothing more then, not even another try; what is under way is left to the other signal. */
  stopping?: AbortSignal
}

export type ListedPlace = {
  bucket: string
  key: string
  etag?: string | undefined
  sizeBytes?: number | undefined
}

/** An object that fails is tried so often, over a minute or so, before the caller has to keep it for later. */
export const attemptsMax = 6
const retryBackoff = { baseMs: 1_000, capMs: 20_000 }

const throttleCodes = new Set(['throttled', 'service_unavailable', 'too_many_in_flight'])

/**
 * Takes one object of a listing through the path, as if it had been announced now. There is no queue to bring it back,
 * so what may pass later is tried again here. Rejects only with a signal's reason, when it fires before the object
 * has ended.
 */
export async function loadListed(
  { ingest, limit, origin, stopping }: LoadListed,
  { bucket, key, etag, sizeBytes }: ListedPlace,
  signal: AbortSignal,
): Promise<Outcome> {
  // Not the version that was listed: what is there now is what counts. The ETag is for the ledger, of what cannot be read.
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
    const outcome = await limit.run(() => ingestObject(ingest, delivery, signal), waiting)
    if (outcome.kind !== 'failed') return outcome
    signal.throwIfAborted()
    if (throttleCodes.has(outcome.code)) limit.slowDown()
    if (attempt === attemptsMax) return outcome
    await abortableWait(backoffMs(attempt, retryBackoff), waiting)
  }
}
