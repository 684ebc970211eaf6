import { callFailures } from './call-failures.ts'
import { databaseFailures, noteOfState } from './database-failures.ts'
import { keyFailures } from './key-failures.ts'
import type { FailureNote } from './note.ts'
import { documentFailures, ignoredObjects, messageFailures } from './object-failures.ts'
import { otherFailures } from './other-failures.ts'

/** All notes in one language, by code. */
export type FailureNotes = {
  [Kind in keyof typeof notes]: Readonly<Record<keyof (typeof notes)[Kind], FailureNote>>
}

export type ReadNote = (code: string) => FailureNote | undefined

const notes = {
  calls: callFailures,
  database: databaseFailures,
  documents: documentFailures,
  messages: messageFailures,
  others: otherFailures,
  ignored: ignoredObjects,
  keys: keyFailures,
}

/** Finds notes in one language. A call that cannot succeed when tried again is rejected with `object_` before its code. */
export function createReadNote({
  calls,
  database,
  documents,
  messages,
  others,
  ignored,
  keys,
}: FailureNotes): ReadNote {
  const byCode: ReadonlyMap<string, FailureNote> = new Map([
    ...Object.entries(calls),
    ...Object.entries(calls).map(([code, note]): [string, FailureNote] => [`object_${code}`, note]),
    ...[documents, messages, others, ignored, keys].flatMap((one) => Object.entries(one)),
  ])
  return (code) => {
    if (code.startsWith('database_') && code !== 'database_refused' && code !== 'database_unreachable')
      return noteOfState(database, code.slice('database_'.length))
    return byCode.get(code)
  }
}

/** The note on a code of the ledger, a rejection, or a metric; undefined for a code that is not listed. */
export const failureNote: ReadNote = createReadNote(notes)
