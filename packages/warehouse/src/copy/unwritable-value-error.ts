/** A value that is not what its column holds; Postgres itself would say so with the same SQLSTATE. */
export class UnwritableValueError extends Error {
  override readonly name = 'UnwritableValueError'
  readonly code = '22P03'
  readonly retryable = false
  constructor(type: string) {
    super(`a value cannot be written as ${type}`)
  }
}
