import { readDate } from '@aftercall/runtime/text/read-time'
import { decodeFormKey } from '../../objects/object-key.ts'
import { createObjectRef, type ObjectRef } from '../../objects/object-ref.ts'
import type { InventoryColumn } from './inventory-columns.ts'

/** One object of a bucket, from an inventory. Fields without a column in the report are left out. */
export type InventoryObject = ObjectRef & { lastModified?: Date }

/** Reads a value of one row, in the form of the file's format. Undefined or null if there is none. */
type ReadValue = (column: InventoryColumn) => unknown

/** A value that its column cannot hold. The message names the column, not the value. */
export class InventoryValueError extends Error {
  override readonly name = 'InventoryValueError'
  readonly code = 'value_invalid'
  readonly retryable = false
  readonly column: InventoryColumn

  constructor(column: InventoryColumn, expected: string) {
    super(`the column ${column} does not hold ${expected}`)
    this.column = column
  }
}

/**
 * The object of one row. Undefined for older versions and delete markers. Only CSV files encode keys
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html, "Key name"), like an HTML form. Throws
 * `InventoryValueError`.
 */
export function readInventoryObject(
  bucket: string,
  format: 'CSV' | 'Parquet',
  read: ReadValue,
): InventoryObject | undefined {
  if (readFlag('IsLatest', read) === false || readFlag('IsDeleteMarker', read) === true) return undefined
  const key = readText('Key', read)
  if (key === undefined) throw new InventoryValueError('Key', 'a key')
  const ref = createObjectRef({
    bucket,
    key: format === 'CSV' ? decodeFormKey(key).key : key,
    rawKey: undefined,
    versionId: readText('VersionId', read),
    etag: readText('ETag', read),
    sequencer: undefined,
    sizeBytes: readSize(read),
  })
  const lastModified = readLastModified(read)
  return lastModified === undefined ? ref : { ...ref, lastModified }
}

function readText(column: InventoryColumn, read: ReadValue): string | undefined {
  const value = read(column)
  if (isNone(value)) return undefined
  if (typeof value !== 'string') throw new InventoryValueError(column, 'a text')
  return value
}

function readFlag(column: InventoryColumn, read: ReadValue): boolean | undefined {
  const value = read(column)
  if (isNone(value)) return undefined
  const written = String(value).toLowerCase()
  if (written !== 'true' && written !== 'false') throw new InventoryValueError(column, 'true or false')
  return written === 'true'
}

function readSize(read: ReadValue): number | undefined {
  const value = read('Size')
  if (isNone(value)) return undefined
  const sizeBytes = Number(value)
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
    throw new InventoryValueError('Size', 'a number of bytes')
  return sizeBytes
}

/** CSV has ISO 8601 text. Parquet has milliseconds, which its reader turns into dates if the file's schema says so. */
function readLastModified(read: ReadValue): Date | undefined {
  const value = read('LastModifiedDate')
  if (isNone(value)) return undefined
  const date =
    typeof value === 'string' ? readDate(value) : new Date(value instanceof Date ? value : Number(value))
  if (date === undefined || Number.isNaN(date.getTime()))
    throw new InventoryValueError('LastModifiedDate', 'a time')
  return date
}

/** An empty CSV field has no value. */
function isNone(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
