import { errorClassOf } from '@aftercall/storage/aws/error-class'
import type { ObjectFetchError, ObjectListError } from '@aftercall/storage/objects/object-errors'
import type { QueueCallError } from '@aftercall/storage/queue/queue-call-error'
import { sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import type { LoadError } from '@aftercall/warehouse/load/loader'
import { DocumentKeyError } from '@aftercall/warehouse/sealing/document-key-error'
import type { StopReason } from './outcome.ts'

/** Undefined when a later try may succeed, or when only some objects are affected. */
export function stopReasonOfCall(
  error: ObjectFetchError | ObjectListError | QueueCallError,
): StopReason | undefined {
  const { code, message } = error
  return errorClassOf(code).stops ? { kind: 'call', code, error: message } : undefined
}

export function stopReasonOfLoad(error: LoadError): StopReason | undefined {
  if (error.retryable) return undefined
  const { code, cause } = error
  if (cause instanceof DocumentKeyError) return { kind: 'key', code: cause.code, error: cause.message }
  // Errors that stop the worker name a user or a table; only other classes name values.
  const said = cause instanceof Error ? cause.message : null
  return { kind: 'database', code, sqlState: sqlStateOf(cause) ?? '', said }
}
