import { mapSession } from '@aftercall/metadata/map-session'
import { isMediaKey } from '@aftercall/metadata/object-key'
import { readDocuments } from '@aftercall/metadata/read-documents'
import type { Slots } from '@aftercall/runtime/slots'
import { ObjectFetchError } from '@aftercall/storage/object-errors'
import type { ObjectRef } from '@aftercall/storage/object-ref'
import type { FetchedObject, FoundObject } from '@aftercall/storage/object-store'
import { notedCode, removedCode } from '@aftercall/warehouse/ledger'
import type { Loader, Settlement } from '@aftercall/warehouse/loader'
import type { Rejection } from '@aftercall/warehouse/rejections'
import type { Delivery, StageClock } from './delivery.ts'
import { findSource, type Source } from './find-source.ts'
import type { IngestEvents } from './ingest-events.ts'
import type { Outcome } from './outcome.ts'
import { settle } from './settle.ts'

/** All that the path needs, built once at start and passed down. */
export type Ingest = {
  sources: readonly Source[]
  fetchObject(source: Source, ref: ObjectRef, signal: AbortSignal): Promise<FetchedObject>
  loader: Loader
  /** Objects in flight: the one bound on concurrency. */
  slots: Slots
  limits: { objectBytesMax: number; depthMax: number; valuesMax: number }
  events: IngestEvents
  random(): number
}

/**
 * The path: object ref → bytes → documents → rows → upsert and ledger. Everything the product loads, live or old,
 * comes through here. Expected endings are outcomes; only a defect throws.
 */
export async function ingestObject(
  ingest: Ingest,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Outcome> {
  const clock = ingest.events.objectStarted(delivery)
  const outcome = await follow(ingest, delivery, signal, clock)
  ingest.events.objectEnded(delivery, outcome, clock)
  return outcome
}

async function follow(
  ingest: Ingest,
  delivery: Delivery,
  signal: AbortSignal,
  clock: StageClock,
): Promise<Outcome> {
  const { event } = delivery
  const source = findSource(ingest.sources, event.ref)
  const draft = draftOf(delivery, source)
  if (source === undefined) return settle(ingest, ignored(draft, 'no_source'))
  if (event.kind === 'removed') return settle(ingest, { ...ignored(draft, removedCode), about: 'removal' })
  if (event.kind === 'other') return settle(ingest, { ...ignored(draft, notedCode), about: 'note' })
  if (isMediaKey(event.ref.key)) return settle(ingest, ignored(draft, 'media'))

  const fetched = await clock.time('fetch', () => fetchWithin(ingest, source, event.ref, signal))
  switch (fetched.kind) {
    case 'failed':
      return fetched
    case 'missing':
      return settle(ingest, { ...draft, otherwise: { outcome: 'missing', code: null } })
    case 'too-large': {
      const detail = `${fetched.sizeBytes} bytes, more than worker.objectBytesMax (${ingest.limits.objectBytesMax})`
      return settle(ingest, rejected(draft, { code: 'object_too_large', detail, content: null }))
    }
    case 'found': {
      const settlement = await clock.time('map', async () => mapObject(ingest, source, draft, fetched))
      clock.sessions = settlement.sessions
      return clock.time('load', () => settle(ingest, settlement))
    }
  }
}

type Failed = Outcome & { kind: 'failed' }

async function fetchWithin(
  ingest: Ingest,
  source: Source,
  announced: ObjectRef,
  signal: AbortSignal,
): Promise<FetchedObject | Failed> {
  const { rawKey, ...ref } = announced
  const rawIsInside = rawKey?.startsWith(source.prefix) === true
  try {
    const fetched = await ingest.fetchObject(source, rawIsInside ? announced : ref, signal)
    if (fetched.kind === 'found') ingest.events.objectFetched(fetched.sizeBytes)
    return fetched
  } catch (error) {
    if (!(error instanceof ObjectFetchError)) throw error
    return { kind: 'failed', code: error.code, delaySeconds: error.delaySeconds, cause: error }
  }
}

function mapObject(ingest: Ingest, source: Source, draft: Settlement, fetched: FoundObject): Settlement {
  const { bytes } = fetched
  const found = withFetched(draft, fetched)
  const reading = readDocuments({ key: fetched.key, bytes, bytesMax: ingest.limits.objectBytesMax })
  if (reading.kind === 'ignored') return ignored(found, reading.reason)
  if (reading.kind === 'unreadable') return rejected(found, { ...reading, content: bytes })
  const context = {
    source: source.name,
    timeZone: source.timeZone,
    objectLastModified: fetched.lastModified,
    limits: ingest.limits,
  }
  const settlement: Settlement = { ...found, content: bytes }
  for (const document of reading.documents) {
    const mapping = mapSession(document, context)
    if (mapping.kind === 'session') settlement.sessions.push(mapping.session)
    else settlement.rejections.push(rejectionOf(found, { ...mapping, content: bytes }))
  }
  const [only] = reading.documents
  const contentSha256 = reading.documents.length === 1 ? only?.contentSha256 : undefined
  if (settlement.object !== null) settlement.object = { ...settlement.object, contentSha256 }
  return settlement
}

function draftOf({ event, receiveCount }: Delivery, source: Source | undefined): Settlement {
  const { ref, eventName, eventTime } = event
  const { bucket, key, etag, versionId, sequencer, sizeBytes } = ref
  const place = { bucket, key, source: source?.name ?? null }
  return {
    object: { ...place, etag, versionId, sequencer, sizeBytes, eventName, eventTime, receiveCount },
    about: 'content',
    sessions: [],
    rejections: [],
    content: null,
    otherwise: { outcome: 'ignored', code: null },
  }
}

/** What was fetched may be newer than what was announced; the ledger states what was read. */
function withFetched(draft: Settlement, fetched: FoundObject): Settlement {
  if (draft.object === null) return draft
  const { etag, versionId, sizeBytes, lastModified, key } = fetched
  const read = { etag: etag ?? draft.object.etag, versionId: versionId ?? draft.object.versionId }
  return {
    ...draft,
    sessions: [],
    rejections: [],
    object: { ...draft.object, ...read, key, sizeBytes, lastModified },
  }
}

function ignored(draft: Settlement, code: string): Settlement {
  return { ...draft, otherwise: { outcome: 'ignored', code } }
}

type Problem = { code: string; detail: string; content: Uint8Array | null }

function rejected(draft: Settlement, problem: Problem): Settlement {
  return { ...draft, rejections: [rejectionOf(draft, problem)] }
}

function rejectionOf({ object }: Settlement, { code, detail, content }: Problem): Rejection {
  return {
    source: object?.source ?? null,
    bucket: object?.bucket ?? null,
    objectKey: object?.key ?? null,
    versionId: object?.versionId ?? null,
    messageId: null,
    code,
    detail,
    content,
  }
}
