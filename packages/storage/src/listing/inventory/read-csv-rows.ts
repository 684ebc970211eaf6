import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { createMd5, type RunningMd5 } from '../../aws/md5.ts'
import { ObjectFetchError } from '../../objects/object-errors.ts'
import { findColumn, type InventoryColumn, inventoryColumns } from './inventory-columns.ts'
import { InventoryError } from './inventory-error.ts'
import { type InventoryFileSource, readFileRange, urlOfFile } from './read-file-range.ts'
import { type RowBatch, rowsPerPage } from './row-batch.ts'

const pieceBytes = 2 * 1024 * 1024

/** Far above any row of S3, so that a file without line ends is refused instead of filling the memory. */
const rowBytesMax = 1024 * 1024

/**
 * The rows of a gzipped CSV file after the first `startRow`. Those must be read too, because gzip can only be read from the
 * beginning. Before the last batch, the file's MD5 is compared with the manifest's, so a damaged file is never complete.
 * Memory is bounded by three pieces and one batch.
 */
export async function* readCsvRows(source: InventoryFileSource, startRow: number): AsyncGenerator<RowBatch> {
  const { columns } = source.inventory
  const positions = new Map(inventoryColumns.map((column) => [column, findColumn(columns, column)]))
  const md5 = createMd5()
  let row = 0
  let records: string[][] = []
  for await (const record of parseFile(source, md5)) {
    row += 1
    if (record.length !== columns.length) {
      const reason = `it has ${record.length} fields, but the manifest has ${columns.length} columns`
      throw unreadable(source, reason, { row })
    }
    if (row <= startRow) continue
    // A full batch waits for the next row, because it may be the last batch.
    if (records.length === rowsPerPage) {
      yield toBatch(records, positions)
      records = []
    }
    records.push(record)
  }
  verifyMd5(source, md5.digest())
  if (records.length > 0) yield toBatch(records, positions)
}

async function* parseFile(source: InventoryFileSource, md5: RunningMd5): AsyncGenerator<string[]> {
  const parser = parse({
    record_delimiter: ['\n', '\r\n'],
    // S3 ends some files with empty lines.
    skip_empty_lines: true,
    max_record_size: rowBytesMax,
    relax_column_count: true,
  })
  const pieces = Readable.from(readPieces(source, md5), { highWaterMark: 1 })
  // Every failure destroys the parser with its error, which the loop below throws.
  pipeline(pieces, createGunzip(), parser, () => {})
  try {
    for await (const record of parser) yield record
  } catch (error) {
    if (error instanceof ObjectFetchError || error instanceof InventoryError) throw error
    throw unreadable(source, `it is not a gzipped CSV file (${codeOf(error)})`, { cause: error })
  }
}

async function* readPieces(source: InventoryFileSource, md5: RunningMd5): AsyncGenerator<Uint8Array> {
  const { sizeBytes } = source.file
  for (let start = 0; start < sizeBytes; start += pieceBytes) {
    const piece = await readFileRange(source, start, Math.min(start + pieceBytes, sizeBytes))
    md5.update(piece)
    yield piece
  }
}

function toBatch(records: string[][], positions: ReadonlyMap<InventoryColumn, number>): RowBatch {
  return {
    count: records.length,
    valueAt: (row, column) => records[row]?.[positions.get(column) ?? -1],
  }
}

function verifyMd5(source: InventoryFileSource, computed: string | undefined): void {
  if (computed === undefined || computed === source.file.md5) return
  throw new InventoryError(
    'file_changed',
    { url: urlOfFile(source) },
    'its MD5 does not match the manifest, so the rows read from it may be wrong; choose another report',
  )
}

/** The messages of zlib and the parser may quote the file. Their codes do not. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

function unreadable(
  source: InventoryFileSource,
  reason: string,
  { row, cause }: { row?: number; cause?: unknown },
): InventoryError {
  const location = { url: urlOfFile(source), ...(row === undefined ? {} : { row }) }
  return new InventoryError('file_unreadable', location, `${reason}; choose another report`, cause)
}
