import { sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import type { LeaseHolder } from '@aftercall/warehouse/leases/leases'

/** Another process publishes to the place. Nothing was written. */
export class PublishBusyError extends Error {
  override readonly name = 'PublishBusyError'
  readonly code = 'publish_busy'
  readonly retryable = true
  constructor(place: string, { host }: LeaseHolder) {
    super(`${host} publishes to ${place}; it does what is to be done, or try again when it has ended`)
  }
}

/** The place has the files of another database. Nothing was written. */
export class ForeignPlaceError extends Error {
  override readonly name = 'ForeignPlaceError'
  readonly code = 'place_of_another_database'
  readonly retryable = false
  constructor(file: string) {
    super(
      `${file} says that another database publishes to this place: give an empty place, or delete that file to let this database replace what is there`,
    )
  }
}

export class PublishRightsError extends Error {
  override readonly name = 'PublishRightsError'
  readonly code = 'publish_not_allowed'
  readonly retryable = false
  constructor(cause: Error) {
    super(
      `${cause.message}: the login of database.url must have the roles aftercall_analyst and aftercall_publisher (docs/access.md)`,
      { cause },
    )
  }
}

/** Says what to do if the database refused for a missing privilege; returns any other failure as it is. */
export function explainPublishRefusal(error: unknown): unknown {
  return error instanceof Error && sqlStateOf(error) === '42501' ? new PublishRightsError(error) : error
}

/** A short name of a failure, for the row of the place. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.name : 'unknown'
}
