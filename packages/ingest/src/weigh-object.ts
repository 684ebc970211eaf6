import type { ObjectRef } from '@aftercall/storage/object-ref'

type Limits = { objectBytesMax: number }

/** Of an object whose announcement names no size: far above what the platform writes, some 50 KB. */
const bytesUnannounced = 1_048_576

/** What an object will hold, as far as is known before it is fetched. More than the limit is not read. */
export function bytesAnnounced(
  { sizeBytes }: Pick<ObjectRef, 'sizeBytes'>,
  { objectBytesMax }: Limits,
): number {
  return Math.min(sizeBytes ?? bytesUnannounced, objectBytesMax)
}

/**
 * What a fetched object will hold once it is read: gzip ends with the length of what it holds
 * (https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1). Written to mislead, it is still bounded by the limit.
 */
export function bytesOnceRead(bytes: Uint8Array, { objectBytesMax }: Limits): number {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b && bytes.byteLength >= 18
  if (!isGzip) return bytes.byteLength
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const unpackedBytes = view.getUint32(bytes.byteLength - 4, true)
  return bytes.byteLength + Math.min(unpackedBytes, objectBytesMax)
}
