import type { S3Client } from '@aws-sdk/client-s3'
import { errorClassOf } from '../../aws/error-class.ts'
import { ObjectFetchError } from '../../objects/object-errors.ts'
import { InventoryError } from './inventory-error.ts'
import { type InventoryObject, InventoryValueError, readInventoryObject } from './inventory-object.ts'
import type { Inventory, InventoryFile } from './open-inventory.ts'
import { readCsvRows } from './read-csv-rows.ts'
import { type InventoryFileSource, urlOfFile } from './read-file-range.ts'
import { readParquetRows } from './read-parquet-rows.ts'
import type { RowBatch } from './row-batch.ts'

export type InventoryPage = {
  /** Without older versions and delete markers, so the page may be empty. */
  objects: InventoryObject[]
  /** Rows of the file up to the end of this page, including those without an object. Reading continues there. */
  rows: number
}

export type InventoryFileOptions = {
  /** `rows` of the last page that is done. */
  startRow?: number
  signal?: AbortSignal | undefined
}

/**
 * The objects of one file of a report in the file's order, in pages of at most 1,000 rows. Rejects with `ObjectFetchError`
 * if S3 fails: the pages before it are correct, and `startRow` continues after them. Rejects with `InventoryError` if the
 * file is not as the manifest describes it. After `file_changed`, no page and no position of the file can be trusted. A CSV
 * file is checked before its last page. For a Parquet file only the size is checked.
 */
export async function* readInventoryFile(
  client: S3Client,
  inventory: Inventory,
  file: InventoryFile,
  options: InventoryFileOptions = {},
): AsyncGenerator<InventoryPage> {
  const { startRow = 0, signal } = options
  const source = { client, inventory, file, signal }
  let rows = startRow
  for await (const batch of readRows(source, startRow)) {
    if (signal?.aborted) {
      const location = { bucket: inventory.destinationBucket, key: file.key }
      throw new ObjectFetchError(location, signal.reason, errorClassOf('aborted'))
    }
    const objects = readObjects(source, batch, rows)
    rows += batch.count
    yield { objects, rows }
  }
}

function readRows(source: InventoryFileSource, startRow: number): AsyncGenerator<RowBatch> {
  switch (source.inventory.format) {
    case 'CSV':
      return readCsvRows(source, startRow)
    case 'Parquet':
      return readParquetRows(source, startRow)
  }
}

function readObjects(source: InventoryFileSource, batch: RowBatch, rowsBefore: number): InventoryObject[] {
  const { sourceBucket, format } = source.inventory
  const objects: InventoryObject[] = []
  for (let row = 0; row < batch.count; row += 1) {
    try {
      const object = readInventoryObject(sourceBucket, format, (column) => batch.valueAt(row, column))
      if (object !== undefined) objects.push(object)
    } catch (error) {
      if (!(error instanceof InventoryValueError)) throw error
      const location = { url: urlOfFile(source), row: rowsBefore + row + 1 }
      throw new InventoryError('file_unreadable', location, `${error.message}; choose another report`, error)
    }
  }
  return objects
}
