import { ParquetBoundError } from './inventory-error.ts'

const varintBytesMax = 5

/**
 * Checks the runs of the run-length and bit-packing hybrid (https://parquet.apache.org/docs/file-format/data-pages/encodings/,
 * "RLE / Bit-Packing Hybrid"): five bytes can declare a value that repeats a billion times. There may be fewer than `values`
 * if some are null. Data that ends early is left to the reader.
 */
export function checkRuns(bytes: Uint8Array, bitWidth: number, values: number): void {
  const valueBytes = Math.ceil(bitWidth / 8)
  for (let [seen, at] = [0, 0]; seen < values && at < bytes.length; ) {
    const { value: head, end } = readVarint(bytes, at)
    const isPacked = head % 2 === 1
    const length = Math.floor(head / 2) * (isPacked ? 8 : 1)
    // Bits are packed for eight values at a time, so the last group may be too large. Some writers fill it up.
    const lengthMax = values - seen + (isPacked ? 504 : 0)
    if (length === 0 || length > lengthMax) throw new ParquetBoundError('a run longer than its page')
    at = end + (isPacked ? (length / 8) * bitWidth : valueBytes)
    seen += length
  }
}

function readVarint(bytes: Uint8Array, from: number): { value: number; end: number } {
  let value = 0
  for (let read = 0; read < varintBytesMax; read += 1) {
    const byte = bytes[from + read]
    if (byte === undefined) throw new ParquetBoundError('runs that end early')
    value += (byte & 0x7f) * 2 ** (7 * read)
    if (byte < 0x80) return { value, end: from + read + 1 }
  }
  throw new ParquetBoundError('a number that does not end')
}
