/** A file says what its bytes cannot hold, or more than is allowed. Says nothing of its content. */
export class ParquetBoundError extends Error {
  override readonly name = 'ParquetBoundError'
  readonly code = 'parquet_bound'
  readonly retryable = false
}
