import { expect, test } from 'vitest'
import { fixtureBytes, mapEach, readSent, sessionRow } from './map-document.ts'

/** The session row of a document in `fixtures/faults`, whose name ends like the vendor's names. */
function rowOf(file: string) {
  return sessionRow(fixtureBytes(`faults/${file}`), {
    key: file.replace(/^F\d+-.*-(?=[a-z]+-\d+\.json$)/, ''),
  })
}

test.each([
  ['F2-comm-type-call-1.json', '1', { comm_type: 'call' }],
  ['F2-transcript-version-null-call-2.json', '2', undefined],
])('F2 a call is a call although it has a key of a transcript: %s', (file, id, extra) => {
  const row = rowOf(file)
  expect(row).toMatchObject({ session_id: id, channel: 'call', session_type: 'Voice Inbound (IVR)' })
  expect(row.extra).toEqual(extra)
})

test('F11 an e-mail session is ignored with its reason, for any key', () => {
  const bytes = fixtureBytes('faults/F11-email-session-email-1442.json')
  for (const key of ['email-1442.json', 'call-1442.json', 'metadata-1442.json']) {
    expect(readSent(bytes, key)).toEqual({ kind: 'ignored', reason: 'email_session' })
  }
})

test('F8 letters of a time are read in either case, and a leap second is the first second of the next day', () => {
  expect(rowOf('F8-lower-case-t-call-8.json')).toMatchObject({ created_at: '2026-03-23T17:00:00.000000Z' })
  expect(rowOf('F8-leap-second-call-9.json')).toMatchObject({ created_at: '2017-01-01T00:00:00.000000Z' })
})

test('F9 an offset of 99 minutes is invalid, so the document has no identity', () => {
  expect(mapEach(fixtureBytes('faults/F9-offset-minutes-99-call-10.json'))).toEqual([
    { kind: 'unusable', code: 'identity_unreadable', detail: '$.created_at is not an ISO 8601 time' },
  ])
})

test('F7 text of unknown shape keeps its column even as a list', () => {
  const row = rowOf('F7-smart-action-text-call-7.json')
  expect(row).toMatchObject({ smart_action_text: '["order 66","blue"]' })
  expect(row.extra).toBeUndefined()
})

test('F4 agent_info with the keys of a person is a person, even if they are null', () => {
  const row = rowOf('F4-person-with-null-fields-call-2001.json')
  expect(row).toMatchObject({ agent_id: '5', agent_name: 'Noam B' })
  expect([row.virtual_agent_id, row.virtual_agent_name]).toEqual([undefined, undefined])
})

test('F6 handle time is 240 seconds from the acceptance, and 245 from the assignment', () => {
  expect(rowOf('F6-handle-245-call-601.json')).toMatchObject({
    handle_seconds: 240,
    handle_from_assignment_seconds: 245,
  })
})

test.each([
  ['F5-chat-label-chat-510.json', 'Messaging Inbound (Web Chat)', 'inbound'],
  ['F5-chat-label-chat-511.json', 'Messaging Inbound (Mobile Chat)', 'inbound'],
  ['F5-chat-label-chat-512.json', 'Messaging Outbound (SMS via API)', 'outbound'],
])('F5 the label of a type on the vendor’s page is known: %s', (file, type, direction) => {
  expect(rowOf(file)).toMatchObject({ channel: 'chat', session_type: type, direction })
})
