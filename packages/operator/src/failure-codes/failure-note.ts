import { callFailures } from './call-failures.ts'
import { databaseFailure } from './database-failures.ts'
import { keyFailures } from './key-failures.ts'
import type { FailureNote } from './note.ts'
import { documentFailures, ignoredObjects, messageFailures } from './object-failures.ts'
import { otherFailures } from './other-failures.ts'

/** The note on a code of the ledger, a rejection, or a metric; undefined for a code that is not listed. */
export function failureNote(code: string): FailureNote | undefined {
  if (code.startsWith('database_') && code !== 'database_refused' && code !== 'database_unreachable')
    return databaseFailure(code.slice('database_'.length))
  return allFailures.get(code)
}

/** A call that cannot succeed when tried again is rejected with `object_` before its code. */
const allFailures: ReadonlyMap<string, FailureNote> = new Map([
  ...Object.entries(callFailures),
  ...Object.entries(callFailures).map(([code, note]): [string, FailureNote] => [`object_${code}`, note]),
  ...Object.entries(documentFailures),
  ...Object.entries(messageFailures),
  ...Object.entries(otherFailures),
  ...Object.entries(keyFailures),
  ...Object.entries(ignoredObjects),
])
