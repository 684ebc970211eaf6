import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import type { AnnouncedObject } from '@aftercall/warehouse/ledger/ledger'
import type { Rejection } from '@aftercall/warehouse/ledger/rejections'
import type { Settlement } from '@aftercall/warehouse/load/loader'
import type { Delivery } from './delivery.ts'
import type { Source } from './find-source.ts'

/** An object as far as its announcement describes it. */
export function announcedObject(
  { event, receiveCount }: Delivery,
  source: Source | undefined,
): AnnouncedObject {
  const { ref, eventName, eventTime } = event
  const { bucket, key, etag, versionId, sequencer, sizeBytes } = ref
  const place = { bucket, key, source: source?.name ?? null }
  return { ...place, etag, versionId, sequencer, sizeBytes, eventName, eventTime, receiveCount }
}

/** What was fetched may be newer than what was announced; the ledger states what was read. */
export function withFetched(object: AnnouncedObject, fetched: FoundObject): AnnouncedObject {
  const { etag = object.etag, versionId = object.versionId, sizeBytes, lastModified, key } = fetched
  return { ...object, etag, versionId, key, sizeBytes, lastModified }
}

export type Problem = { code: string; detail: string; content: Uint8Array | null }

export function rejected(object: AnnouncedObject, problem: Problem): Settlement {
  return { kind: 'rejected', object, rejections: [rejectionOf(object, problem)] }
}

export function rejectionOf(object: AnnouncedObject, { code, detail, content }: Problem): Rejection {
  return {
    source: object.source,
    bucket: object.bucket,
    objectKey: object.key,
    versionId: object.versionId ?? null,
    messageId: null,
    code,
    detail,
    content,
  }
}
