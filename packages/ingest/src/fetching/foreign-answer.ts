import { errorClassOf } from '@aftercall/storage/aws/error-class'
import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import type { ObjectRef } from '@aftercall/storage/objects/object-ref'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import type { Outcome } from '../outcome.ts'

/** Codes with which an answer that is not the store's would be rejected or ignored. */
const foreignCodes = new Set([
  'empty_object',
  'not_json',
  'gzip_broken',
  'identity_unreadable',
  'not_a_session',
  'empty_document',
])

/**
 * Something in front of the store (a proxy, a login page) may answer in its place, and only an answer of the store may end an
 * object without a session. Every store sends an ETag, so an answer without one that holds no session is a failure. One that
 * holds a session is stored all the same, because a proxy that compresses a body may remove the ETag.
 */
export function failureOfForeignAnswer(
  ref: ObjectRef,
  { etag }: Pick<FoundObject, 'etag'>,
  mapped: Settlement,
): (Outcome & { kind: 'failed' }) | undefined {
  if (etag !== undefined || !codesOf(mapped).every((code) => foreignCodes.has(code))) return undefined
  const errorClass = errorClassOf('unreadable_answer')
  const cause = new Error('the answer has no ETag and holds no session file')
  const { code, delaySeconds } = errorClass
  return { kind: 'failed', code, delaySeconds, cause: new ObjectFetchError(ref, cause, errorClass) }
}

/** Why nothing of the object is stored. */
function codesOf(mapped: Settlement): string[] {
  switch (mapped.kind) {
    case 'rejected':
      return mapped.rejections.map(({ code }) => code)
    case 'ignored':
    case 'failed':
      return [mapped.code]
    case 'documents':
    case 'missing':
    case 'removed':
    case 'other_event':
      return ['']
  }
}
