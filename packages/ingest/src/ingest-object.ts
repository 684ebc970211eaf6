import { isMediaKey, isPlaceholderKey } from '@aftercall/metadata/read/object-key'
import type { ReservedBytes } from '@aftercall/runtime/limits/memory-budget'
import type { FetchedObject } from '@aftercall/storage/objects/fetch-object'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import type { ObjectRef } from '@aftercall/storage/objects/object-ref'
import type { AnnouncedObject } from '@aftercall/warehouse/ledger/ledger'
import { LoadError } from '@aftercall/warehouse/load/loader'
import { sessionsOf } from '@aftercall/warehouse/load/settlement'
import { commitSettlement } from './commit-settlement.ts'
import type { Delivery, StageClock } from './delivery.ts'
import { bytesToFetch } from './fetching/bytes-to-fetch.ts'
import { failureOfForeignAnswer } from './fetching/foreign-answer.ts'
import type { Ingest } from './ingest-types.ts'
import { hasDrift, recordDrift } from './loading/record-drift.ts'
import { withoutExpired } from './loading/without-expired.ts'
import type { Outcome } from './outcome.ts'
import { announcedObject, rejected } from './settlements.ts'
import { findSource, isOnItsOwn, type Source } from './sources/find-source.ts'
import { stopReasonOfCall } from './stop-reason.ts'

/**
 * The path: object ref → bytes → documents → rows → upsert and ledger. Everything the product loads, live or old, goes
 * through here. Never rejects: a defect of ours is an outcome, too, and the message is tried again.
 */
