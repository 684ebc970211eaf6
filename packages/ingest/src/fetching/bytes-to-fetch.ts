import type { ObjectRef } from '@aftercall/storage/objects/object-ref'

type Limits = { objectBytesMax: number }

/** Of an object whose announcement names no size: far above what the platform writes, some 50 KB. */
const bytesUnannounced = 1_048_576

/** What is announced may be smaller than what is there by now: so much of it is read at the first try. */
const bytesLeast = 262_144

/** Bytes to hold, and to read at the most, of an object of which only a message or a listing has told the size. */
export function bytesToFetch(
  { sizeBytes = bytesUnannounced }: Pick<ObjectRef, 'sizeBytes'>,
  { objectBytesMax }: Limits,
): number {
  return Math.min(Math.max(sizeBytes, bytesLeast), objectBytesMax)
}
