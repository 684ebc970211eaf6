import { expect, test } from 'vitest'
import { named } from '../../test/map-document.ts'
import { readDocuments } from '../read/read-documents.ts'
import { mapSession } from './map-session.ts'

function map(document: object) {
  const bytes = Buffer.from(
    JSON.stringify({ id: 7, created_at: '2026-03-23T13:12:51.000-07:00', ...document }),
  )
  const reading = readDocuments({ key: 'x.json', bytes, bytesMax: 1_000_000 })
  const found = reading.kind === 'documents' ? reading.documents[0] : undefined
  if (found === undefined) throw new Error(reading.kind)
  const mapping = mapSession(found, {
    source: 'acme',
    objectLastModified: new Date('2026-03-24T00:00:00Z'),
    limits: { depthMax: 64, valuesMax: 200_000, rowsMax: 50_000 },
  })
  if (mapping.kind !== 'session') throw new Error(mapping.detail)
  return named(mapping.session)
}

const call = { call_type: 'Voice Inbound (IVR)' }
const chat = { chat_type: 'Messaging Inbound (Web Chat)' }

test('the same code becomes different words for a call and a chat', () => {
  expect(map({ ...call, fail_reason: 50001 }).rows.session[0]?.fail_reason).toBe('stuck_due_to_api_error')
  expect(map({ ...chat, fail_reason: '50001' }).rows.session[0]?.fail_reason).toBe('over_cap_email')
})

test.each([
  [8, 'finished', 8],
  ['8', 'finished', 8],
  ['Voicemail Received', 'voicemail_received', 81],
  ['re-queued', 'requeued', 19],
  ['canceled', 'canceled', null],
  [' on the moon ', 'on the moon', null],
  [99, '99', 99],
])('the status %o of a call is %s with the code %o', (sent, status, code) => {
  expect(map({ ...call, status: sent }).rows.session[0]).toMatchObject({ status, status_code: code })
})

test('words of nested rows are resolved by the channel of their session', () => {
  const { rows } = map({
    ...chat,
    participants: [{ id: 1, type: 'End User', status: 'FINISHED', fail_reason: 2 }],
    escalations: [{ id: 2, status: 1, reason: '3', deflection: 'no deflection' }],
    transfers: [{ id: 3, fail_reason: 20 }],
  })
  expect(rows.call_participant).toMatchObject([
    { type: 'end_user', status: 'finished', fail_reason: 'no_response' },
  ])
  expect(rows.escalation).toMatchObject([
    { status: 'escalated', reason: 'by_virtual_agent', deflection: 'no_deflection' },
  ])
  expect(rows.transfer).toMatchObject([{ fail_reason: 'va_failure' }])
})

test('I6 an unknown word stays as sent, and is reported once with its column', () => {
  const { rows, unknownWords } = map({
    ...call,
    deflection: ' over_cap Carrier-Pigeon ',
    fail_reason: 77777,
    participants: [
      { id: 1, type: 'third_party' },
      { id: 2, type: 'parrot' },
      { id: 3, type: 'parrot' },
    ],
  })
  expect(rows.session).toMatchObject([{ deflection: 'over_cap Carrier-Pigeon', fail_reason: '77777' }])
  expect(rows.call_participant).toMatchObject([
    { type: 'third_party' },
    { type: 'parrot' },
    { type: 'parrot' },
  ])
  expect(unknownWords).toEqual([
    {
      vocabulary: 'deflection_kind',
      column: 'session.deflection',
      word: 'over_cap Carrier-Pigeon',
    },
    { vocabulary: 'fail_reason', column: 'session.fail_reason', word: '77777' },
    { vocabulary: 'participant_type', column: 'call_participant.type', word: 'third_party' },
    { vocabulary: 'participant_type', column: 'call_participant.type', word: 'parrot' },
  ])
})

test('I6 a spelling that differs from its term is kept in extra', () => {
  const { rows, unknownWords } = map({ ...call, recording_permission: 'recording_permission_granted' })
  expect(rows.session).toMatchObject([
    { recording_permission: 'granted', extra: { recording_permission: 'recording_permission_granted' } },
  ])
  expect(unknownWords).toEqual([])
})

test('case, spaces, underscores, and codes leave nothing in extra', () => {
  const { rows } = map({ ...call, recording_permission: 'Not Asked', status: 8, fail_reason: '20003' })
  expect(rows.session[0]?.recording_permission).toBe('not_asked')
  expect(rows.session[0]?.extra).toBeUndefined()
})

test.each(['Voice Inbound (IVR by Mobile)', 'Voice Inbound (IVR using Mobile)'])('%s is one type', (sent) => {
  expect(map({ ...call, session_type_v2: sent }).rows.session).toMatchObject([
    {
      session_type: 'Voice Inbound (IVR via Mobile)',
      session_type_legacy: 'Voice Inbound (IVR)',
      direction: 'inbound',
      extra: { session_type_v2: sent },
    },
  ])
  const [legacyOnly] = map({ call_type: sent }).rows.session
  expect(legacyOnly).toMatchObject({
    session_type: 'Voice Inbound (IVR via Mobile)',
    session_type_legacy: sent,
  })
  expect(legacyOnly?.extra).toBeUndefined()
})

test('any other session type stays as sent, including old spellings', () => {
  for (const sent of ['Voice Inbound (App)', 'Voice Outbound (Telepathy)']) {
    expect(map({ call_type: sent }).rows.session).toMatchObject([
      { session_type: sent, session_type_legacy: sent },
    ])
  }
})

