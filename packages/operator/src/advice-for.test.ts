import type { RejectionHistory } from '@aftercall/warehouse/ledger/read-rejections'
import { expect, test } from 'vitest'
import { adviceFor } from './advice-for.ts'
import { callFailures } from './failure-codes/call-failures.ts'
import { failureNote } from './failure-codes/failure-note.ts'
import { documentFailures, messageFailures } from './failure-codes/object-failures.ts'

const now = new Date('2026-03-24T12:00:00Z')
const rejection: RejectionHistory = {
  ...{
    id: '7',
    code: 'not_json',
    detail: '',
    state: 'open',
    source: 'acme',
    bucket: 'files',
    objectKey: 'a.json',
  },
  ...{ messageId: null, firstSeenAt: now, lastSeenAt: now, seenCount: 1, versionId: null },
  ...{ contentBytes: 41, keptBytes: 41, ledger: null },
}

test('every code of a rejection has a first step of its own, and every other code has a note', () => {
  const codes = [
    ...Object.keys(documentFailures),
    ...Object.keys(messageFailures),
    ...Object.keys(callFailures).map((code) => `object_${code}`),
  ]
  const unlisted = adviceFor({ ...rejection, code: 'none_such' })[0]?.say
  for (const code of codes) expect(adviceFor({ ...rejection, code })[0]?.say, code).not.toBe(unlisted)
  for (const code of ['access_denied', 'database_23505', 'database_unreachable', 'defect'])
    expect(failureNote(code), code).toBeDefined()
})

test('only steps that are possible are advised', () => {
  const commands = (changes: Partial<RejectionHistory>) =>
    adviceFor({ ...rejection, ...changes }).flatMap(({ command }) => command ?? [])
  expect(commands({})).toEqual([
    'aftercall rejections show 7 --content',
    'aftercall replay --id 7',
    'aftercall replay --id 7 --from raw',
    'aftercall rejections ignore 7',
  ])
  expect(commands({ keptBytes: null, state: 'ignored' })).toEqual(['aftercall replay --id 7'])
  expect(commands({ bucket: null, keptBytes: 40 }), 'a message that is kept in part').not.toContain(
    'aftercall replay --id 7',
  )
  expect(commands({ contentBytes: 0, keptBytes: 0 }), 'an empty object').toEqual([
    'aftercall replay --id 7',
    'aftercall rejections ignore 7',
  ])
  expect(commands({ state: 'replayed' })).toEqual([])
})
