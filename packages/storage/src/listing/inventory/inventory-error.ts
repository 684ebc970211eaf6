/**
 * `file_changed`: a file does not match the manifest. `file_missing`: a lifecycle rule deleted it, or the report was copied
 * without it. `file_unreadable`: it matches the manifest, but is not a file of the declared format.
 */
export type InventoryErrorCode =
  | 'url_invalid'
  | 'manifest_missing'
  | 'manifest_invalid'
  | 'checksum_missing'
  | 'checksum_mismatch'
  | 'format_unsupported'
  | 'column_missing'
  | 'file_missing'
  | 'file_changed'
  | 'file_unreadable'

/** An inventory report cannot be used. The same call fails again until the message's advice is followed. */
export class InventoryError extends Error {
  override readonly name = 'InventoryError'
  readonly code: InventoryErrorCode
  readonly retryable = false
  /** Of the manifest or of one of its files. */
  readonly url: string
  /** Counted from 1. Set if one row of a file is the reason. */
  readonly row: number | undefined

  constructor(
    code: InventoryErrorCode,
    location: { url: string; row?: number },
    explanation: string,
    cause?: unknown,
  ) {
    const row = location.row === undefined ? '' : `, row ${location.row}`
    super(
      `cannot read the inventory ${location.url}${row}: ${explanation}`,
      cause === undefined ? undefined : { cause },
    )
    this.code = code
    this.url = location.url
    this.row = location.row
  }
}

/** A file declares more than its bytes can hold, or more than is allowed. The message has none of its content. */
export class ParquetBoundError extends Error {
  override readonly name = 'ParquetBoundError'
  readonly code = 'parquet_bound'
  readonly retryable = false
}
