import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  type ParquetRowRange,
  type ParquetScan,
  parquetScan,
} from 'hyparquet'
import { ObjectFetchError } from '../../objects/object-errors.ts'
import { checkParquetPages } from './check-parquet-pages.ts'
import { findColumn, type InventoryColumn, inventoryColumns } from './inventory-columns.ts'
import { InventoryError, ParquetBoundError } from './inventory-error.ts'
import { parquetChunks, rangeKey } from './parquet-chunks.ts'
import { type InventoryFileSource, readFileRange, urlOfFile } from './read-file-range.ts'
import { readParquetMetadata } from './read-parquet-metadata.ts'
import { type RowBatch, rowsPerPage } from './row-batch.ts'

const keyDecoder = new TextDecoder('utf-8', { ignoreBOM: true })

type ColumnValues = ReadonlyMap<InventoryColumn, DecodedArray>

/**
 * The rows of a Parquet file after the first `startRow`. Memory is bounded by one row group of the columns we read, about
 * 300 bytes a row, and by our own limits for a row group. Row groups before `startRow` and all other columns are not
 * fetched, so the file's MD5 is not checked. S3 compresses with Snappy
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html).
 */
export async function* readParquetRows(
  source: InventoryFileSource,
  startRow: number,
): AsyncGenerator<RowBatch> {
  const names = namesInFile(source.inventory.columns)
  const scan = await explainFailure(source, async () => {
    const metadata = await readParquetMetadata(source, stringFromBytes)
    return parquetScan({
      file: toAsyncBuffer(source, metadata, [...names.values()]),
      metadata,
      columns: [...names.values()],
      rowStart: startRow,
      // Reads whole columns, so that the file cannot choose which bytes are read.
      useOffsetIndex: false,
      parsers: { stringFromBytes },
    })
  })
  for (const group of scan.ranges) {
    const values = await explainFailure(source, () => readGroup(scan, group, names))
    const groupRows = group.rowEnd - group.rowStart
    for (let first = 0; first < groupRows; first += rowsPerPage) {
      yield {
        count: Math.min(rowsPerPage, groupRows - first),
        valueAt: (row, column) => values.get(column)?.[first + row],
      }
    }
  }
}

function namesInFile(columns: readonly string[]): Map<InventoryColumn, string> {
  return new Map(
    inventoryColumns.flatMap((column) => {
      const name = columns[findColumn(columns, column)]
      return name === undefined ? [] : [[column, name]]
    }),
  )
}

async function readGroup(
  scan: ParquetScan,
  group: ParquetRowRange,
  names: ReadonlyMap<InventoryColumn, string>,
): Promise<ColumnValues> {
  const read = [...names].map(async ([column, name]) => {
    const values = await scan.readColumn({ ...group, column: name })
    if (values.length !== group.rowEnd - group.rowStart) {
      throw new Error(`the column ${name} has ${values.length} values from row ${group.rowStart} on`)
    }
    return [column, values] as const
  })
  return new Map(await Promise.all(read))
}

/** Unlike the reader's own, it keeps U+FEFF at the beginning of a key. */
function stringFromBytes(bytes: Uint8Array | undefined): string | undefined {
  return bytes && keyDecoder.decode(bytes)
}

/** Provides whole columns of a row group, after checking that they are no larger than they declare. */
function toAsyncBuffer(
  source: InventoryFileSource,
  metadata: FileMetaData,
  names: readonly string[],
): AsyncBuffer {
  const { sizeBytes } = source.file
  const chunks = parquetChunks(metadata, names, sizeBytes)
  return {
    byteLength: sizeBytes,
    slice: async (start, end = sizeBytes) => {
      const chunk = chunks.get(rangeKey(start, end))
      if (chunk === undefined) throw new ParquetBoundError('a range that is not a column')
      const bytes = new Uint8Array(await readFileRange(source, start, end))
      checkParquetPages(bytes, chunk)
      return bytes.buffer
    },
  }
}

/** If the reader throws, the file is not a Parquet file, or uses features that the reader does not support. */
async function explainFailure<Result>(
  source: InventoryFileSource,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ObjectFetchError || error instanceof InventoryError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new InventoryError(
      'file_unreadable',
      { url: urlOfFile(source) },
      `it is not a Parquet file that we can read (${reason}); choose another report, or configure it to write CSV`,
      error,
    )
  }
}
