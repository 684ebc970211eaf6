/** A buffer that grows. Slices of `buffer` stay valid when a larger one replaces it. */
export type ByteWriter = { buffer: Buffer; at: number }

export function createByteWriter(bytes: number): ByteWriter {
  return { buffer: Buffer.allocUnsafe(Math.ceil(bytes)), at: 0 }
}

/** Makes sure that `count` more bytes fit. */
export function reserve(out: ByteWriter, count: number): void {
  const needed = out.at + count
  if (needed <= out.buffer.length) return
  const larger = Buffer.allocUnsafe(Math.max(needed, out.buffer.length * 2))
  out.buffer.copy(larger, 0, 0, out.at)
  out.buffer = larger
}

export function writeInt16(out: ByteWriter, value: number): void {
  const { buffer, at } = out
  buffer[at] = value >> 8
  buffer[at + 1] = value
  out.at = at + 2
}

export function writeInt32(out: ByteWriter, value: number): void {
  putInt32(out, out.at, value)
  out.at += 4
}

/** Writes at a place that was left free. */
export function putInt32({ buffer }: ByteWriter, at: number, value: number): void {
  buffer[at] = value >> 24
  buffer[at + 1] = value >> 16
  buffer[at + 2] = value >> 8
  buffer[at + 3] = value
}

/** A whole number that a double holds exactly, as 64 bits. */
export function writeInt64(out: ByteWriter, value: number): void {
  const high = Math.floor(value / 4_294_967_296)
  writeInt32(out, high)
  writeInt32(out, value - high * 4_294_967_296)
}

export function writeBigInt64(out: ByteWriter, value: bigint): void {
  out.buffer.writeBigInt64BE(value, out.at)
  out.at += 8
}

export function writeBytes(out: ByteWriter, bytes: Uint8Array): void {
  reserve(out, bytes.length)
  out.buffer.set(bytes, out.at)
  out.at += bytes.length
}

/** Writes once more what was written between two places. */
export function repeatBytes(out: ByteWriter, from: number, to: number): void {
  reserve(out, to - from)
  out.buffer.copyWithin(out.at, from, to)
  out.at += to - from
}

/** Up to this length, a loop over ASCII is faster than the call into native code. */
const loopedMax = 24

/** UTF-8, without a length. */
export function writeText(out: ByteWriter, text: string): void {
  reserve(out, text.length * 3)
  const { buffer, at } = out
  if (text.length <= loopedMax) {
    let index = 0
    for (; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code > 127) break
      buffer[at + index] = code
    }
    if (index === text.length) {
      out.at = at + index
      return
    }
  }
  out.at = at + buffer.write(text, at)
}

/** A value that does not fit its column; Postgres itself would report the same SQLSTATE. */
export class UnwritableValueError extends Error {
  override readonly name = 'UnwritableValueError'
  readonly code = '22P03'
  readonly retryable = false
  constructor(type: string) {
    super(`a value cannot be written as ${type}`)
  }
}
