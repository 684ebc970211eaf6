import { readFileSync } from 'node:fs'
import { errorClassOf, type FailureCode, failureCodes } from '@aftercall/storage/aws/error-class'
import { isOutage, sqlErrorClassOf as sqlVerdictOf } from '@aftercall/warehouse/connection/error-class'
import { expect, test } from 'vitest'
import {
  callFailures,
  commandFailures,
  databaseFailures,
  documentFailures,
  type FailureNote,
  ignoredReasons,
  messageFailures,
  otherFailures,
} from './failure-codes.ts'

const page = new URL('../../../docs/failure-codes.md', import.meta.url).pathname

const introduction = `# Failure codes

Every code of a failure that the ledger, a rejection, a metric or a log line can carry: what it means, what happens by itself, and what a person
can do. This page is checked against the code (\`packages/ingest/src/failure-codes.test.ts\`; after a change:
\`npx vitest run packages/ingest/src/failure-codes.test.ts -u\`).

What happens is one of four:

- **comes back**: the message is returned, at a random instant in the upper half of a bound that starts at 5 s and
  doubles with every receive up to 15 minutes, and never sooner than the table says. The queue's redrive policy dead-letters
  what comes back too often: \`aftercall replay --dead-letters\` takes it again.
- **rejected**: trying again cannot help. Reason and bytes are kept in \`ingest.rejection\`, the message is acked:
  \`aftercall rejections list\`, \`aftercall replay --rejected\`.
- **ignored**: the object is no session file, and nothing is wrong. The ledger keeps the reason, the message is acked.
- **stops the worker**: until the cause is repaired, every object would fail. The worker receives nothing more,
  hands back what it holds, says in one line what to do, and ends with the exit code 1 within \`worker.graceSeconds\`.
  Nothing is dead-lettered for it. Started again, it waits, with one line a try, until all is as it should be.

Bad credentials stop the worker only when nothing succeeds with them: it lists every source that shares them first. One object, or
the receives alone, may be refused so by what stands before a store or a queue; the object comes back after 300 s.

What a store answers in place of an object (an error document, a page, nothing, another version, all with the status 200)
comes back as \`unreadable_answer\` and never ends as rejected or ignored. Without an ETag only a session is believed. A store
that gives no ETags is served all the same; its files that hold no session are dead-lettered in place of being rejected.

A key such as \`a/../b\` or \`a//b\` is read from AWS as it is. Before another endpoint may stand a proxy that changes such paths, and
so leads to another object, of another bucket even. No encoding prevents that. The way is tried first, by a detour to an object that
may be read; the key is refused as \`object_key_unsafe\` where that leads to it.

A source with an \`endpoint\` or \`credentials\` of its own never stops the worker: its objects come back, the other sources go on.
`

test('docs/failure-codes.md tells every code, what it means and what happens', async () => {
  const text = [
    introduction,
    section('Calls to S3 and SQS', callRows()),
    section(
      'What an object holds',
      rowsOf(documentFailures, () => 'rejected'),
    ),
    section(
      'What a message says',
      rowsOf(messageFailures, () => 'rejected'),
    ),
    section(
      'What is no session',
      rowsOf(ignoredReasons, () => 'ignored'),
    ),
    section('Postgres', databaseRows()),
    section(
      'Other',
      rowsOf(otherFailures, (code) => (code === 'defect' ? 'comes back after 60 s' : waitedOut)),
    ),
    section(
      'Commands',
      rowsOf(commandFailures, (code) =>
        code === 'object_list_lost' ? 'the comparison ends with 1' : heldBack,
      ),
    ),
  ].join('\n')
  await expect(text).toMatchFileSnapshot(page)
})

test('every SQLSTATE that the code judges has its note', () => {
  const source = readFileSync(
    new URL('../../warehouse/src/connection/error-class.ts', import.meta.url),
    'utf8',
  )
  const judged = [...source.matchAll(/^ {2}'?(\w{2}|\w{5})'?: '/gm)].map(([, state]) => state)
  expect(judged.length).toBeGreaterThan(15)
  expect(Object.keys(databaseFailures)).toEqual(expect.arrayContaining(judged))
})

type Row = { code: string; happens: string; note: FailureNote }

const heldBack = 'retention removes nothing, no rejection either; the command ends with 1'
const waitedOut = 'waited out: messages stay held, nothing more is received'

function section(title: string, rows: Row[]): string {
  const lines = rows.map(
    ({ code, happens, note }) => `| \`${code}\` | ${note.meaning} | ${happens} | ${note.toDo} |`,
  )
  return [`## ${title}`, '', '| code | means | happens | to do |', '|---|---|---|---|', ...lines, ''].join(
    '\n',
  )
}

function rowsOf(notes: Readonly<Record<string, FailureNote>>, happens: (code: string) => string): Row[] {
  return Object.entries(notes).map(([code, note]) => ({ code, happens: happens(code), note }))
}

const ofQueueOnly = new Set<FailureCode>(['no_such_queue', 'too_many_in_flight', 'receipt_invalid'])

function callRows(): Row[] {
  return failureCodes.map((code) => {
    const note = callFailures[code]
    if (ofQueueOnly.has(code))
      return { code, happens: 'the call is tried again; no object fails for it', note }
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
  switch (sqlVerdictOf(error)) {
    case 'stop':
      return 'stops the worker'
    case 'refused':
      return 'rejected, as `database_refused`; the rest of the batch is stored'
    case 'retry':
      return isOutage(error) ? waitedOut : 'tried again 5 times, then comes back after 30 s'
  }
}
