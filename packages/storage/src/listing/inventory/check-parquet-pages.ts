import { snappyUncompress } from 'hyparquet'
import { checkRuns } from './check-parquet-runs.ts'
import { ParquetBoundError } from './inventory-error.ts'
import { type ThriftStruct, walkThrift } from './thrift-walk.ts'

/** What the file's metadata says about a column of one row group. */
export type ParquetChunk = {
  rows: number
  isSnappy: boolean
  isOptional: boolean
  isBoolean: boolean
}

type Page = { bytes: Uint8Array; unpackedBytes: number; values: number; encoding: number }

/** For page headers, including statistics. */
const headerElementsMax = 100
/** A copy of 64 bytes is encoded in three (https://github.com/google/snappy/blob/main/format_description.txt). */
const snappyRatioMax = 22
/** More than one column of a row group of the default size. */
const unpackedBytesMax = 268_435_456

const dataPage = 0
const dictionaryPage = 2
const dataPage2 = 3

/** https://parquet.apache.org/docs/file-format/data-pages/encodings/ */
const plain = 0
const plainDictionary = 2
const runs = 3
const runsOfDictionary = 8
/** The other encodings can turn a megabyte into gigabytes, or do not fit these columns. */
const knownEncodings = new Set([plain, plainDictionary, runs, 5, 6, runsOfDictionary])

/**
 * Checks a column's pages before a reader trusts their headers: a page is no larger than its bytes can become, it has no more
 * values than there are rows, and no run in it is longer.
 */
export function checkParquetPages(chunk: Uint8Array, column: ParquetChunk): void {
  let unpacked = 0
  let values = 0
  for (let at = 0; at < chunk.length - 1 && values < column.rows; ) {
    const { struct, end } = walkThrift(chunk, at, headerElementsMax)
    const unpackedBytes = sizeOf(struct, 2, unpackedBytesMax)
    const packedBytes = sizeOf(struct, 3, chunk.length - end)
    unpacked += unpackedBytes
    if (unpacked > unpackedBytesMax)
      throw new ParquetBoundError('a column of more bytes than a row group has')
    const bytes = chunk.subarray(end, end + packedBytes)
    const page = { bytes, unpackedBytes, values: 0, encoding: plain }
    values += checkPage(struct, page, { ...column, rows: column.rows - values })
    at = end + packedBytes
  }
}

/** Returns the number of rows in the page. */
function checkPage(header: ThriftStruct, page: Page, column: ParquetChunk): number {
  switch (sizeOf(header, 1, dataPage2)) {
    case dataPage:
      return checkDataPage(fieldsOf(header, 5), page, column)
    case dictionaryPage: {
      // Its values are plain, at least one byte each. Booleans have no dictionary.
      sizeOf(fieldsOf(header, 7), 1, unpack(page, column).length)
      return 0
    }
    case dataPage2:
      return checkDataPage2(fieldsOf(header, 8), page, column)
    default:
      throw new ParquetBoundError('a page of a type without values')
  }
}

function checkDataPage(fields: ThriftStruct, page: Page, column: ParquetChunk): number {
  const values = sizeOf(fields, 1, column.rows)
  const unpacked = unpack(page, column)
  const levels = column.isOptional ? withLength(unpacked) : undefined
  if (levels !== undefined) checkRuns(levels, 1, values)
  const rest = unpacked.subarray(levels === undefined ? 0 : 4 + levels.length)
  checkValues(rest, { values, encoding: sizeOf(fields, 2, runsOfDictionary), column })
  return values
}

function checkDataPage2(fields: ThriftStruct, page: Page, column: ParquetChunk): number {
  const values = sizeOf(fields, 1, column.rows)
  sizeOf(fields, 2, values)
  sizeOf(fields, 3, values)
  const bytesMax = Math.min(page.bytes.length, page.unpackedBytes)
  const levels = sizeOf(fields, 5, bytesMax)
  if (sizeOf(fields, 6, bytesMax) !== 0) throw new ParquetBoundError('a list where one value belongs')
  if (column.isOptional) checkRuns(page.bytes.subarray(0, levels), 1, values)
  const isPacked = fields.numbers.get(7) !== 0
  const rest = { ...page, bytes: page.bytes.subarray(levels), unpackedBytes: page.unpackedBytes - levels }
  const unpacked = isPacked ? unpack(rest, column) : rest.bytes
  checkValues(unpacked, { values, encoding: sizeOf(fields, 4, runsOfDictionary), column })
  return values
}

type Values = { values: number; encoding: number; column: ParquetChunk }

function checkValues(bytes: Uint8Array, { values, encoding, column }: Values): void {
  if (!knownEncodings.has(encoding)) throw new ParquetBoundError(`the encoding ${encoding}`)
  const isDictionary = encoding === plainDictionary || encoding === runsOfDictionary
  if (column.isBoolean ? isDictionary : encoding === runs)
    throw new ParquetBoundError(`the encoding ${encoding} of values that cannot have it`)
  if (encoding === runs) checkRuns(withLength(bytes), 1, values)
  if (isDictionary) checkRuns(bytes.subarray(1), Math.min(bytes[0] ?? 0, 32), values)
}

/** The bytes after their length, which takes four bytes. */
function withLength(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) throw new ParquetBoundError('a page that ends early')
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  if (length > bytes.length - 4) throw new ParquetBoundError('levels longer than their page')
  return bytes.subarray(4, 4 + length)
}

function unpack({ bytes, unpackedBytes }: Page, { isSnappy }: ParquetChunk): Uint8Array {
  if (!isSnappy) return bytes
  if (unpackedBytes > (bytes.length + 1) * snappyRatioMax) {
    throw new ParquetBoundError('a page larger than its bytes can become')
  }
  const unpacked = new Uint8Array(unpackedBytes)
  snappyUncompress(bytes, unpacked)
  return unpacked
}

function fieldsOf(header: ThriftStruct, id: number): ThriftStruct {
  const fields = header.structs.get(id)
  if (fields === undefined) throw new ParquetBoundError('a page without its header')
  return fields
}

/**
 * Of a field that every page header has (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift). The
 * reader takes no size for granted: without one, it may read the same byte without end.
 */
function sizeOf({ numbers }: ThriftStruct, id: number, max: number): number {
  const size = numbers.get(id)
  if (size === undefined) throw new ParquetBoundError(`a page header without its field ${id}`)
  if (size < 0 || size > max) throw new ParquetBoundError(`a size of ${size}, but the maximum is ${max}`)
  return size
}
