import { readFileSync } from 'node:fs'
import { errorClassOf, type FailureCode, failureCodes } from '@aftercall/storage/aws/error-class'
import { isOutage, sqlErrorClassOf } from '@aftercall/warehouse/connection/error-class'
import { expect, test } from 'vitest'
import { callFailures } from './call-failures.ts'
import { databaseFailures } from './database-failures.ts'
import { keyFailures } from './key-failures.ts'
import type { FailureNote } from './note.ts'
import { documentFailures, ignoredObjects, messageFailures } from './object-failures.ts'
import { commandFailures, otherFailures } from './other-failures.ts'

const page = new URL('../../../../docs/failure-codes.md', import.meta.url).pathname

const introduction = `# Failure codes

This page lists every failure code that can appear in the ledger, a rejection, a metric or a log line: what it means, what
Aftercall does, and what you can do. It is generated from \`packages/operator/src/failure-codes/\`; after a change, run
\`npx vitest run packages/operator/src/failure-codes -u\`.

Aftercall does one of four things:

- **retried**: the message returns to the queue and is delivered again after a delay. The delay is random, between 2.5 and 5 s
  at first. Both bounds double with each receive, up to 7.5 and 15 minutes. The delay is never shorter than the table says.
  After too many receives, SQS moves the message to the dead-letter queue; \`aftercall replay --dead-letters\` replays it.
- **rejected**: a retry would not help. The message is acked, and the reason and the bytes are kept in \`ingest.rejection\`.
  See \`aftercall rejections list\` and \`aftercall replay --rejected\`.
- **ignored**: the object is left out, and nothing is wrong. The message is acked, and the ledger keeps the reason.
- **stops the worker**: every object would fail until the cause is repaired. The worker receives no more messages, returns
  those in flight, logs in one line what to do, and exits with code 1 within \`worker.graceSeconds\`. No message is
  dead-lettered because of it. When you start the worker again, it waits until the cause is repaired, and logs each try.

Bad credentials stop the worker only if no call succeeds with them. Before it stops, the worker lists every source that uses
them. If a listing succeeds, the error came from elsewhere, such as a proxy that refuses a single object or only receives;
then the object is retried after 300 s. A source with its own \`endpoint\` or \`credentials\` never stops the worker: its
objects are retried, and the other sources continue.

A store, or a proxy in front of it, may answer with status 200 but without the object: with an error document, a web page,
nothing, or another version. The object is then retried as \`unreadable_answer\`, and never rejected or ignored. The same
holds for an answer without an ETag whose content is not recognized. You can use a store that sends no ETags, but unrecognized
files from it are dead-lettered instead of ignored or rejected.

A proxy in front of an endpoint other than AWS may rewrite the path of a key such as \`a/../b\` or \`a//b\`. The request would
then read another object, possibly from another bucket, and no encoding prevents that. So before it reads such a key, the
worker requests an allowed object by a path of that kind. If the path is changed, the key is rejected as
\`object_key_unsafe\`. From AWS itself, such keys are read as they are.
`

test('docs/failure-codes.md lists every code with its meaning, what happens, and what to do', async () => {
  const text = [
    introduction,
    section('Calls to S3 and SQS', callRows()),
    section(
      'Content of objects',
      rowsOf(documentFailures, () => 'rejected'),
    ),
    section(
      'Content of messages',
      rowsOf(messageFailures, () => 'rejected'),
    ),
    section(
      'Ignored objects',
      rowsOf(ignoredObjects, () => 'ignored'),
    ),
    section('Postgres', databaseRows()),
    section(
      'Encryption',
      rowsOf(keyFailures, () => 'stops the worker; a command that reads leaves the document out'),
    ),
    section(
      'Other',
      rowsOf(otherFailures, (code) => (code === 'defect' ? 'retried after 60 s' : waitedOut)),
    ),
    section(
      'Commands',
      rowsOf(commandFailures, (code) =>
        code === 'object_list_lost' ? 'the reconcile exits with 1' : heldBack,
      ),
    ),
  ].join('\n')
  await expect(text).toMatchFileSnapshot(page)
})

test('every SQLSTATE that the code distinguishes has a note', () => {
  const source = readFileSync(
    new URL('../../../warehouse/src/connection/error-class.ts', import.meta.url),
    'utf8',
  )
  const judged = [...source.matchAll(/^ {2}'?(\w{2}|\w{5})'?: '/gm)].map(([, state]) => state)
  expect(judged.length).toBeGreaterThan(15)
  expect(Object.keys(databaseFailures)).toEqual(expect.arrayContaining(judged))
})

type Row = { code: string; happens: string; note: FailureNote }

const heldBack = 'retention removes nothing, not even rejections; the command exits with 1'
const waitedOut = 'the worker waits: messages stay in flight, and no more are received'

function section(title: string, rows: Row[]): string {
  const lines = rows.map(
    ({ code, happens, note }) => `| \`${code}\` | ${note.meaning} | ${happens} | ${note.toDo} |`,
  )
  return [
    `## ${title}`,
    '',
    '| code | meaning | what happens | what to do |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n')
}

function rowsOf(notes: Readonly<Record<string, FailureNote>>, happens: (code: string) => string): Row[] {
  return Object.entries(notes).map(([code, note]) => ({ code, happens: happens(code), note }))
}

const ofQueueOnly = new Set<FailureCode>(['no_such_queue', 'too_many_in_flight', 'receipt_invalid'])

function callRows(): Row[] {
  return failureCodes.map((code) => {
    const note = callFailures[code]
    if (ofQueueOnly.has(code))
      return { code, happens: 'the call is retried; no object fails because of it', note }
    const { retryable, stops, delaySeconds } = errorClassOf(code)
    const happens = stops ? 'stops the worker' : `retried after ${delaySeconds} s`
    return {
      code,
      happens: retryable ? happens : `rejected, as \`object_${code}\``,
      note,
    }
  })
}

function databaseRows(): Row[] {
  return Object.entries(databaseFailures).map(([state, note]) => {
    const isClass = state.length === 2
    const code = isClass ? `database_${state}…` : `database_${state}`
    return { code, happens: whatHappens(isClass ? `${state}P01` : state), note }
  })
}

function whatHappens(sqlState: string): string {
  const error = Object.assign(new Error(), { code: sqlState })
  switch (sqlErrorClassOf(error)) {
    case 'stop':
      return 'stops the worker'
    case 'refused':
      return 'rejected, as `database_refused`; the rest of the batch is stored'
    case 'retry':
      return isOutage(error)
        ? waitedOut
        : 'the batch is tried 5 times, then the message is retried after 30 s'
  }
}
