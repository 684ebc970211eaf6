import { errorClassOf } from '@aftercall/storage/aws/error-class'
import type { ObjectFetchError, ObjectListError } from '@aftercall/storage/objects/object-errors'
import type { QueueCallError } from '@aftercall/storage/queue/queue-call-error'
import { sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import type { LoadError } from '@aftercall/warehouse/load/loader'
import { callFailures, databaseFailure } from './failure-codes.ts'
import type { StopReason } from './outcome.ts'

/** Undefined when a later try may succeed, or when only some objects are affected. */
export function stopReasonOfCall(
  error: ObjectFetchError | ObjectListError | QueueCallError,
): StopReason | undefined {
  const { code, message } = error
  if (!errorClassOf(code).stops) return undefined
  return { code, message: `${message}: ${callFailures[code].meaning}; ${callFailures[code].toDo}` }
}

export function stopReasonOfLoad(error: LoadError): StopReason | undefined {
  if (error.retryable) return undefined
  const { code, cause } = error
  const state = sqlStateOf(cause) ?? ''
  const note = databaseFailure(state)
  // Postgres names the user or the table here; it names values in other classes only.
  const said = cause instanceof Error ? `: ${cause.message}` : ''
  const meaning = note?.meaning ?? 'nothing can be stored'
  return {
    code,
    message: `${meaning} (SQLSTATE ${state}${said}); ${note?.toDo ?? 'see docs/failure-codes.md'}`,
  }
}
