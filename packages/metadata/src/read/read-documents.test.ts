import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type ReadResult, readDocuments } from './read-documents.ts'

const call = {
  id: 7,
  call_type: 'Voice Inbound (IVR)',
  status: 'finished',
  created_at: '2026-03-23T13:12:51.000-07:00',
}
const chat = {
  id: 7,
  chat_type: 'Messaging Inbound (SMS)',
  status: 'finished',
  created_at: '2026-03-23T13:12:51.000Z',
}

function read(content: unknown, key = 'metadata/metadata-7.json'): ReadResult {
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content)
      : Buffer.isBuffer(content)
        ? content
        : Buffer.from(JSON.stringify(content))
  return readDocuments({ key, bytes, bytesMax: 100_000 })
}

function found(reading: ReadResult) {
  if (reading.kind !== 'documents') throw new Error(JSON.stringify(reading))
  return reading.documents.map(({ channel, document, path }) => ({ channel, document, path }))
}

test.each([
  ['as it is', JSON.stringify(call)],
  ['with a byte order mark', `\uFEFF${JSON.stringify(call)}`],
  ['gzipped', gzipSync(JSON.stringify(call))],
  ['in a wrapper', JSON.stringify({ call })],
])('a document %s is read', (_how, content) => {
  expect(found(read(content))).toEqual([{ channel: 'call', document: call, path: '$' }])
})

test('the same document has the same hash, gzipped or not', () => {
  const plain = read(call)
  const gzipped = read(gzipSync(JSON.stringify(call)))
  if (plain.kind !== 'documents' || gzipped.kind !== 'documents') throw new Error('unread')
  expect(gzipped.documents[0]?.contentSha256).toBe(plain.documents[0]?.contentSha256)
})

test('an array of documents is read element by element, without files that are not sessions', () => {
  const reading = read([call, { comm_type: 'chat' }, { chat }])
  expect(found(reading)).toEqual([
    { channel: 'call', document: call, path: '$[0]' },
    { channel: 'chat', document: chat, path: '$[2]' },
  ])
})

test('I6 keys next to a wrapped document are kept with it', () => {
  expect(found(read({ call, tenant: 'acme' }))[0]?.document).toEqual({
    ...call,
    _wrapper: { tenant: 'acme' },
  })
})

test('a document without a channel gets it from its key', () => {
  const { call_type: _, ...bare } = call
  expect(found(read(bare, '2026/03/23/chat-7.json'))[0]?.channel).toBe('chat')
  expect(read(bare, 'metadata/metadata-7.json')).toEqual({ kind: 'ignored', reason: 'not_a_session' })
})

test.each([
  ['a transcript', { comm_type: 'chat', comm_id: 7, entries: [] }, 'transcript'],
  ['an event feed', { count: 1, events: [{ type: 'x' }] }, 'event_feed'],
  ['a raw export', { calls: [{ id: 1 }] }, 'raw_export'],
  ['an empty object', {}, 'empty_document'],
  ['an empty array', [], 'empty_document'],
  ['a number', 7, 'not_a_session'],
  ['null', null, 'not_a_session'],
  ['something else', { hello: 'world' }, 'not_a_session'],
])('%s is ignored, with the reason', (_what, content, reason) => {
  expect(read(content)).toEqual({ kind: 'ignored', reason })
})

test('a session with an events array is still a session', () => {
  expect(found(read({ ...call, events: [] }))[0]?.channel).toBe('call')
})

test('a plain-text transcript is recognized by its documented name', () => {
  expect(read('Agent: hello', 'chat-7.txt')).toEqual({ kind: 'ignored', reason: 'transcript' })
  expect(read('Agent: hello', 'metadata-7.txt').kind).toBe('unreadable')
})

test.each(['2026/03/', 'day_$folder$', '_SUCCESS', 'a/_SUCCESS', 'a/.keep'])(
  '%s is a placeholder while it is empty, and a file when it is not',
  (key) => {
    expect(read('', key)).toEqual({ kind: 'ignored', reason: 'placeholder' })
    expect(read(JSON.stringify(call), key).kind).toBe('documents')
    expect(read(' ', key)).toMatchObject({ code: 'empty_object' })
  },
)

test.each([
  ['an empty file', '', 'empty_object'],
  ['white space', ' \n', 'empty_object'],
  ['half a document', JSON.stringify(call).slice(0, 40), 'not_json'],
  ['broken gzip', gzipSync(JSON.stringify(call)).subarray(0, 40), 'gzip_broken'],
  ['a gzip bomb', gzipSync(Buffer.alloc(1_000_000)), 'decompressed_too_large'],
])('I5 I8 %s is unreadable, with a code', (_what, content, code) => {
  expect(read(content)).toMatchObject({ kind: 'unreadable', code })
})

test('I10 a position says where the JSON breaks, and whether the file ends too early, without its content', () => {
  const detailOf = (content: string) => {
    const result = read(content)
    return result.kind === 'unreadable' ? result.detail : undefined
  }
  expect(detailOf('{"id": 1418,\n "feedback": "cut off')).toBe(
    'not JSON: the file ends too early, after 34 characters (line 2)',
  )
  expect(detailOf(`[${' '.repeat(1_500)}1,\n`)).toBe(
    'not JSON: the file ends too early, after 1,503 characters (line 1)',
  )
  expect(detailOf('{"id": 1418,\n "feedback": no}')).toBe(
    'not JSON, broken at character 28 of 29 (line 2, column 15)',
  )
})