test('I8 I10 a limited number of unknown words is reported, each within 64 characters, and none that could be a number or address', () => {
  const words = ['w'.repeat(5_000), '+1 4155550100', 'jane@example.com']
  const participants = [...words, ...Array.from({ length: 200 }, (_, at) => `kind ${at}`)].map(
    (type, id) => ({
      id,
      type,
    }),
  )
  const { unknownWords } = map({ ...call, participants })
  expect(unknownWords).toHaveLength(50)
  expect(unknownWords.slice(0, 3).map(({ word }) => word)).toEqual([
    `${'w'.repeat(63)}…`,
    expect.stringMatching(/^<word of 13 characters, sha256 /),
    expect.stringMatching(/^<word of 16 characters, sha256 /),
  ])
})

test('I10 drift reports a name that is not an identifier by its length and digest', () => {
  const { drift } = map({ ...call, callers: { 'Jane Doe': 1, '+14155550100': { mood: 'x' } } })
  expect(drift.map(({ path }) => path)).toEqual([
    'callers.<name of 8 characters, sha256 01332c87>',
    expect.stringMatching(/^callers\.<name of 12 characters, sha256 [0-9a-f]{8}>\.mood$/),
  ])
})

test.each([
  ['Messaging (Web)', 'Messaging Inbound (Web Chat)', 'inbound'],
  ['messaging (mobile)', 'Messaging Inbound (Mobile Chat)', 'inbound'],
  ['Messaging outbound (SMS by API)', 'Messaging Outbound (SMS via API)', 'outbound'],
  ['Messaging (API)', 'Messaging Outbound (SMS via API)', 'outbound'],
  ['Messaging (Whatsapp)', 'Messaging (WhatsApp)', 'inbound'],
])('the label %s of the vendor’s page is the type %s', (sent, type, direction) => {
  const { rows, unknownWords, drift } = map({ chat_type: sent, session_type_v2: sent })
  expect(rows.session).toMatchObject([{ session_type: type, session_type_legacy: sent, direction }])
  expect([unknownWords, drift]).toEqual([[], []])
  expect(map({ chat_type: sent }).rows.session).toMatchObject([{ session_type: type, direction }])
})

test.each([
  ['agent', 'disconnected_by_agent'],
  ['End User', 'disconnected_by_end_user'],
  ['virtual_agent', 'disconnected_by_virtual_agent'],
  ['Disconnected_By_Virtual_Agent', 'disconnected_by_virtual_agent'],
  ['unknown', 'disconnected_by_unknown'],
])('disconnected_by is one word with its prefix and without: %s', (sent, word) => {
  const { rows, unknownWords, drift } = map({ ...call, disconnected_by: sent })
  expect(rows.session).toMatchObject([{ disconnected_by: word }])
  expect([unknownWords, drift]).toEqual([[], []])
})

test('words of newer releases of the platform are known', () => {
  const { rows, unknownWords } = map({
    ...call,
    status: 'Abandoned',
    selected_menu: { menu_type: 'Email_Menu' },
    recordings: [{ id: 1, recording_type: 'VIRTUAL_AGENT' }],
    consumer_event_durations: [{ id: 1, event: 'abandoned' }],
    consumer_in_menu_durations: [{ id: 1, event: 'Abandoned' }],
  })
  expect(unknownWords).toEqual([])
  expect(rows.session).toMatchObject([{ status: 'abandoned', status_code: null, menu_type: 'email_menu' }])
  expect(rows.recording).toMatchObject([{ recording_type: 'virtual_agent' }])
  expect(rows.consumer_event_duration).toMatchObject([{ event: 'abandoned' }])
  expect(map({ ...chat, fail_reason: 'No Response' }).rows.session).toMatchObject([
    { fail_reason: 'no_response' },
  ])
})

test.each([
  [call, 'cancelled', 'canceled'],
  [chat, 'Cancelled', 'canceled'],
  [call, 'CANCELED', 'canceled'],
])('%o with the status %s is %s: British spelling makes no other word', (document, sent, status) => {
  const { rows, unknownWords, drift } = map({ ...document, status: sent })
  expect(rows.session).toMatchObject([{ status }])
  expect([unknownWords, drift]).toEqual([[], []])
})

test('British spelling does not matter in other vocabularies either', () => {
  const { rows } = map({
    ...call,
    fail_reason: 'eu_cancelled',
    escalations: [{ id: 1, status: 'cancelled' }],
  })
  expect(rows.session).toMatchObject([{ fail_reason: 'eu_canceled' }])
  expect(rows.escalation).toMatchObject([{ status: 'canceled' }])
})

test.each(['call_7', 'CALL-7', ' call_7', '7', 7])('a session’s id may be written %j', (id) => {
  const { rows, key } = map({ ...call, id, parent_id: 'call_6', participants: [{ id: 1, call_id: id }] })
  expect(key.sessionId).toBe('7')
  expect(rows.session).toMatchObject([{ session_id: '7', parent_id: '6' }])
  expect(rows.session[0]?.extra).toBeUndefined()
  expect(rows.call_participant[0]?.extra).toBeUndefined()
})

test('an id with the name of the other channel is not the session’s own id', () => {
  expect(() => map({ ...call, id: 'chat_7' })).toThrow('id is not a whole number')
  const { rows } = map({
    ...call,
    parent_id: 'chat_6',
    participants: [{ id: 1, call_id: 'chat_7' }, { id: 'call_2' }],
  })
  expect(rows.session).toMatchObject([{ extra: { parent_id: 'chat_6', participants: [{ id: 'call_2' }] } }])
  expect(rows.call_participant).toMatchObject([{ extra: { call_id: 'chat_7' } }])
})
