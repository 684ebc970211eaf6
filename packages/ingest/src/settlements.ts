import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import type { Rejection } from '@aftercall/warehouse/ledger/rejections'
import type { Settlement } from '@aftercall/warehouse/load/loader'
import type { Delivery } from './delivery.ts'
import type { Source } from './sources/find-source.ts'

/** A settlement as far as the announcement goes. */
export function settlementDraft({ event, receiveCount }: Delivery, source: Source | undefined): Settlement {
  const { ref, eventName, eventTime } = event
  const { bucket, key, etag, versionId, sequencer, sizeBytes } = ref
  const place = { bucket, key, source: source?.name ?? null }
  return {
    object: { ...place, etag, versionId, sequencer, sizeBytes, eventName, eventTime, receiveCount },
    about: 'content',
    sessions: [],
    rejections: [],
    content: null,
    keepsOriginal: false,
    otherwise: { outcome: 'ignored', code: null },
  }
}

/** What was fetched may be newer than what was announced; the ledger states what was read. */
export function withFetched(draft: Settlement, fetched: FoundObject): Settlement {
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

export function ignored(draft: Settlement, code: string): Settlement {
  return { ...draft, otherwise: { outcome: 'ignored', code } }
}

export type Problem = { code: string; detail: string; content: Uint8Array | null }

export function rejected(draft: Settlement, problem: Problem): Settlement {
  return { ...draft, rejections: [rejectionOf(draft, problem)] }
}

export function rejectionOf({ object }: Settlement, { code, detail, content }: Problem): Rejection {
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
