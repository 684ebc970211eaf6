import { ParquetBoundError } from './inventory-error.ts'

/** The integer fields and the struct fields of a struct, by field id. */
export type ThriftStruct = {
  numbers: ReadonlyMap<number, number>
  structs: ReadonlyMap<number, ThriftStruct>
}

type Walk = { bytes: Uint8Array; at: number; left: number }

/** Real metadata is 6 levels deep. */
const depthMax = 16
/** For 64 bits, seven in each byte. */
const varintBytesMax = 10

/**
 * Reads a struct of Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md)
 * before a reader that trusts it: no number, list, or nesting may be larger than its bytes, and there may be at most
 * `elementsMax` elements.
 */
export function walkThrift(
  bytes: Uint8Array,
  from: number,
  elementsMax: number,
): { struct: ThriftStruct; end: number } {
  const walk = { bytes, at: from, left: elementsMax }
  const struct = readStruct(walk, 1)
  return { struct, end: walk.at }
}

function readStruct(walk: Walk, depth: number): ThriftStruct {
  if (depth > depthMax) throw new ParquetBoundError(`a nesting of more than ${depthMax}`)
  const numbers = new Map<number, number>()
  const structs = new Map<number, ThriftStruct>()
  for (let id = 0; ; ) {
    const head = readByte(walk)
    const type = head & 0x0f
    if (type === 0) return { numbers, structs }
    count(walk)
    id = head >> 4 === 0 ? readZigzag(walk) : id + (head >> 4)
    const value = readValue(walk, type, depth)
    if (typeof value === 'number') numbers.set(id, value)
    else if (value !== undefined) structs.set(id, value)
  }
}

function readValue(walk: Walk, type: number, depth: number): number | ThriftStruct | undefined {
  switch (type) {
    case 1:
      return 1
    case 2:
      return 0
    case 3:
      return readByte(walk)
    case 4:
    case 5:
    case 6:
      return readZigzag(walk)
    case 7:
      skip(walk, 8)
      return undefined
    case 8:
      skip(walk, readVarint(walk))
      return undefined
    case 9:
      skipList(walk, depth)
      return undefined
    case 12:
      return readStruct(walk, depth + 1)
    default:
      throw new ParquetBoundError(`a value of the unknown type ${type}`)
  }
}

function skipList(walk: Walk, depth: number): void {
  if (depth > depthMax) throw new ParquetBoundError(`a nesting of more than ${depthMax}`)
  const head = readByte(walk)
  const type = head & 0x0f
  const size = head >> 4 === 15 ? readVarint(walk) : head >> 4
  // Every element has at least one byte.
  if (size > walk.bytes.length - walk.at) throw new ParquetBoundError('a list longer than its bytes')
  for (let element = 0; element < size; element += 1) {
    count(walk)
    // In a list, a boolean takes a byte.
    readValue(walk, type === 1 || type === 2 ? 3 : type, depth + 1)
  }
}

function count(walk: Walk): void {
  walk.left -= 1
  if (walk.left < 0) throw new ParquetBoundError('more fields and elements than any real file has')
}

function readByte(walk: Walk): number {
  const byte = walk.bytes[walk.at]
  if (byte === undefined) throw new ParquetBoundError('a struct that does not end')
  walk.at += 1
  return byte
}

function skip(walk: Walk, length: number): void {
  if (length > walk.bytes.length - walk.at) throw new ParquetBoundError('a value longer than its bytes')
  walk.at += length
}

function readVarint(walk: Walk): number {
  let value = 0
  for (let read = 0; read < varintBytesMax; read += 1) {
    const byte = readByte(walk)
    value += (byte & 0x7f) * 2 ** (7 * read)
    if (byte < 0x80) return value
  }
  throw new ParquetBoundError('a number that does not end')
}

function readZigzag(walk: Walk): number {
  const value = readVarint(walk)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
