import { sqlStateOf } from '@aftercall/warehouse/connection/error-class'

export class ExportRightsError extends Error {
  override readonly name = 'ExportRightsError'
  readonly code = 'export_not_allowed'
  readonly retryable = false
  constructor(cause: Error) {
    super(
      `${cause.message}: the login of database.url must be allowed to read analytics; use one of aftercall_analyst (docs/access.md)`,
      { cause },
    )
  }
}

/** Says what to do if the database refused for a missing privilege; returns any other failure as it is. */
export function explainRefusal(error: unknown): unknown {
  return error instanceof Error && sqlStateOf(error) === '42501' ? new ExportRightsError(error) : error
}
