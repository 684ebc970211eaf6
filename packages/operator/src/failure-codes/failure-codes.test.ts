import { readFileSync } from 'node:fs'
import { errorClassOf, type FailureCode, failureCodes } from '@aftercall/storage/aws/error-class'
import { isOutage, sqlErrorClassOf } from '@aftercall/warehouse/connection/error-class'
import { expect, test } from 'vitest'
import { callFailures } from './call-failures.ts'
import { databaseFailures } from './database-failures.ts'
import type { FailureNote } from './note.ts'
import { documentFailures, ignoredObjects, messageFailures } from './object-failures.ts'
import { commandFailures, otherFailures } from './other-failures.ts'

const page = new URL('../../../../docs/failure-codes.md', import.meta.url).pathname

const introduction = `# Failure codes

Every failure code that the ledger, a rejection, a metric, or a log line can contain: what it means, what happens automatically, and what you
can do. This page is generated from the code (\`packages/operator/src/failure-codes/\`; after a change run
\`npx vitest run packages/operator/src/failure-codes -u\`).

One of four things happens:

- **comes back**: the message is returned to the queue with a delay. The delay is random, in the upper half of a bound that starts at
  5 s and doubles with every receive up to 15 minutes, and is never shorter than the table says. A message that comes back too
  often is dead-lettered by the queue's redrive policy. \`aftercall replay --dead-letters\` replays it.
- **rejected**: trying again does not help. The reason and the bytes are kept in \`ingest.rejection\`, and the message is acked.
  See \`aftercall rejections list\` and \`aftercall replay --rejected\`.
- **ignored**: the object is left out, and nothing is wrong. The ledger keeps the reason, and the message is acked.
- **stops the worker**: every object would fail until the cause is repaired. The worker receives no more messages,
  returns those in flight, logs in one line what to do, and exits with code 1 within \`worker.graceSeconds\`. No message
  is dead-lettered because of it. When started again, the worker waits until the cause is repaired, and logs each try.

Bad credentials stop the worker only if no call succeeds with them: first it lists every source that shares them. A proxy in front of
a store or a queue may refuse a single object, or only receives, with the same error; then the object comes back after 300 s.

A store may answer with something other than the object and the status 200: an error document, a web page, nothing, or another
version. Such an answer comes back as \`unreadable_answer\`; it is never rejected or ignored. An answer without an ETag is accepted only if it is a
session. Stores that send no ETags work, but their files that are not sessions are dead-lettered instead of rejected.

A key such as \`a/../b\` or \`a//b\` is read from AWS as it is. In front of another endpoint there may be a proxy that changes such
paths, so that another object would be read, even one of another bucket. No encoding prevents that. The worker therefore first requests an
allowed object by such a path. If the path is changed, the key is rejected as \`object_key_unsafe\`.

A source with its own \`endpoint\` or \`credentials\` never stops the worker: its objects come back, and the other sources continue.
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
      'Other',
      rowsOf(otherFailures, (code) => (code === 'defect' ? 'comes back after 60 s' : waitedOut)),
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
      return { code, happens: 'the call is tried again; no object fails because of it', note }
    const { retryable, stops, delaySeconds } = errorClassOf(code)
    const happens = stops ? 'stops the worker' : `comes back after ${delaySeconds} s`
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
      return isOutage(error) ? waitedOut : 'tried again 5 times, then comes back after 30 s'
  }
}
