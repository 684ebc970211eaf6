import type { ObjectRef } from '@aftercall/storage/objects/object-ref'

type Limits = { objectBytesMax: number }

/** For an object whose announcement has no size. The platform's objects have some 50 KB. */
const bytesUnannounced = 1_048_576

/** The object may have grown since it was announced, so the first read may take this much. */
const bytesLeast = 262_144

/** Bytes to reserve for the first read of an object, and its limit. The size is that of the message or listing, if any. */
export function bytesToFetch(
  { sizeBytes = bytesUnannounced }: Pick<ObjectRef, 'sizeBytes'>,
  { objectBytesMax }: Limits,
): number {
  return Math.min(Math.max(sizeBytes, bytesLeast), objectBytesMax)
}
