import { expect, test } from 'vitest'
import { classifyDocument } from './classify-document.ts'

const shape = { id: 7, created_at: '2026-03-23T13:12:51Z', status: 'finished' }

function classOf(document: object, key = 'metadata-7.json'): string {
  const found = classifyDocument(document, key)
  return found.kind === 'session' ? found.channel : found.reason
}

/** Keys and values of other kinds of files. */
const foreign: Record<string, unknown> = {
  comm_type: 'call',
  comm_id: 7,
  transcript_version: '2.0',
  events: [{ id: 1 }],
  calls: [{ id: 1 }],
  chats: [],
  call_participants: [{ id: 1 }],
  email: 'jane@example.com',
  email_type: 'x',
  email_status: 'paused',
  email_threads: [],
  selected_menu: { menu_type: 'email_menu' },
  call: { note: 'x' },
}

test.each([
  ['call_type', 'Voice Inbound (IVR)', 'call'],
  ['call_uuid', 'u', 'call'],
  ['chat_type', 'Messaging Inbound (Web Chat)', 'chat'],
  ['chat_uuid', 'u', 'chat'],
  ['session_type_v2', 'VOICE Inbound (IVR)', 'call'],
  ['session_type_v2', ' messaging (WhatsApp)', 'chat'],
  ['session_type', 'IvrCall', 'call'],
  ['session_type', 'Messaging (SMS)', 'chat'],
])('rule 5: with %s %j a document is a session, for any other keys and any name', (key, type, channel) => {
  for (const [other, value] of Object.entries(foreign)) {
    for (const name of ['metadata-7.json', 'email-7.json', 'chat-7.json', 'call-7.json']) {
      expect(classOf({ ...shape, [key]: type, [other]: value }, name), `${other} ${name}`).toBe(channel)
    }
    const wrapped = { [channel]: { ...shape, [key]: type }, [other === 'call' ? 'x' : other]: value }
    expect(classOf(wrapped), `beside the wrapped document: ${other}`).toBe(channel)
  }
})

test.each(Object.keys(foreign))('rule 5: a key %s with null is an absent key', (key) => {
  expect(classOf({ ...shape, [key]: null }, 'call-7.json')).toBe('call')
  expect(classOf({ call: { ...shape, [key]: null } })).toBe('call')
  expect(classOf({ ...shape, call_type: 'Voice', [key]: null })).toBe('call')
})

test.each(['call_type', 'call_uuid', 'chat_type', 'chat_uuid', 'session_type', 'session_type_v2'])(
  'rule 5: a key %s with null or blank text does not identify a session',
  (key) => {
    for (const nothing of [null, '', ' ']) expect(classOf({ ...shape, [key]: nothing })).toBe('not_a_session')
  },
)

test.each([
  [{ comm_type: 'call', comm_id: 7 }, 'transcript'],
  [{ transcript_version: '2.0', call_type: null }, 'transcript'],
  [{ call: { ...shape, comm_type: 'call' } }, 'transcript'],
  [{ count: 0, events: [] }, 'event_feed'],
  [{ count: 1, events: [{ call_type: 'Voice' }] }, 'event_feed'],
  [{ calls: [{ id: 7, call_type: 1 }] }, 'raw_export'],
  [{ chat_participants: [] }, 'raw_export'],
  [{ ...shape, email_status: 'paused' }, 'email_session'],
  [{ ...shape, email_threads: [] }, 'email_session'],
  [{ ...shape, selected_menu: { menu_type: 'Email_Menu' } }, 'email_session'],
  [{ email: { ...shape, email_status: 'paused' } }, 'email_session'],
  [{ call_type: null, id: null }, 'empty_document'],
  [{}, 'empty_document'],
  [{ id: 7, name: 'x' }, 'not_a_session'],
  [{ id: 7, created_at: null, status: 'finished', session_type_v2: 'Voice Inbound (IVR)' }, 'not_a_session'],
])('rule 5: %j is no session, and says why: %s', (document, reason) => {
  expect(classOf(document)).toBe(reason)
})

test('rule 25: a file named like an e-mail is one, unless its document is a session', () => {
  expect(classOf({ id: 7 }, 'a/email-7.json')).toBe('email_session')
  expect(classOf(shape, 'metadata-EMAIL-7.json')).toBe('email_session')
  expect(classOf({ ...shape, call_uuid: 'u' }, 'email-7.json')).toBe('call')
})

test('the object’s key is the last resort, in any case and with either separator', () => {
  for (const key of ['call-7.json', 'x/CALL_7.JSON', 'metadata-call-7.txt.gz'])
    expect(classOf(shape, key)).toBe('call')
  expect(classOf(shape, 'chat_7.json')).toBe('chat')
  expect(classOf({ ...shape, events: [] }, 'call-7.json')).toBe('call')
  expect(classOf(shape, '7.json')).toBe('not_a_session')
})

test('the identifying keys of a session may be lists with one element', () => {
  expect(classOf({ ...shape, chat_type: ['Messaging (Web)'] })).toBe('chat')
  for (const odd of [[], [null], [''], [['x']], ['x', 'y'], {}, true])
    expect(classOf({ ...shape, chat_type: odd })).toBe('not_a_session')
})

test('of two wrapped objects the one that is a session counts, and the type has priority over the uuid', () => {
  expect(classOf({ call: { note: 'x' }, chat: { ...shape, chat_uuid: 'u' } })).toBe('chat')
  expect(classOf({ call: shape, chat: { ...shape, chat_uuid: 'u' } })).toBe('chat')
  expect(classOf({ ...shape, call_type: 'Voice', chat_uuid: 'of the chat before' })).toBe('call')
})
