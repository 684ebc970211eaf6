import { expect, test } from 'vitest'
import { describeStopReason } from './describe-stop-reason.ts'

test('a stop reason says what is wrong and what to do in one line', () => {
  expect(
    describeStopReason({ kind: 'call', code: 'credentials_expired', error: 'the queue refused the call' }),
  ).toMatch(/^the queue refused the call: the credentials have expired; renew the credentials /)
  const denied = 'permission denied for table object'
  expect(
    describeStopReason({ kind: 'database', code: 'database_42501', sqlState: '42501', said: denied }),
  ).toMatch(/^the user lacks a privilege \(SQLSTATE 42501: permission denied for table object\); run: grant /)
  expect(
    describeStopReason({
      kind: 'key',
      code: 'document_key_missing',
      error: 'encryption.keys has no key "b"',
    }),
  ).toMatch(/^encryption.keys has no key "b"; list the key again /)
  expect(
    describeStopReason({ kind: 'database', code: 'database_2F000', sqlState: '2F000', said: null }),
  ).toBe('nothing can be stored (SQLSTATE 2F000); see docs/failure-codes.md')
})
