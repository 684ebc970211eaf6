import { errorClassOf } from '@aftercall/storage/aws/error-class'
import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import type { ObjectRef } from '@aftercall/storage/objects/object-ref'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import type { Outcome } from './outcome.ts'

/** What an answer that is not the store's would be rejected or ignored for. */
const codesOfAnother = new Set([
  'empty_object',
  'not_json',
  'gzip_broken',
  'identity_unreadable',
  'not_a_session',
  'empty_document',
])

/**
 * A failure in place of another end, where the answer had no ETag and nothing in it is a session. Every store gives an
 * ETag; what stands before it (a proxy, a page to log in) may not, and only the store's word can end an object without a
 * session. A session is stored all the same: a proxy that packs a body may take the ETag away.
 */
export function unidentified(
  ref: ObjectRef,
  { etag }: Pick<FoundObject, 'etag'>,
  mapped: Settlement,
): (Outcome & { kind: 'failed' }) | undefined {
  if (etag !== undefined || !codesOf(mapped).every((code) => codesOfAnother.has(code))) return undefined
  const verdict = errorClassOf('unreadable_answer')
  const cause = new Error('the answer has no ETag, and what it holds is no session file')
  const { code, delaySeconds } = verdict
  return { kind: 'failed', code, delaySeconds, cause: new ObjectFetchError(ref, cause, verdict) }
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
    case 'noted':
      return ['']
  }
}