export async function ingestObject(
  ingest: Ingest,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Outcome> {
  const clock = ingest.events.objectStarted(delivery)
  let outcome: Outcome
  try {
    outcome = await ingestOwned(ingest, delivery, signal, clock)
  } catch (error) {
    outcome = { kind: 'failed', code: 'defect', delaySeconds: 60, cause: error }
  }
  ingest.events.objectEnded(delivery, outcome, clock)
  if (outcome.kind === 'failed' && outcome.stop !== undefined) ingest.mustStop(outcome.stop)
  return outcome
}

async function ingestOwned(
  ingest: Ingest,
  delivery: Delivery,
  signal: AbortSignal,
  clock: StageClock,
): Promise<Outcome> {
  const { event } = delivery
  const source = findSource(ingest.sources, event.ref)
  const object = announcedObject(delivery, source)
  const ignored = (code: string) => commitSettlement(ingest, { kind: 'ignored', object, code })
  if (event.kind === 'created')
    ingest.strays.count({ bucket: event.ref.bucket, isStray: source === undefined })
  if (source === undefined) return ignored('no_source')
  if (event.kind === 'removed') return commitSettlement(ingest, { kind: 'removed', object })
  if (event.kind === 'other') return commitSettlement(ingest, { kind: 'other_event', object })
  if (isMediaKey(event.ref.key)) return ignored('media')
  if (event.ref.sizeBytes === 0 && isPlaceholderKey(event.ref.key)) return ignored('placeholder')

  return ingest.bytes.run(bytesToFetch(event.ref, ingest.limits), (held) =>
    fetchAndLoad(ingest, { delivery, source, object }, held, signal, clock),
  )
}

type OwnedObject = { delivery: Delivery; source: Source; object: AnnouncedObject }

/** From here on, the object's bytes are reserved. */
async function fetchAndLoad(
  ingest: Ingest,
  { delivery, source, object }: OwnedObject,
  held: ReservedBytes,
  signal: AbortSignal,
  clock: StageClock,
): Promise<Outcome> {
  const { event } = delivery
  const { events } = ingest
  events.stageBegan(clock, 'fetch')
  const fetched = await fetchReserved(ingest, source, event.ref, held, signal)
  events.stageEnded(clock)
  switch (fetched.kind) {
    case 'failed':
      await recordFailure(ingest, object, fetched.code)
      return fetched
    case 'permanent':
      return commitSettlement(
        ingest,
        rejected(object, { code: fetched.code, detail: fetched.detail, content: null }),
      )
    case 'missing':
      return commitSettlement(ingest, { kind: 'missing', object })
    case 'too-large': {
      const detail = `${fetched.sizeBytes} bytes, more than worker.objectBytesMax (${ingest.limits.objectBytesMax})`
      return commitSettlement(ingest, rejected(object, { code: 'object_too_large', detail, content: null }))
    }
    case 'found': {
      events.stageBegan(clock, 'map')
      const mapped = await ingest.mapper.mapFetched({ source, object, fetched, held })
      events.stageEnded(clock)
      if (mapped === 'stopped') return { kind: 'failed', code: 'aborted', delaySeconds: 0, cause: null }
      const failure = failureOfForeignAnswer(event.ref, fetched, mapped)
      if (failure !== undefined) {
        await recordFailure(ingest, object, failure.code)
        return failure
      }
      const settlement =
        source.retentionMonths === undefined
          ? mapped
          : await withoutExpired(mapped, source, ingest.expiryClock)
      const sessions = sessionsOf(settlement)
      const expired = sessionsOf(mapped).length - sessions.length
      if (expired > 0) events.sessionsExpired(delivery, expired)
      clock.sessions = sessions
      events.stageBegan(clock, 'load')
      const outcome = await commitSettlement(ingest, settlement)
      events.stageEnded(clock)
      if (
        outcome.kind === 'stored' &&
        outcome.isErased !== true &&
        settlement.kind === 'documents' &&
        hasDrift(settlement)
      )
        await recordDrift(ingest.drift, settlement)
      return outcome
    }
  }
}

/** Shows an object that is tried again in the ledger. The message is returned whether this is written or not. */
async function recordFailure({ loader }: Ingest, object: AnnouncedObject, code: string): Promise<void> {
  if (code === 'aborted') return
  await loader.commit({ kind: 'failed', object, code }).catch((error: unknown) => {
    if (!(error instanceof LoadError)) throw error
  })
}

/** Reads no more than is reserved. An object that turns out to be larger is fetched again with the largest reservation. */
async function fetchReserved(
  ingest: Ingest,
  source: Source,
  ref: ObjectRef,
  held: ReservedBytes,
  signal: AbortSignal,
): Promise<FetchedObject | Failed | PermanentFailure> {
  const { objectBytesMax } = ingest.limits
  const expected = bytesToFetch(ref, ingest.limits)
  let fetched = await fetchWithin(ingest, source, ref, signal, expected)
  if (fetched.kind === 'too-large' && expected < objectBytesMax) {
    await held.resize(objectBytesMax)
    fetched = await fetchWithin(ingest, source, ref, signal, objectBytesMax)
  }
  await held.resize(fetched.kind === 'found' ? fetched.bytes.byteLength : 0)
  return fetched
}

type Failed = Outcome & { kind: 'failed' }
type PermanentFailure = { kind: 'permanent'; code: string; detail: string }

async function fetchWithin(
  ingest: Ingest,
  source: Source,
  announced: ObjectRef,
  signal: AbortSignal,
  bytesMax: number,
): Promise<FetchedObject | Failed | PermanentFailure> {
  const { rawKey, ...ref } = announced
  const rawIsInside = rawKey?.startsWith(source.prefix) === true
  try {
    const fetched = await ingest.fetchObject(source, rawIsInside ? announced : ref, signal, bytesMax)
    if (fetched.kind === 'found') ingest.events.objectFetched(fetched.sizeBytes)
    return fetched
  } catch (error) {
    if (!(error instanceof ObjectFetchError)) throw error
    if (!error.retryable) return { kind: 'permanent', code: `object_${error.code}`, detail: error.message }
    const failure = {
      kind: 'failed',
      code: error.code,
      delaySeconds: error.delaySeconds,
      cause: error,
    } as const
    if (isOnItsOwn(source) || stopReasonOfCall(error) === undefined) return failure
    const refusal = await ingest.refusalOfAll(signal)
    const stop = refusal === undefined ? undefined : stopReasonOfCall(refusal)
    return stop === undefined ? failure : { ...failure, delaySeconds: 0, stop }
  }
}
