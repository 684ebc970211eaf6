import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { type LedgerEntry, otherEventCode, removedCode, writeLedger } from '../src/ledger/ledger.ts'
import type { CommittedOutcome } from '../src/ledger/outcome.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate ingest.object`.execute(database.db)
})

function entry(about: LedgerEntry['about'], sequencer: string, outcome: CommittedOutcome): LedgerEntry {
  const isRead = about === 'content' && outcome.kind !== 'missing'
  const contentSha256 = isRead ? 'ab'.repeat(32) : undefined
  return {
    about,
    object: { bucket: 'files', key: 'k.json', source: 'acme', sequencer, receiveCount: 1, contentSha256 },
    outcome,
    session: isRead ? { channel: 'call', sessionId: '7' } : null,
    documentCount: 1,
  }
}

const stored = (sequencer: string) => entry('content', sequencer, { kind: 'stored' })
const removal = (sequencer: string) => entry('removal', sequencer, { kind: 'ignored', code: removedCode })
const tagging = (sequencer: string) => entry('note', sequencer, { kind: 'ignored', code: otherEventCode })

async function ledgerAfter(...batches: LedgerEntry[][]) {
  for (const batch of batches) await writeLedger(database.db, batch)
  const [row] = await database.dump('ingest.object')
  return {
    outcome: row?.outcome,
    code: row?.code,
    session: row?.session_id,
    isRemoved: row?.removed_at !== null,
  }
}

const present = { outcome: 'stored', code: null, session: 7, isRemoved: false }
const removed = { ...present, isRemoved: true }

test.each([
  ['a creation, then a tag', [[stored('61')], [tagging('62')]], present],
  ['a tag, then its older creation', [[tagging('62')], [stored('61')]], present],
  ['both in one batch', [[stored('61'), tagging('62')]], present],
  ['a creation, then a removal', [[stored('61')], [removal('62')]], removed],
  ['a removal, then its older creation', [[removal('62')], [stored('61')]], removed],
  ['both in one batch, removal last', [[stored('61'), removal('62')]], removed],
  ['a removal, then a newer creation', [[removal('62')], [stored('63')]], present],
  ['a removal, then a newer creation, in one batch', [[removal('62'), stored('63')]], present],
  [
    'two deliveries of one creation in one batch',
    [[stored('61'), entry('content', '61', { kind: 'duplicate' })]],
    present,
  ],
  [
    'a creation, then itself again',
    [[stored('61')], [entry('content', '61', { kind: 'duplicate' })]],
    present,
  ],
  [
    'a creation, then again when the object is gone',
    [[stored('61')], [entry('content', '61', { kind: 'missing' })]],
    removed,
  ],
])('I4 after %s the ledger says how the object ended', async (_what, batches, expected) => {
  expect(await ledgerAfter(...batches)).toEqual(expected)
})

test('an object that was only announced as removed is recorded as removed', async () => {
  expect(await ledgerAfter([removal('62')])).toEqual({
    outcome: 'ignored',
    code: removedCode,
    session: null,
    isRemoved: true,
  })
})

test('I4 an object that was gone before it was fetched is missing, and stored when it comes back', async () => {
  const gone = entry('content', '61', { kind: 'missing' })
  expect(await ledgerAfter([gone])).toEqual({
    outcome: 'missing',
    code: null,
    session: null,
    isRemoved: false,
  })
  expect(await ledgerAfter([stored('63')])).toEqual(present)
})

test('I4 an older rejection does not overwrite a newer store', async () => {
  const rejected = entry('content', '61', { kind: 'rejected', code: 'not_json' })
  expect(await ledgerAfter([stored('62')], [rejected])).toEqual(present)
})

test('I4 an object that was read before its removal, and committed after it, is stored and gone', async () => {
  const gone = entry('content', '61', { kind: 'missing' })
  expect(await ledgerAfter([gone], [removal('62')], [stored('61')])).toEqual(removed)
})
