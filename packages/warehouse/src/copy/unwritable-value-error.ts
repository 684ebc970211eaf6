/** A value that does not fit its column; Postgres itself would report the same SQLSTATE. */
export class UnwritableValueError extends Error {
  override readonly name = 'UnwritableValueError'
  readonly code = '22P03'
  readonly retryable = false
  constructor(type: string) {
    super(`a value cannot be written as ${type}`)
  }
}
