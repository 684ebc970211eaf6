import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import type { AnnouncedObject } from '@aftercall/warehouse/ledger/ledger'

type File = { source: string; key: string; bytes: Uint8Array; lastModified: Date }

/** A file as the worker has it once it is fetched, for tests that map without a store. */
export function foundFile({ source, key, bytes, lastModified }: File): {
  object: AnnouncedObject
  fetched: FoundObject
} {
  const object = { bucket: 'files', key, source, receiveCount: 1 }
  const sizeBytes = bytes.byteLength
  const fetched = { kind: 'found', bytes, sizeBytes, lastModified, key, foundAs: 'announced' } as const
  return { object, fetched }
}
