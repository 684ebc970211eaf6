import { expect, test } from 'vitest'
import { parsePlace } from './parse-place.ts'

test('a session id must fit into the tables', () => {
  const session = { kind: 'session', source: 'acme', channel: 'call' }
  for (const sessionId of ['0', '-9223372036854775808', '9223372036854775807'])
    expect(parsePlace(`acme/call/${sessionId}`)).toEqual({ ...session, sessionId })
  for (const sessionId of ['-9223372036854775809', '9223372036854775808', '1e3', ''])
    expect(parsePlace(`acme/call/${sessionId}`)).toBeUndefined()
})

test('a session may be written as in event logs and file names of the platform', () => {
  const session = { kind: 'session', source: 'acme', channel: 'chat', sessionId: '135' }
  for (const text of ['acme/chat/135', 'acme/chat_135', 'acme/chat-135'])
    expect(parsePlace(text)).toEqual(session)
  for (const text of ['acme/chat135', 'acme/chat__135', 'chat_135']) expect(parsePlace(text)).toBeUndefined()
})

test('a key may contain anything, including slashes, spaces, and line breaks', () => {
  expect(parsePlace('s3://files/a/b c\n%2F')).toEqual({ kind: 'object', bucket: 'files', key: 'a/b c\n%2F' })
  expect(parsePlace('s3://files/')).toBeUndefined()
})
