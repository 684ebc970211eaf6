import { type FileMetaData, parquetMetadata } from 'hyparquet'
import { ParquetBoundError } from './inventory-error.ts'
import { type InventoryFileSource, readFileRange } from './read-file-range.ts'
import { walkThrift } from './thrift-walk.ts'

/** The metadata for a million objects is about 100 KB, so one read is usually enough. */
const firstBytes = 524_288
const metadataBytesMax = 4_194_304
/** A row group has about 20 for each of its columns. */
const elementsMax = 200_000
/** Length and magic number after the metadata. */
const tailBytes = 8

/** Reads the metadata at the end of a Parquet file, and checks it before it is parsed. */
export async function readParquetMetadata(
  source: InventoryFileSource,
  stringFromBytes: (bytes: Uint8Array | undefined) => string | undefined,
): Promise<FileMetaData> {
  const { sizeBytes } = source.file
  if (sizeBytes < tailBytes) throw new ParquetBoundError('no metadata')
  let from = Math.max(0, sizeBytes - firstBytes)
  let bytes = await readFileRange(source, from, sizeBytes)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - tailBytes, true)
  if (length > Math.min(metadataBytesMax, sizeBytes - tailBytes)) {
    throw new ParquetBoundError(`metadata of ${length} bytes`)
  }
  if (length + tailBytes > bytes.length) {
    from = sizeBytes - tailBytes - length
    bytes = await readFileRange(source, from, sizeBytes)
  }
  walkThrift(bytes.subarray(0, bytes.length - tailBytes), bytes.length - tailBytes - length, elementsMax)
  return parquetMetadata(bytes, { parsers: { stringFromBytes }, geoparquet: false })
}
