/** Larger objects go to the thread. The worst one of this size takes some 50 ms, and a real document has up to 50 KB. */
export const smallBytesMax = 131_072

/** CPU time that mapping an object may take: ten times that of the worst document we know, on a slow machine. */
const cpuMsLeast = 3_000
const cpuMsPerByte = 0.003

/** The highest ratio of deflate, and so the largest size of an unpacked object (https://zlib.net/zlib_tech.html). */
const gzipRatioMax = 1_032

export type CostBounds = {
  cpuMs: number
  /** For a machine so busy that the thread gets no CPU time. Passing it says nothing about the object. */
  wallMs: number
}

/** Linear in the unpacked size, of which only the upper bound is known. */
export function costBoundsOf(bytes: Uint8Array, objectBytesMax: number): CostBounds {
  const unpackedMax = isGzip(bytes)
    ? Math.min(bytes.byteLength * gzipRatioMax, objectBytesMax)
    : bytes.byteLength
  const cpuMs = cpuMsLeast + unpackedMax * cpuMsPerByte
  return { cpuMs, wallMs: cpuMs * 20 }
}

/**
 * The heap of the thread that maps large objects, in MiB. Values are counted before they are parsed, so that not even the
 * worst object comes near it: V8 ends the whole process when a thread runs out of memory.
 */
export function threadHeapMiB(objectBytesMax: number): number {
  return 512 + Math.ceil((objectBytesMax * 48) / 1_048_576)
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}
